"""The loss ledger: how much was given up, for which reason, since the beginning."""

import re
import sqlite3

from sundial.protocol.messages import Lost

FULL = "full"
RETENTION = "retention"
CORRUPT = "corrupt"

_CODE = re.compile(r"[a-z0-9_]{1,48}")


def count(connection: sqlite3.Connection, reason: str, many: int) -> None:
    """So many more were lost for this reason."""
    if many:
        connection.execute(
            "INSERT INTO lost VALUES (?, ?) ON CONFLICT (reason) DO UPDATE SET count = count + excluded.count",
            (reason, many),
        )


def losses(connection: sqlite3.Connection) -> list[Lost]:
    """All reasons there were, with what was lost for each."""
    return [Lost(*row) for row in connection.execute("SELECT reason, count FROM lost ORDER BY reason")]


def rejected(code: str) -> str:
    """The reason for what a server refused; a code that is none is not repeated."""
    return f"rejected:{code if _CODE.fullmatch(code) else 'other'}"
