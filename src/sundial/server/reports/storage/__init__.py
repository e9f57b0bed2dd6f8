"""Where prepared files lie, and where the letters of PDF files come from."""

from sundial.server.reports.storage.files import read, remove, sweep, write
from sundial.server.reports.storage.letters import letters_for

__all__ = ["letters_for", "read", "remove", "sweep", "write"]
