"""Pages and public API that join many apps."""
