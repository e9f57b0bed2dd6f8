"""Reading the log."""

from sundial.server.audit.queries.listing import differences, entries, entry, log_read_by, own_acts
from sundial.server.audit.queries.rows import End, Standing, began, end_of, erasures, logs, rows

__all__ = [
    "End",
    "Standing",
    "began",
    "differences",
    "end_of",
    "entries",
    "entry",
    "erasures",
    "log_read_by",
    "logs",
    "own_acts",
    "rows",
]
