"""What can still be read of a broken file goes into the new one; how much could not is counted."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sundial.agent.outbox import ledger

# Formed batches are not among them: their events go in new ones, and the server knows those that it has.
TABLES = {
    "lost": ("reason, count", "reason"),
    "note": ("name, value", "name"),
    "worked": ("day, seconds", "day"),
    "aside": ("eid, kept, seq, code, message, body", "eid"),
    "event": ("eid, kept, ended, passed, body", "number"),
    "picture": ("eid, kept, meta, image", "number"),
}
FACTS = ("event", "picture")


def transfer(broken: Path, connection: sqlite3.Connection) -> int:
    """Put what can be read into this new store; returns how many facts were saved. Raises only for the new store."""
    saved = missing = 0
    with closing(sqlite3.connect(broken)) as source:
        for table, (columns, key) in TABLES.items():
            added = _copy(source, connection, table, columns, key)
            if table in FACTS:
                saved += added
                missing += max(0, _number(source, f"SELECT count(*) FROM {table}") - added)
        seq = _number(source, "SELECT max(seq) FROM sqlite_sequence WHERE name = 'batch'")
    connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('batch', ?)", (seq,))
    # Nobody can say how many there were where nothing can be read: then it is the one loss that is known.
    ledger.count(connection, ledger.CORRUPT, missing or (not saved))
    return saved


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, table: str, columns: str, key: str) -> int:
    places = ", ".join("?" * (columns.count(",") + 1))
    insert = f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({places})"
    return sum(target.execute(insert, row).rowcount for row in _rows(source, table, columns, key))


def _rows(source: sqlite3.Connection, table: str, columns: str, key: str) -> Iterator[tuple[Any, ...]]:
    """From the front up to the damage, then from the end down to it; the same row may come twice."""
    for direction in ("ASC", "DESC"):
        try:
            yield from source.execute(f"SELECT {columns} FROM {table} ORDER BY {key} {direction}")
        except sqlite3.Error:
            continue
        return


def _number(source: sqlite3.Connection, question: str) -> int:
    try:
        return int(source.execute(question).fetchone()[0] or 0)
    except (sqlite3.Error, ValueError):
        return 0
