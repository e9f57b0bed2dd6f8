"""Reading the log."""

from sundial.server.audit.queries.rows import End, Row, end_of, erasures, logs, rows

__all__ = ["End", "Row", "end_of", "erasures", "logs", "rows"]
