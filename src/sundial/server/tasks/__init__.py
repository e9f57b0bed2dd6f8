"""Projects, tasks and their comments."""
