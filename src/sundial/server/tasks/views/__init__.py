"""Pages of tasks and projects."""
