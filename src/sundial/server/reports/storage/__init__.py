"""Where prepared files lie."""

from sundial.server.reports.storage.files import read, remove, sweep, write

__all__ = ["read", "remove", "sweep", "write"]
