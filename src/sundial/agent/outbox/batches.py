"""Batches: once formed the same until they are settled, through any number of crashes."""

import sqlite3
from collections.abc import Callable
from datetime import datetime

from sundial.agent.outbox import events
from sundial.protocol.events import Batch, BatchAnswer, Event

NewId = Callable[[], str]
# Of JSON, before it is compressed; far below what the server takes, and quick on a bad line.
BATCH_BYTES = 1 << 20
SMALLEST = 9  # times halved, 500 are none


def take(connection: sqlite3.Connection, limit: int, new_id: NewId) -> Batch | None:
    """The oldest unsettled batch, or a new one of the oldest events; None if there are none."""
    while (first := _first(connection) or _form(connection, limit, new_id)) is not None:
        seq, uuid = first
        found = _readable(connection, seq)
        if found:
            return Batch(uuid, seq, found)
        connection.execute("DELETE FROM batch WHERE seq = ?", (seq,))
    return None


def _first(connection: sqlite3.Connection) -> tuple[int, str] | None:
    row: tuple[int, str] | None = connection.execute("SELECT seq, uuid FROM batch ORDER BY seq LIMIT 1").fetchone()
    return row


def _form(connection: sqlite3.Connection, limit: int, new_id: NewId) -> tuple[int, str] | None:
    rows = connection.execute(
        "SELECT number, length(body), passed FROM event WHERE batch IS NULL ORDER BY passed, number LIMIT ?", (limit,)
    ).fetchall()
    if not rows:
        return None
    passed = rows[0][2]
    # What failed together is tried in groups half as large each time, until the one that is to blame stands alone.
    together = [row for row in rows if row[2] == passed][: max(1, limit >> min(passed, SMALLEST))]
    uuid = new_id()
    seq = _add(connection, uuid)
    size = 0
    for number, length, _passed in together:
        size += length
        if size > BATCH_BYTES and number != rows[0][0]:
            break
        connection.execute("UPDATE event SET batch = ? WHERE number = ?", (seq, number))
    return seq, uuid


def _add(connection: sqlite3.Connection, uuid: str) -> int:
    seq = connection.execute("INSERT INTO batch (uuid) VALUES (?) RETURNING seq", (uuid,)).fetchone()[0]
    return int(seq)


def _readable(connection: sqlite3.Connection, seq: int) -> list[Event]:
    rows = connection.execute("SELECT eid, body FROM event WHERE batch = ? ORDER BY passed, number", (seq,)).fetchall()
    found, unreadable = events.parted(rows)
    for eid, why in unreadable.items():
        events.set_aside(connection, eid, "malformed", why)
    return found


def settle(connection: sqlite3.Connection, uuid: str, answer: BatchAnswer, now: datetime) -> int:
    """Forget what the server has, set aside what it rejects; what the answer does not name waits for another batch.

    An answer that names nothing of this batch is no answer to it. Returns how many events are done with.
    """
    seq, mine = _members(connection, uuid)
    stored = [eid for eid in mine if eid in {*answer.accepted, *answer.duplicate}]
    rejected = {one.eid: one for one in answer.rejected if one.eid in mine and one.eid not in stored}
    if not stored and not rejected:
        return 0
    events.done(connection, stored, now)
    for eid, one in rejected.items():
        events.set_aside(connection, eid, one.code, one.message)
    _dissolve(connection, seq)
    return len(stored) + len(rejected)


def pass_over(connection: sqlite3.Connection, uuid: str) -> None:
    """Its events wait for other batches: it cannot be told which of them it is that fails."""
    _dissolve(connection, _members(connection, uuid)[0])


def _dissolve(connection: sqlite3.Connection, seq: int) -> None:
    # Those passed over come after all others, so that they hold nothing up.
    connection.execute("UPDATE event SET batch = NULL, passed = passed + 1 WHERE batch = ?", (seq,))
    connection.execute("DELETE FROM batch WHERE seq = ?", (seq,))


def refuse(connection: sqlite3.Connection, uuid: str, code: str, message: str, new_id: NewId) -> int:
    """Halve what the server refuses as a whole, until the one that is to blame stands alone; set that one aside."""
    seq, mine = _members(connection, uuid)
    if len(mine) == 1:
        events.set_aside(connection, mine[0], code, message)
        connection.execute("DELETE FROM batch WHERE seq = ?", (seq,))
    elif mine:
        connection.execute("UPDATE batch SET uuid = ? WHERE seq = ?", (new_id(), seq))
        second = _add(connection, new_id())
        moved = [(second, eid) for eid in mine[len(mine) // 2 :]]
        connection.executemany("UPDATE event SET batch = ? WHERE eid = ?", moved)
    return len(mine)


def _members(connection: sqlite3.Connection, uuid: str) -> tuple[int, list[str]]:
    row = connection.execute("SELECT seq FROM batch WHERE uuid = ?", (uuid,)).fetchone()
    if row is None:
        return 0, []
    rows = connection.execute("SELECT eid FROM event WHERE batch = ? ORDER BY passed, number", row)
    return row[0], [eid for (eid,) in rows]
