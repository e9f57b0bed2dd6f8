"""A few connections that find their way back at once when the database was away.

A waiting pool would let each request wait out its time-out, and back off for seconds after a restart; here a dead
connection is replaced within the call, and a database that is away fails the call at once.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final, LiteralString

import psycopg

Row = tuple[Any, ...]
Connection = psycopg.AsyncConnection[Row]

SIZE: Final = 4
CONNECT_WITHIN: Final = 3  # seconds
PLACE_WITHIN: Final = 5.0
STATEMENT_LIMIT: Final = "10s"
TRIES: Final = 3

# What another writer's timing did to us: the same statement may well succeed now.
_UNLUCKY: Final = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)


class Unavailable(OSError):
    """The database does not answer now; the caller may come back."""


class Refused(ValueError):
    """The database will never take these values."""


class Database:
    """Runs single statements in autocommit, as one role; all of them must be safe to run twice."""

    def __init__(
        self, dsn: str, *, role: str, name: str, size: int = SIZE, settings: Sequence[LiteralString] = ()
    ) -> None:
        self._dsn = dsn
        self._role = role
        self._name = name
        self._settings = settings
        self._idle: list[Connection] = []
        self._places = asyncio.Semaphore(size)
        self._closed = False

    async def rows(self, statement: str, values: Any = None) -> list[Row]:
        """Run a statement that answers rows."""
        return await self._run(statement, values, answers=True)

    async def write(self, statement: str, values: Any) -> None:
        """Run a statement that answers nothing; raises `Refused` for values that no retry can help."""
        await self._run(statement, values, answers=False)

    async def close(self) -> None:
        """Close what is idle now, and the rest when it comes back."""
        self._closed = True
        await self._close_idle()

    async def _run(self, statement: str, values: Any, *, answers: bool) -> list[Row]:
        for attempt in range(1, TRIES + 1):
            try:
                return await self._attempt(statement, values, answers=answers)
            except psycopg.DataError as failure:
                raise Refused(str(failure)) from failure
            except _UNLUCKY as failure:
                if attempt == TRIES:
                    raise Unavailable(str(failure)) from failure
            except psycopg.OperationalError as failure:
                had_others = bool(self._idle)
                await self._close_idle()  # what one connection met, the idle ones have met, too
                if attempt == TRIES or not (had_others or attempt == 1):
                    raise Unavailable(str(failure).strip()) from failure
        raise AssertionError("unreachable")

    async def _attempt(self, statement: str, values: Any, *, answers: bool) -> list[Row]:
        async with self._connection() as connection:
            cursor = await connection.execute(statement, values, binary=answers)
            return await cursor.fetchall() if answers else []

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        try:
            async with asyncio.timeout(PLACE_WITHIN):
                await self._places.acquire()
        except TimeoutError:
            raise Unavailable("all connections are busy") from None
        connection: Connection | None = None
        try:
            connection = self._idle.pop() if self._idle else await self._connect()
            yield connection
        finally:
            self._places.release()
            if connection is not None:
                await self._give_back(connection)

    async def _give_back(self, connection: Connection) -> None:
        idle = connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        if idle and not self._closed:
            self._idle.append(connection)
        else:
            await _close(connection)

    async def _connect(self) -> Connection:
        connection = await psycopg.AsyncConnection.connect(
            self._dsn, autocommit=True, connect_timeout=CONNECT_WITHIN, application_name=self._name
        )
        try:
            await connection.execute(psycopg.sql.SQL("SET ROLE {}").format(psycopg.sql.Identifier(self._role)))
            await connection.execute(f"SET statement_timeout = '{STATEMENT_LIMIT}'")
            for setting in self._settings:
                await connection.execute(setting)
        except BaseException:
            await _close(connection)
            raise
        return connection

    async def _close_idle(self) -> None:
        while self._idle:
            await _close(self._idle.pop())


async def _close(connection: Connection) -> None:
    with contextlib.suppress(psycopg.Error, OSError):
        await connection.close()
