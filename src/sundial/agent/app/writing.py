"""Bringing what the recorder kept into the outbox, in order, whatever the disk does."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from msgspec import UNSET, UnsetType

from sundial.agent.core.absence import Absence
from sundial.agent.core.clock import Clock
from sundial.agent.core.resuming import OpenSession
from sundial.agent.core.store import CannotKeep
from sundial.agent.outbox.threaded import AsyncOutbox
from sundial.protocol.events import Event, ScreenshotMeta, SessionEvent

MOST_IN_MEMORY = 5_000  # events, while the disk takes nothing
MOST_PICTURES_IN_MEMORY = 5
AGAIN_S = 5.0
LOST = "disk"  # the reason under which is counted what memory could not hold


@dataclass(frozen=True, slots=True)
class _Events:
    many: tuple[Event, ...]
    at: datetime
    session: OpenSession | UnsetType | None
    absences: tuple[Absence, ...] | UnsetType


@dataclass(frozen=True, slots=True)
class _Picture:
    meta: ScreenshotMeta
    image: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class _Worked:
    day: date
    ms: int


_Item = _Events | _Picture | _Worked


class Writer:
    """One write after the other; while the disk refuses, what comes is held in memory, and so much of it only.

    `kept` is called after each write, with whether it should be seen at the server at once. `problem` is what the
    person should know, empty while all is well; `dropped` counts what no longer fitted into memory and is not yet
    counted on the disk.
    """

    def __init__(self, outbox: AsyncOutbox, clock: Clock, say: Callable[[str], None]) -> None:
        self._outbox = outbox
        self._clock = clock
        self._say = say
        self._waiting: deque[_Item] = deque()
        self._some = asyncio.Event()
        self._writing = asyncio.Lock()
        self.kept: Callable[[bool], None] = lambda at_once: None
        self.problem = ""
        self.dropped = 0
        self._odd_ms = 0  # worked time is counted in whole seconds; what is left over waits for more

    def put(
        self,
        many: tuple[Event, ...],
        at: datetime,
        session: OpenSession | UnsetType | None = UNSET,
        absences: tuple[Absence, ...] | UnsetType = UNSET,
    ) -> None:
        """Keep these events and, in the same transaction, if given, which session is open and what is to be asked."""
        if many or absences is not UNSET:
            self._add(_Events(many, at, session, absences))

    def put_picture(self, meta: ScreenshotMeta, image: bytes, at: datetime) -> None:
        """Keep this picture."""
        self._add(_Picture(meta, image, at))

    def put_worked(self, day: date, ms: int) -> None:
        """So much more was worked on that day."""
        self._add(_Worked(day, ms))

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._some.wait()
            if not await self._write_first():
                await self._clock.sleep(AGAIN_S)

    async def flush(self) -> None:
        """Write all that waits, once; what the disk refuses is lost with the program."""
        while self._waiting and await self._write_first():
            continue

    @property
    def idle(self) -> bool:
        """Whether all is on the disk."""
        return not self._waiting

    @property
    def waiting(self) -> int:
        """How many events and pictures are in memory alone."""
        return sum(map(_size, self._waiting))

    async def _write_first(self) -> bool:
        async with self._writing:  # `flush` may meet `run` in the middle of a write: worked time must not count twice
            return not self._waiting or await self._write_this(self._waiting[0])

    async def _write_this(self, first: _Item) -> bool:
        try:
            await self._write(first)
        except CannotKeep as error:
            if not self.problem:
                self._say(f"The disk takes nothing: {error}. Held in memory, trying again every {AGAIN_S:.0f} s")
            self.problem = (
                f"This computer's disk takes nothing ({error}). What is recorded is held in memory meanwhile."
            )
            return False
        if self.problem:
            self._say("The disk takes what is recorded again")
        self.problem = ""
        self._remove(first)
        await self._count_dropped()
        self.kept(isinstance(first, _Events) and any(isinstance(event, SessionEvent) for event in first.many))
        return True

    async def _count_dropped(self) -> None:
        """What was lost meanwhile is counted on the disk from now on, and no longer here."""
        if not self.dropped:
            return
        many, self.dropped = self.dropped, 0
        try:
            await self._outbox.count_lost(LOST, many)
        except CannotKeep:
            self.dropped += many

    async def _write(self, one: _Item) -> None:
        match one:
            case _Events(many, at, session, absences):
                await self._outbox.put(many, at, session, absences)
            case _Picture(meta, image, at):
                await self._outbox.put_picture(meta, image, at)
            case _Worked(day, ms):
                seconds, odd = divmod(self._odd_ms + ms, 1000)
                await self._outbox.add_worked(day, seconds)
                self._odd_ms = odd

    def _add(self, one: _Item) -> None:
        self._waiting.append(one)
        self._some.set()
        self._make_room()

    def _remove(self, one: _Item) -> None:
        if self._waiting and self._waiting[0] is one:  # else it was dropped while it was written
            self._waiting.popleft()
        if not self._waiting:
            self._some.clear()

    def _make_room(self) -> None:
        """The newest are worth most, and the one that is just being written is left alone."""
        pictures = [one for one in self._waiting if isinstance(one, _Picture)]
        for oldest in pictures[1:-MOST_PICTURES_IN_MEMORY] if len(pictures) > MOST_PICTURES_IN_MEMORY else []:
            self._waiting.remove(oldest)
            self.dropped += 1
        while self.waiting > MOST_IN_MEMORY and len(self._waiting) > 1:
            self.dropped += _size(self._waiting[1])
            del self._waiting[1]


def _size(one: _Item) -> int:
    match one:
        case _Events(many):
            return len(many)
        case _Picture():
            return 1
    return 0
