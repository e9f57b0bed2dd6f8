"""Pictures in the queue, each with what is to be said about it."""

import sqlite3
from datetime import datetime

from sundial.agent.outbox import ledger
from sundial.agent.outbox.events import millis
from sundial.protocol import codec
from sundial.protocol.events import ScreenshotMeta


def keep(connection: sqlite3.Connection, meta: ScreenshotMeta, image: bytes, now: datetime) -> None:
    """Into the queue."""
    connection.execute(
        "INSERT OR IGNORE INTO picture (eid, kept, meta, image) VALUES (?, ?, ?, ?)",
        (meta.eid, millis(now), codec.encode(meta), image),
    )


def oldest(connection: sqlite3.Connection) -> tuple[ScreenshotMeta, bytes] | None:
    """The one that waits longest; those whose words cannot be read are set aside on the way."""
    while row := connection.execute("SELECT eid, meta, image FROM picture ORDER BY number LIMIT 1").fetchone():
        eid, meta, image = row
        try:
            return codec.decode(ScreenshotMeta, meta), image
        except codec.Malformed as error:
            refuse(connection, eid, "malformed", str(error))
    return None


def pass_over(connection: sqlite3.Connection, eid: str) -> None:
    """To the end of the queue."""
    connection.execute("UPDATE picture SET number = 1 + (SELECT max(number) FROM picture) WHERE eid = ?", (eid,))


def done(connection: sqlite3.Connection, eid: str) -> None:
    """The server has it."""
    connection.execute("DELETE FROM picture WHERE eid = ?", (eid,))


def refuse(connection: sqlite3.Connection, eid: str, code: str, message: str = "") -> None:
    """The server will never have it: what is said about it is kept with the reason, the picture itself is not."""
    connection.execute(
        "INSERT OR REPLACE INTO aside SELECT eid, kept, NULL, ?, ?, meta FROM picture WHERE eid = ?",
        (code[:128], message[:1000], eid),
    )
    many = connection.execute("DELETE FROM picture WHERE eid = ?", (eid,)).rowcount
    ledger.count(connection, ledger.rejected(code), many)
