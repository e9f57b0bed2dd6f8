"""The bound on the outbox: what goes first when it is full, and what goes when it is too old."""

import sqlite3
from datetime import datetime, timedelta

from sundial.agent.core.store import CannotKeep
from sundial.agent.outbox import ledger
from sundial.agent.outbox.events import millis
from sundial.agent.outbox.schema import pragma

# In this order; only the last two were not sent yet. What is in a batch stays: it may be on its way.
FIRST_TO_GO = (
    ("recent", "eid IN (SELECT eid FROM recent ORDER BY ended LIMIT 200)", False),
    ("aside", "eid IN (SELECT eid FROM aside ORDER BY kept LIMIT 20)", False),
    ("picture", "number = (SELECT min(number) FROM picture)", True),
    ("event", "number IN (SELECT number FROM event WHERE batch IS NULL ORDER BY number LIMIT 200)", True),
)
RECENT_FOR = timedelta(days=1)
WORKED_FOR = timedelta(days=60)
GRACE = timedelta(days=1)
LEAP = timedelta(days=2)
MILLISECOND = timedelta(milliseconds=1)
PAGES_AT_ONCE = 2000


class NoRoom(CannotKeep):
    """Not even an empty outbox has so much room."""


def used(connection: sqlite3.Connection) -> int:
    """Bytes in use; within a transaction it counts what the transaction did."""
    pages = pragma(connection, "page_count") - pragma(connection, "freelist_count")
    return pages * pragma(connection, "page_size")


def make(connection: sqlite3.Connection, needed: int, limit: int) -> None:
    """Room for so many bytes more: the oldest goes, pictures before events, and is counted. Raises NoRoom."""
    steps = list(FIRST_TO_GO)
    while used(connection) + needed > limit:
        if not steps:
            raise NoRoom("the outbox is full")
        table, which, counts = steps[0]
        gone = connection.execute(f"DELETE FROM {table} WHERE {which}").rowcount
        if counts:
            ledger.count(connection, ledger.FULL, gone)
        if not gone:
            del steps[0]


def trim(connection: sqlite3.Connection, keep_days: int, now: datetime) -> bool:
    """Forget what was sent a day ago, and what is older than the policy lets it be kept; the unsent is counted.

    Whether the clock could be trusted with the latter.
    """
    _delete(connection, "recent", "sent", now - RECENT_FOR)
    connection.execute("DELETE FROM worked WHERE day < ?", ((now - WORKED_FOR).date().isoformat(),))
    if not _trusted(connection, now):
        return False
    # What was kept while the clock was ahead is as old as now, at least.
    for table in ("event", "picture", "aside"):
        connection.execute(f"UPDATE {table} SET kept = ?1 WHERE kept > ?1", (millis(now),))
    before = now - timedelta(days=keep_days)
    _delete(connection, "aside", "kept", before)
    gone = _delete(connection, "event", "kept", before) + _delete(connection, "picture", "kept", before)
    ledger.count(connection, ledger.RETENTION, gone)
    return True


def _delete(connection: sqlite3.Connection, table: str, column: str, before: datetime) -> int:
    return connection.execute(f"DELETE FROM {table} WHERE {column} < ?", (millis(before),)).rowcount


def _trusted(connection: sqlite3.Connection, now: datetime) -> bool:
    """Whether `now` may age anything: after a leap (a wrong clock, a long holiday) only once a day has passed since."""
    at = millis(now)
    trimmed, leapt = _note(connection, "trimmed") or at, _note(connection, "leapt")
    if abs(at - trimmed) > LEAP / MILLISECOND:
        leapt = at
    elif leapt and at - leapt >= GRACE / MILLISECOND:
        leapt = 0
    connection.executemany("INSERT OR REPLACE INTO note VALUES (?, ?)", [("trimmed", at), ("leapt", leapt)])
    return not leapt


def _note(connection: sqlite3.Connection, name: str) -> int:
    row = connection.execute("SELECT value FROM note WHERE name = ?", (name,)).fetchone()
    return int(row[0]) if row else 0


def give_back(connection: sqlite3.Connection) -> None:
    """Return free pages to the disk, some at a time."""
    connection.execute(f"PRAGMA incremental_vacuum({PAGES_AT_ONCE})").fetchall()
