"""What a serving process answers, counted, and written down several times a minute for the health page."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass

import psycopg
import structlog

from sundial.gateway.metrics import Metrics

EVERY = 10.0  # seconds
FAILED = 500

# The table is `portal.models.Minute`; a gateway alone has no Django to write it with.
_COUNT = """
INSERT INTO portal_minute AS one (at, requests, errors, facts, facts_waiting)
VALUES (date_trunc('minute', now()), %(requests)s, %(errors)s, %(facts)s, %(facts_waiting)s)
ON CONFLICT (at) DO UPDATE SET requests = one.requests + excluded.requests, errors = one.errors + excluded.errors,
  facts = one.facts + excluded.facts, facts_waiting = greatest(one.facts_waiting, excluded.facts_waiting)
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a serving process answered and kept; `facts_waiting` is of now."""

    requests: int = 0
    errors: int = 0
    facts: int = 0
    facts_waiting: int = 0


Write = Callable[[Counts], Awaitable[None]]
log = structlog.get_logger("sundial.run")


class Pulse:
    """Counts answers; what could not be written down is said with the next."""

    def __init__(self, write: Write, metrics: Metrics | None = None) -> None:
        self._write, self._metrics = write, metrics
        self._requests = self._errors = 0
        self._said = Counts()

    def answered(self, status: int) -> None:
        """One more answer of this status."""
        self._requests += 1
        self._errors += status >= FAILED

    def _counted(self) -> Counts:
        """Everything since the process began; only what waits is of now."""
        facts = self._metrics.ingest_events if self._metrics else 0
        waiting = self._metrics.ingest_waiting if self._metrics else 0
        return Counts(self._requests, self._errors, facts, waiting)

    async def beat(self) -> None:
        """Write down what came since the last time."""
        whole, said = self._counted(), self._said
        since = Counts(
            whole.requests - said.requests,
            whole.errors - said.errors,
            whole.facts - said.facts,
            whole.facts_waiting,
        )
        await self._write(since)
        self._said = whole

    async def run(self) -> None:
        """Beat until cancelled; a database that is away is asked again."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.beat()
            except Exception as failure:  # whatever it is, the numbers wait for the next beat
                log.warning("the platform's numbers could not be written down", exc_info=failure)


def into(dsn: str) -> Write:
    """Writes into this database, by a connection that lasts as long as the writing."""

    async def write(counts: Counts) -> None:
        async with await psycopg.AsyncConnection.connect(dsn, connect_timeout=5) as connection:
            await connection.execute(_COUNT, asdict(counts))

    return write
