"""Reading the log."""

from sundial.server.audit.queries.about import Told, told_about, told_by, told_since
from sundial.server.audit.queries.archives import (
    archive_rules,
    archived_after,
    archives,
    last_before,
    oldest_in_table,
    said_archived,
    sealed_keys,
    taken_out,
    telling_of,
)
from sundial.server.audit.queries.listing import (
    archived_upto,
    differences,
    entries,
    entries_before,
    entry,
    log_read_by,
    own_acts,
    reader_of,
    seen_by,
)
from sundial.server.audit.queries.rows import End, Standing, began, end_of, erasures, logs, rows

__all__ = [
    "End",
    "Standing",
    "Told",
    "archive_rules",
    "archived_after",
    "archived_upto",
    "archives",
    "began",
    "differences",
    "end_of",
    "entries",
    "entries_before",
    "entry",
    "erasures",
    "last_before",
    "log_read_by",
    "logs",
    "oldest_in_table",
    "own_acts",
    "reader_of",
    "rows",
    "said_archived",
    "sealed_keys",
    "seen_by",
    "taken_out",
    "telling_of",
    "told_about",
    "told_by",
    "told_since",
]
