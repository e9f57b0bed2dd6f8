"""One SQLite file behind a lock: whole transactions or CannotKeep, and a new file where the old one is broken."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sundial.agent.core.store import CannotKeep
from sundial.agent.outbox import salvage, schema

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

NAME = "outbox.db"
ASIDE = "outbox.corrupt-"
BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
PLAIN = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "the disk is read-only",
    sqlite3.SQLITE_IOERR: "the disk does not take it",
    sqlite3.SQLITE_CANTOPEN: "its file cannot be opened",
    sqlite3.SQLITE_BUSY: "another program holds its file",
}


class StoreFile:
    """Thread-safe. `said` is called when a broken file was moved aside."""

    def __init__(self, folder: Path, said: Callable[[str], None]) -> None:
        self._folder = folder
        self._said = said
        self._lock = threading.Lock()
        self._connection = self._open()

    def close(self) -> None:
        """Waits for what is being written."""
        with self._lock:
            self._connection.close()

    def write(self, work: Work[T]) -> T:
        """This work in one transaction that is on the disk when it returns. Raises CannotKeep."""
        return self._do(work, "BEGIN IMMEDIATE")

    def read(self, work: Work[T]) -> T:
        """The same for what only looks: it goes on where the disk takes nothing more."""
        return self._do(work, "BEGIN")

    def _do(self, work: Work[T], begin: str) -> T:
        with self._lock:
            try:
                return _transaction(self._connection, work, begin)
            except sqlite3.Error as error:
                if not _is_broken(error):
                    raise _cannot(error) from error
                self._connection.close()
                self._connection = self._begin_anew(error)
            try:
                return _transaction(self._connection, work, begin)
            except sqlite3.Error as error:
                raise _cannot(error) from error

    def outside(self, work: Work[T]) -> T:
        """This work without a transaction around it. Raises CannotKeep."""
        with self._lock:
            try:
                return work(self._connection)
            except sqlite3.Error as error:
                raise _cannot(error) from error

    def forget_broken(self, before: datetime) -> None:
        """Files that were moved aside, and not touched since then."""
        for file in self._folder.glob(f"{ASIDE}*"):
            with suppress(OSError):  # another time, then
                if file.stat().st_mtime < before.timestamp():
                    file.unlink()

    def _open(self) -> sqlite3.Connection:
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return schema.connect(self._folder / NAME)
        except OSError as error:
            raise CannotKeep(f"{NAME}: {error.strerror or error}") from error
        except sqlite3.Error as error:
            if not _is_broken(error):
                raise _cannot(error) from error
            return self._begin_anew(error)

    def _begin_anew(self, broken: sqlite3.Error) -> sqlite3.Connection:
        try:
            aside = self._move_aside()
            connection = schema.connect(self._folder / NAME)
            saved = _transaction(connection, lambda found: salvage.transfer(aside, found))
        except (OSError, sqlite3.Error) as error:
            raise CannotKeep(f"{NAME} is broken ({broken}) and cannot be begun anew: {error}") from error
        self._said(f"{NAME} is broken ({broken}): kept as {aside.name}, a new one was begun with {saved} facts from it")
        return connection

    def _move_aside(self) -> Path:
        number = 1
        while (aside := self._folder / f"{ASIDE}{number}").exists():
            number += 1
        for suffix in ("-wal", ""):
            file = self._folder / f"{NAME}{suffix}"
            if file.exists():
                file.rename(self._folder / f"{aside.name}{suffix}")
        (self._folder / f"{NAME}-shm").unlink(missing_ok=True)
        return aside


def _transaction(connection: sqlite3.Connection, work: Work[T], begin: str = "BEGIN IMMEDIATE") -> T:
    connection.execute(begin)
    try:
        result = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk may have ended it already
            connection.execute("ROLLBACK")
        raise
    return result


def _is_broken(error: sqlite3.Error) -> bool:
    return isinstance(error, schema.Damaged) or _code(error) in BROKEN


def _code(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF  # only errors from SQLite itself have one


def _cannot(error: sqlite3.Error) -> CannotKeep:
    return CannotKeep(f"{PLAIN.get(_code(error), 'the outbox failed')} ({error})")
