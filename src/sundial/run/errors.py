"""What stops a command: told to the person who typed it in one plain message, without a traceback."""


class CannotRun(Exception):
    """A command cannot do its work; the message says why and what to do."""
