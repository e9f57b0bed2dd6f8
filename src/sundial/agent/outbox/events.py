"""Events in the queue, and those that lately left it."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime

from sundial.agent.outbox import ledger
from sundial.protocol import codec
from sundial.protocol.events import Event


def millis(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return int(moment.timestamp() * 1000)


def keep(connection: sqlite3.Connection, events: Sequence[Event], now: datetime) -> None:
    """Into the queue; one that is there already stays as it is."""
    connection.executemany(
        "INSERT OR IGNORE INTO event (eid, kept, ended, body) VALUES (?, ?, ?, ?)",
        [(event.eid, millis(now), _ended(event, now), codec.encode(event)) for event in events],
    )


def _ended(event: Event, now: datetime) -> int:
    try:
        return millis(datetime.fromisoformat(event.end))
    except (ValueError, OverflowError):
        return millis(now)


def parted(bodies: Iterable[tuple[str, bytes]]) -> tuple[list[Event], dict[str, str]]:
    """The events that can be read, and by eid why the others cannot."""
    events: list[Event] = []
    unreadable: dict[str, str] = {}
    for eid, body in bodies:
        try:
            events.append(codec.decode(Event, body))  # type: ignore[arg-type] # msgspec takes a union for a type
        except codec.Malformed as error:
            unreadable[eid] = str(error)
    return events, unreadable


def recent(connection: sqlite3.Connection, since: datetime) -> list[Event]:
    """What ended since then, sent or not, in the order of their ends."""
    rows = connection.execute(
        "SELECT eid, body, ended FROM recent WHERE ended >= ?1 UNION ALL "
        "SELECT eid, body, ended FROM event WHERE ended >= ?1 ORDER BY ended",
        (millis(since),),
    )
    return parted((eid, body) for eid, body, _ended in rows)[0]


def done(connection: sqlite3.Connection, eids: Iterable[str], now: datetime) -> None:
    """The server has these: out of the queue."""
    many = [(eid,) for eid in eids]
    connection.executemany(
        "INSERT OR REPLACE INTO recent SELECT eid, ended, ?, body FROM event WHERE eid = ?",
        [(millis(now), eid) for (eid,) in many],
    )
    connection.executemany("DELETE FROM event WHERE eid = ?", many)


def set_aside(connection: sqlite3.Connection, eid: str, code: str, message: str) -> None:
    """The server will never have this one: out of the queue, kept with the reason, counted."""
    connection.execute(
        "INSERT OR REPLACE INTO aside SELECT eid, kept, batch, ?, ?, body FROM event WHERE eid = ?",
        (code[:128], message[:1000], eid),
    )
    ledger.count(
        connection, ledger.rejected(code), connection.execute("DELETE FROM event WHERE eid = ?", (eid,)).rowcount
    )
