"""Reading the log."""

from sundial.server.audit.queries.about import Told, told_about, told_since
from sundial.server.audit.queries.listing import differences, entries, entries_before, entry, log_read_by, own_acts
from sundial.server.audit.queries.rows import End, Standing, began, end_of, erasures, logs, rows

__all__ = [
    "End",
    "Standing",
    "Told",
    "began",
    "differences",
    "end_of",
    "entries",
    "entries_before",
    "entry",
    "erasures",
    "log_read_by",
    "logs",
    "own_acts",
    "rows",
    "told_about",
    "told_since",
]
