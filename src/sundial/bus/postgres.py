"""Hints through PostgreSQL's LISTEN and NOTIFY: no more parts than the database that is there anyway."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from typing import Any, Final

import psycopg

from sundial.bus.interface import Gap, Heard, deliver, log, payload_of, tell_gap

CHANNEL: Final = "sundial"
FIRST_PAUSE: Final = 0.05  # seconds before the first new attempt, doubled after each
LONGEST_PAUSE: Final = 1.0
QUIET: Final = 15.0  # seconds without a hint until the connection is asked whether it lives
ANSWER_WITHIN: Final = 5.0

# A peer that vanished without a word is noticed by TCP within half a minute, whoever is waiting on it.
_KEPT_ALIVE: Final[dict[str, Any]] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "application_name": "sundial bus",
}

Connection = psycopg.AsyncConnection[tuple[Any, ...]]


class PostgresBus:
    """One channel of one database; listening re-connects for ever and says so each time through `gap`."""

    def __init__(self, dsn: str, channel: str = CHANNEL) -> None:
        self._dsn = dsn
        self._channel = channel
        self._publisher: Connection | None = None
        self._publishing = asyncio.Lock()

    async def publish(self, topic: str, body: str) -> None:
        """Notify at once, outside any transaction; tries once more on a new connection."""
        payload = payload_of(topic, body)
        async with self._publishing:
            try:
                await self._notify(payload)
            except psycopg.OperationalError:
                await self._drop_publisher()
                await self._notify_or_fail(payload)

    @contextlib.asynccontextmanager
    async def listen(self, heard: Heard, gap: Gap) -> AsyncIterator[None]:
        """Hear every hint while open; opens once the first attempt to listen was made, even if it failed."""
        tried = asyncio.Event()
        ear = asyncio.ensure_future(self._listen_for_ever(heard, gap, tried))
        try:
            await tried.wait()
            yield
        finally:
            ear.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await ear

    async def close(self) -> None:
        """Close the connection that publishes."""
        async with self._publishing:
            await self._drop_publisher()

    # -- publishing ---------------------------------------------------------------------------

    async def _notify(self, payload: str) -> None:
        if self._publisher is None:
            self._publisher = await self._connect()
        await self._publisher.execute("SELECT pg_notify(%s, %s)", [self._channel, payload])

    async def _notify_or_fail(self, payload: str) -> None:
        try:
            await self._notify(payload)
        except psycopg.OperationalError as failure:
            await self._drop_publisher()
            raise ConnectionError("the database does not take hints now") from failure

    async def _drop_publisher(self) -> None:
        publisher, self._publisher = self._publisher, None
        if publisher is not None:
            with contextlib.suppress(psycopg.Error):
                await publisher.close()

    # -- listening ----------------------------------------------------------------------------

    async def _listen_for_ever(self, heard: Heard, gap: Gap, tried: asyncio.Event) -> None:
        pause, missed = FIRST_PAUSE, False
        while True:
            try:
                async with await self._connect() as connection:
                    await connection.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(self._channel)))
                    tried.set()
                    if missed:
                        tell_gap(gap)
                    pause, missed = FIRST_PAUSE, True
                    await self._hear(connection, heard)
            except (psycopg.Error, OSError) as failure:
                log.warning("hints are not heard for the moment: %s", str(failure).strip())
            tried.set()
            missed = True
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load, guards nothing
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _hear(self, connection: Connection, heard: Heard) -> None:
        while True:
            async for notify in connection.notifies(timeout=QUIET):
                deliver(heard, notify.payload)
            async with asyncio.timeout(ANSWER_WITHIN):
                await connection.execute("SELECT 1")

    async def _connect(self) -> Connection:
        return await psycopg.AsyncConnection.connect(self._dsn, autocommit=True, **_KEPT_ALIVE)
