"""What stops a command: told to the person who typed it in one plain message, without a traceback."""


class CannotRun(Exception):
    """A command cannot do its work; the message says why and what to do."""


class PostgresFailed(CannotRun):
    """The embedded PostgreSQL cannot be started or reached; the message says what to do."""
