"""The working day of a simulated agent, as it happens: a session, its facts, now and then a picture, kept in memory."""

import asyncio
import random
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol

from sundial.agent.core.clock import Clock
from sundial.protocol.events import Batch, BatchAnswer, Event, ScreenshotMeta
from sundial.protocol.ids import RANDOM_BITS, uuid7
from sundial.protocol.messages import Lost, QueueStatus, SessionStatus
from sundial.protocol.settings import Kind, Settings, kinds_on
from sundial.run.simulated_day import Diary, SessionState, Stretch, how_long, next_doing
from sundial.run.simulated_screens import draw_screen

MOST_EVENTS = 2000
MOST_PICTURES = 2
STEP_S = (15.0, 40.0)  # facts are kept about as often as a real agent's checkpoints
LOOK_S = 5.0
BEGIN_WITHIN_S = 20.0
PAUSE, PAUSE_S = 0.01, (120.0, 600.0)
BACK_AFTER_S = (180.0, 600.0)  # after somebody else ended the session
BETWEEN_PICTURES_S = 3.0  # of all simulated agents together
DHAKA_MIN = 360


class MemoryStore:
    """An outbox without a disk: bounded, and everything is kept until it is settled."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque()
        self._pictures: deque[tuple[ScreenshotMeta, bytes]] = deque()
        self._out: Batch | None = None
        self._seq = 0
        self._lost: Counter[str] = Counter()

    def put(self, events: Iterable[Event]) -> None:
        """Keep these; beyond the bound the oldest are lost, and counted."""
        self._events.extend(events)
        while len(self._events) > MOST_EVENTS:
            self._events.popleft()
            self._lost["full"] += 1

    def put_picture(self, meta: ScreenshotMeta, image: bytes) -> bool:
        """Keep it if there is room."""
        if len(self._pictures) >= MOST_PICTURES:
            return False
        self._pictures.append((meta, image))
        return True

    def queue(self) -> QueueStatus:
        """What waits, and what was lost."""
        waiting = len(self._events) + (len(self._out.events) if self._out else 0)
        return QueueStatus(waiting, [Lost(reason, count) for reason, count in sorted(self._lost.items())])

    async def next_batch(self, limit: int = 500) -> Batch | None:
        if self._out is None and self._events:
            self._seq += 1
            taken = [self._events.popleft() for _ in range(min(limit, len(self._events)))]
            self._out = Batch(str(uuid.uuid4()), self._seq, taken)
        return self._out

    async def settle(self, answer: BatchAnswer, now: datetime) -> int:
        if self._out is None:
            return 0
        done = {*answer.accepted, *answer.duplicate, *(one.eid for one in answer.rejected)}
        left = [event for event in self._out.events if event.eid not in done]
        count = len(self._out.events) - len(left)
        self._lost.update(f"rejected:{one.code}" for one in answer.rejected)
        self._out = None
        self._events.extendleft(reversed(left))
        return count

    async def refuse(self, code: str, message: str, now: datetime) -> int:
        count = len(self._out.events) if self._out else 0
        self._lost[f"rejected:{code}"] += count
        self._out = None
        return count

    async def pass_over(self) -> None:
        if self._out is not None:
            self._events.extend(self._out.events)
            self._out = None

    async def next_picture(self) -> tuple[ScreenshotMeta, bytes] | None:
        return self._pictures[0] if self._pictures else None

    async def settle_picture(self, eid: str, now: datetime, refused: str = "") -> None:
        self._pictures = deque(one for one in self._pictures if one[0].eid != eid)

    async def pass_over_picture(self, eid: str) -> None:
        self._pictures.rotate(-1)


class Wake(Protocol):
    """Tells the link that there is something new."""

    def __call__(self, *, at_once: bool) -> None: ...


class Studio:
    """All simulated agents share one painter, so that many of them with a short interval do not eat the machine."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._free_at = 0.0

    def picture(self, luck: random.Random, title: str, now: datetime) -> bytes | None:
        """None when it was asked a moment ago."""
        if self._clock.monotonic() < self._free_at:
            return None
        self._free_at = self._clock.monotonic() + BETWEEN_PICTURES_S
        return draw_screen(luck, title, now.strftime("%d %b %H:%M"))


class SimulatedDay:
    """Implements the agent's Facts. Works while something may be recorded; stops at once when it is told to."""

    def __init__(self, running: Callable[[], Settings | None], clock: Clock, studio: Studio, seed: int) -> None:
        self.store = MemoryStore()
        self._running = running
        self._clock = clock
        self._studio = studio
        self._luck = random.Random(seed)  # noqa: S311 - a believable day, no secret
        self._boot_id = str(uuid.uuid4())
        self._session: SessionStatus | None = None
        self._ended = asyncio.Event()
        self._next_picture_s = 0.0

    def queue(self) -> QueueStatus:
        """What waits, and what was lost."""
        return self.store.queue()

    def session(self) -> SessionStatus | None:
        """The work session, if one is open or was just ended."""
        return self._session

    def end(self, session: str) -> None:
        """Somebody else ended this session."""
        if self._session is not None and session in ("", self._session.id):
            self._ended.set()

    async def live(self, wake: Wake) -> None:
        """Until cancelled: work, be told to stop, come back after a while."""
        await self._clock.sleep(self._luck.uniform(0, BEGIN_WITHIN_S))
        while True:
            if not self._kinds():
                await self._clock.sleep(LOOK_S)
                continue
            await self._work(wake)
            await self._clock.sleep(self._luck.uniform(*BACK_AFTER_S))

    def _kinds(self) -> tuple[Kind, ...]:
        settings = self._running()
        return kinds_on(settings) if settings else ()

    async def _work(self, wake: Wake) -> None:
        """One session; returns when it was ended."""
        self._ended.clear()
        now = self._clock.now()
        diary = Diary(self._luck, now, boot_id=self._boot_id, tz_offset_min=DHAKA_MIN)
        self._tell(diary, "started", wake)
        self._next_picture_s = self._clock.monotonic() + self._luck.uniform(0, self._interval_s())
        while not self._ended.is_set():
            if self._luck.random() < PAUSE:
                await self._pause(diary, wake)
            else:
                await self._do_something(diary, wake)
        self._tell(diary, "stopped", wake)

    def _tell(self, diary: Diary, state: SessionState, wake: Wake) -> None:
        event = diary.told(state, self._clock.now())
        self.store.put([event])
        self._session = SessionStatus(diary.session, state, event.start)
        wake(at_once=True)

    async def _pause(self, diary: Diary, wake: Wake) -> None:
        self._tell(diary, "paused", wake)
        await self._unless_ended(self._luck.uniform(*PAUSE_S))
        if not self._ended.is_set():
            self._tell(diary, "resumed", wake)

    async def _do_something(self, diary: Diary, wake: Wake) -> None:
        """One thing for some minutes, written down in pieces: what is kept is at most a moment old."""
        doing = next_doing(self._luck)
        until = self._clock.now() + how_long(self._luck)
        start = self._clock.now()
        while start < until and not self._ended.is_set():
            left = (until - start) / timedelta(seconds=1)
            await self._unless_ended(min(left, self._luck.uniform(*STEP_S)))
            now = self._clock.now()
            if now > start and (kinds := self._kinds()):
                self.store.put(diary.written(Stretch(doing, start, now), kinds))
                self._look(diary, doing.title, kinds)
                wake(at_once=False)
            start = now

    async def _unless_ended(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._ended.wait()
        except TimeoutError:
            return

    def _interval_s(self) -> int:
        settings = self._running()
        return int(settings["screenshot_interval_seconds"]) if settings else 0

    def _look(self, diary: Diary, title: str, kinds: tuple[Kind, ...]) -> None:
        """A picture, when one is due."""
        if "screenshots" not in kinds or not title or self._clock.monotonic() < self._next_picture_s:
            return
        now = self._clock.now()
        image = self._studio.picture(self._luck, title, now)
        if image is None:
            return
        eid = uuid7(int(now.timestamp() * 1000), self._luck.getrandbits(RANDOM_BITS))
        at = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self.store.put_picture(ScreenshotMeta(eid, at, diary.session, 0, False, 0, self._boot_id), image)
        self._next_picture_s = self._clock.monotonic() + self._interval_s() * self._luck.uniform(0.9, 1.1)
