"""The one task that writes: many batches in one transaction, and what spoils a transaction found by halving."""

import asyncio
import logging
import time
from typing import Final

from sundial.gateway.database import Refused
from sundial.gateway.ingest.facts import Facts
from sundial.gateway.ingest.queue import Queue
from sundial.gateway.ingest.told import Told
from sundial.gateway.ingest.waiting import Outcomes, Part, Waiting
from sundial.gateway.metrics import Metrics

log = logging.getLogger("sundial.gateway")

REFUSED: Final = "refused"
PACE: Final = 0.005  # seconds between the beginnings of two groups; a group of one batch costs twice as much a batch


class Writer:
    """Takes groups from the queue and answers each batch after the commit that keeps it."""

    def __init__(self, queue: Queue, facts: Facts, told: Told, metrics: Metrics, *, pace: float = PACE) -> None:
        self._pace = pace
        self._queue = queue
        self._facts = facts
        self._told = told
        self._metrics = metrics

    async def write_for_ever(self) -> None:
        """Take, write, again; what was taken is answered whatever happens.

        A batch that comes alone is written at once; those that come right after it wait a little for one another.
        """
        while True:
            group = await self._queue.take()
            begun = time.perf_counter()
            try:
                await self._write_group(group)
            finally:
                _fail(group, OSError("the gateway is stopping"))  # those that have no answer yet
            await asyncio.sleep(max(0.0, begun + self._pace - time.perf_counter()))

    async def _write_group(self, group: list[Waiting]) -> None:
        begun = time.perf_counter()
        try:
            outcomes = await self._write([Part(batch.caller, batch.facts) for batch in group])
        except OSError as failure:
            _fail(group, failure)
            return
        self._metrics.ingest_seconds.observe(time.perf_counter() - begun)
        for batch in group:
            batch.settle(outcomes)
            self._told.note(batch.caller)

    async def _write(self, parts: list[Part]) -> Outcomes:
        """Those that were not new; raises `OSError` if the database does not answer."""
        try:
            return await self._facts.keep(parts)
        except Refused as failure:
            halves = _halves(parts)
            if halves is None:
                caller, fact = parts[0].caller, parts[0].facts[0]
                log.warning("an event of company %d was refused: %s", caller.company, failure)
                return {(caller.company, fact.eid): REFUSED}
        first, second = halves
        return await self._write(first) | await self._write(second)


def _halves(parts: list[Part]) -> tuple[list[Part], list[Part]] | None:
    if len(parts) > 1:
        middle = len(parts) // 2
        return parts[:middle], parts[middle:]
    [part] = parts
    middle = len(part.facts) // 2
    if not middle:
        return None
    return [Part(part.caller, part.facts[:middle])], [Part(part.caller, part.facts[middle:])]


def _fail(group: list[Waiting], failure: Exception) -> None:
    for batch in group:
        batch.fail(failure)
