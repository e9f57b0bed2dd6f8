"""Batches that wait to be written: in turn by company, so that one with much to say does not hold up the others."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

from sundial.gateway.ingest.waiting import Name, Waiting
from sundial.gateway.metrics import Metrics

TOGETHER: Final = 64  # batches a transaction
EVENTS_TOGETHER: Final = 4_000
SHARE: Final = 8  # batches of one company among these, while others have something to say, too
LATELY: Final = 1.0  # seconds for which a company is remembered as having something to say
PLACES: Final = 64  # batches of one company that are read, checked or waiting
PATIENCE: Final = 1.0  # seconds to wait for a place
PATIENT: Final = 1_000  # callers of one company who may wait for a place
BATCHES: Final = 4_000  # of all companies


class Full(OSError):
    """The caller has to come back: the places of their company are taken (`own`), or everyone's."""

    def __init__(self, *, own: bool) -> None:
        super().__init__("too many batches are waiting")
        self.own = own


class _Company:
    """What one company has here."""

    __slots__ = ("batches", "callers", "last", "places")

    def __init__(self) -> None:
        self.batches: deque[Waiting] = deque()
        self.places = asyncio.Semaphore(PLACES)
        self.callers = 0  # who hold a place, or wait for one
        self.last = 0.0


class Queue:
    """Whoever has a place may put one batch, and keeps the place until it is answered."""

    def __init__(self, metrics: Metrics, clock: Callable[[], float]) -> None:
        self._metrics = metrics
        self._clock = clock
        self._companies: dict[int, _Company] = {}
        self._ready: OrderedDict[int, _Company] = OrderedDict()  # those with batches; who was served goes to the end
        self._callers = 0
        self._some = asyncio.Event()
        self._left = asyncio.Event()

    async def emptied(self) -> None:
        """Return when nothing waits, and nobody is about to add to it."""
        while self._callers:
            self._left.clear()
            await self._left.wait()

    def place(self, company_id: int) -> "Place":
        """One of the company's places, to be held with `async with`; that raises `Full`."""
        return Place(self, self._companies.setdefault(company_id, _Company()))

    async def enter(self, company: _Company) -> None:
        """Wait for a place."""
        if self._callers >= BATCHES or company.callers >= PLACES + PATIENT:
            raise Full(own=self._callers < BATCHES)
        self._callers += 1
        company.callers += 1
        try:
            await _acquire(company.places)
        except BaseException:
            self._forget(company)
            raise

    def leave(self, company: _Company) -> None:
        """Give a place back."""
        company.places.release()
        self._forget(company)

    def _forget(self, company: _Company) -> None:
        self._callers -= 1
        company.callers -= 1
        self._left.set()

    def put(self, batch: Waiting) -> None:
        """Add a batch; only with a place."""
        company_id = batch.caller.company
        company = self._companies[company_id]
        company.batches.append(batch)
        company.last = self._clock()
        self._ready[company_id] = company
        self._metrics.ingest_waiting += 1
        self._some.set()

    async def take(self) -> list[Waiting]:
        """The next that are to be written together; no event stands in two of them."""
        while not self._ready:
            self._some.clear()
            await self._some.wait()
        group = self._gather(self._share())
        self._metrics.ingest_waiting -= len(group)
        return group

    def _gather(self, share: int) -> list[Waiting]:
        group: list[Waiting] = []
        events, names = 0, set[Name]()
        for _turn in range(share):
            before = len(group)
            for company_id in list(self._ready):
                if len(group) >= TOGETHER or events >= EVENTS_TOGETHER:
                    return group
                if names.isdisjoint(self._ready[company_id].batches[0].names):
                    batch = self._pop(company_id)
                    names |= batch.names
                    events += len(batch.facts)
                    group.append(batch)
            if len(group) == before:
                break
        return group

    def _pop(self, company_id: int) -> Waiting:
        batches = self._ready[company_id].batches
        batch = batches.popleft()
        if batches:
            self._ready.move_to_end(company_id)
        else:
            del self._ready[company_id]
        return batch

    def _share(self) -> int:
        """How many batches one company may have in a group: all, if no other has spoken lately."""
        silent = self._clock() - LATELY
        for company_id, company in list(self._companies.items()):
            if not company.callers and company.last < silent:
                del self._companies[company_id]
        return TOGETHER if len(self._companies) == 1 else SHARE


class Place:
    """A place in the queue, for as long as it is entered."""

    __slots__ = ("_company", "_queue")

    def __init__(self, queue: Queue, company: _Company) -> None:
        self._queue = queue
        self._company = company

    async def __aenter__(self) -> None:
        """Wait for it."""
        await self._queue.enter(self._company)

    async def __aexit__(self, *_failure: object) -> None:
        """Give it back."""
        self._queue.leave(self._company)


async def _acquire(places: asyncio.Semaphore) -> None:
    if not places.locked():
        await places.acquire()
        return
    try:
        async with asyncio.timeout(PATIENCE):
            await places.acquire()
    except TimeoutError:
        raise Full(own=True) from None
