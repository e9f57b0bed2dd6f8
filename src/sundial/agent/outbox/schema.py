"""The tables of outbox.db, and how a connection to it is opened."""

import os
import sqlite3
from pathlib import Path

from sundial.agent.core.store import CannotKeep

VERSION = 1
APPLICATION = 0x53444C4F  # "SDLO"
BUSY_S = 5.0
# A reader in another process may hold the file for a moment; more than that is not waited for.

SETTINGS = (
    "PRAGMA auto_vacuum = INCREMENTAL",  # first: it holds only for a file that is still empty
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA journal_size_limit = 4194304",  # a large backlog leaves no large journal behind
    "PRAGMA secure_delete = FAST",  # what was sent should not linger in free pages
)

TABLES = """
CREATE TABLE event (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  eid TEXT NOT NULL UNIQUE,
  kept INTEGER NOT NULL,                -- when, in milliseconds since 1970
  ended INTEGER NOT NULL,               -- the event's own end, likewise
  batch INTEGER,                        -- seq of the batch that it is in
  passed INTEGER NOT NULL DEFAULT 0,    -- how often an answer did not name it
  body BLOB NOT NULL                    -- JSON as it is sent
);
CREATE INDEX event_queue ON event (batch, passed, number);
CREATE INDEX event_ended ON event (ended);
CREATE INDEX event_kept ON event (kept);
CREATE TABLE batch (seq INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL UNIQUE);
CREATE TABLE picture (
  number INTEGER PRIMARY KEY AUTOINCREMENT, eid TEXT NOT NULL UNIQUE, kept INTEGER NOT NULL,
  meta BLOB NOT NULL, image BLOB NOT NULL
);
CREATE TABLE recent (eid TEXT PRIMARY KEY, ended INTEGER NOT NULL, sent INTEGER NOT NULL, body BLOB NOT NULL);
CREATE INDEX recent_ended ON recent (ended);
CREATE TABLE aside (
  eid TEXT PRIMARY KEY, kept INTEGER NOT NULL, seq INTEGER, code TEXT NOT NULL, message TEXT NOT NULL,
  body BLOB NOT NULL
);
CREATE TABLE lost (reason TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE worked (day TEXT PRIMARY KEY, seconds INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE note (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
"""


def connect(file: Path) -> sqlite3.Connection:
    """A checked connection to this file, made if it is not there. Raises OSError, sqlite3.Error, CannotKeep."""
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    file.chmod(0o600)
    # Every use is under the outbox's own lock.
    connection = sqlite3.connect(file, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        _prepare(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    version, application = (pragma(connection, name) for name in ("user_version", "application_id"))
    if (version, application) == (0, 0) and not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        _set(connection)
        connection.executescript(f"BEGIN IMMEDIATE; {TABLES}; {_signature()}; COMMIT")
        return
    if application != APPLICATION:
        raise CannotKeep("outbox.db is a file of another program; move it away")
    if version != VERSION:
        raise CannotKeep(f"outbox.db has form {version}, this version of the program knows {VERSION}: update it")
    _set(connection)
    if (said := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
        raise Damaged(said)


class Damaged(sqlite3.DatabaseError):
    """The file opens, but its content does not hang together."""


def _set(connection: sqlite3.Connection) -> None:
    for setting in SETTINGS:
        connection.execute(setting).fetchall()


def _signature() -> str:
    return f"PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION}"


def pragma(connection: sqlite3.Connection, name: str) -> int:
    """The value of a numeric pragma."""
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
