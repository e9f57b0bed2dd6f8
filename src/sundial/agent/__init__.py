"""The desktop agent: core (pure) · link · cache · app (the one file that knows them all)."""
