"""Whose facts these are: what one device recorded is never sent as another's, nor to another company."""

import sqlite3

from sundial.agent.outbox import ledger, sessions

OWNER = "owner"
ANOTHER = "another_device"


def owner_of(connection: sqlite3.Connection) -> str | None:
    """The device whose facts these are; None for a new outbox."""
    row = connection.execute("SELECT value FROM note WHERE name = ?", (OWNER,)).fetchone()
    return str(row[0]) if row else None


def hand_over(connection: sqlite3.Connection, owner: str) -> int:
    """From now on what is kept is this device's; what waits of another one is given up and counted: how much."""
    before = owner_of(connection)
    connection.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (OWNER, owner))
    if before in (None, owner):
        return 0
    many = sum(connection.execute(f"DELETE FROM {table}").rowcount for table in ("event", "picture"))
    connection.execute("DELETE FROM batch")
    connection.execute("DELETE FROM recent")
    sessions.remember(connection, None)
    sessions.remember_absences(connection, ())
    ledger.count(connection, ANOTHER, many)
    return many
