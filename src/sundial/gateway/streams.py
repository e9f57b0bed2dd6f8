"""Open streams, and how what is new reaches all of them.

A stream is brought up to date rather than sent a queue of events: it remembers what it was told, and is told the
difference. So a change during a fan-out, a slow reader and a suspension that was lifted are one and the same case.

Nothing waits for a reader. What cannot be written at once is tried again a little later, until the reader is dropped;
what waits for one reader is at most what uvicorn and the kernel buffer for a connection, and a few notices.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Final

from sundial.gateway.companies import Company
from sundial.gateway.connections import Frame, Pipe
from sundial.gateway.heads import Head
from sundial.gateway.metrics import Metrics
from sundial.protocol import codec, sse
from sundial.protocol.messages import STREAMS_PER_DEVICE, Goaway, Notice, Revoked

log = logging.getLogger("sundial.gateway")

TURN: Final = 50  # writes until others have their turn: polls stay at a few milliseconds during a fan-out
PATIENCE: Final = 30.0  # seconds that a reader may be behind
NOTICES_KEPT: Final = 16  # for a reader who is behind; more drop the stream

COMMENT: Final = Frame(sse.comment())
REVOKED: Final = Frame(sse.encode("revoked", codec.encode(Revoked(reason="revoked"))), last=True)


class Stream:
    """One device's open stream."""

    __slots__ = ("behind_since", "company", "device_id", "kept", "pipe", "status", "told")

    def __init__(self, company: Company, device_id: int, pipe: Pipe) -> None:
        self.company: Final = company
        self.device_id: Final = device_id
        self.pipe: Final = pipe
        self.told: Head | None = None
        self.status = company.status
        self.behind_since: float | None = None
        self.kept: list[Frame] | None = None

    def catch_up(self) -> bool:
        """Tell what changed since the last time; False if the reader is behind."""
        company = self.company
        if self.kept and not self._write_kept(self.kept):
            return False
        if self.status != company.status and not self._write_status():
            return False
        head = company.head
        if head is not self.told and head is not None and not company.suspended:
            if not self.pipe.write(head.frame):
                return False
            self.told = head
        return True

    def keep(self, frame: Frame) -> bool:
        """Keep a notice for a reader who is behind; False if there are too many."""
        self.kept = self.kept or []
        self.kept.append(frame)
        return len(self.kept) <= NOTICES_KEPT

    def _write_kept(self, kept: list[Frame]) -> bool:
        while kept:
            if not self.pipe.write(kept[0]):
                return False
            del kept[0]
        return True

    def _write_status(self) -> bool:
        company = self.company
        if not self.pipe.write(notice("company_status", company.status_notice)):
            return False
        if self.status == "SUSPENDED":
            self.told = None  # after a suspension the policy is said again
        self.status = company.status
        return True


def notice(kind: str, notice_id: int) -> Frame:
    """A notice as an event."""
    return Frame(sse.encode("notice", codec.encode(Notice(kind=kind, id=notice_id))))


def goaway(streams: int) -> Frame:
    """The last event before a restart; the more there are, the wider they spread their return."""
    spread = Goaway(reconnect_ms=(0, max(2_000, streams)))
    return Frame(sse.encode("goaway", codec.encode(spread)), last=True)


class Streams:
    """All streams of this process, by device and, in each company, together."""

    def __init__(self, metrics: Metrics, clock: Callable[[], float]) -> None:
        self._metrics = metrics
        self._clock = clock
        self._by_device: dict[int, tuple[Stream, ...]] = {}
        self._behind: dict[Stream, None] = {}
        self._fanning: set[int] = set()

    # -- who is there -------------------------------------------------------------------------

    def has(self, device_id: int) -> bool:
        """Whether that device has a stream here."""
        return device_id in self._by_device

    def full(self, device_id: int) -> bool:
        """Whether that device has as many as it may."""
        return len(self._by_device.get(device_id, ())) >= STREAMS_PER_DEVICE

    def devices(self) -> list[int]:
        """Every device with a stream here."""
        return list(self._by_device)

    def of(self, device_id: int) -> tuple[Stream, ...]:
        """A device's streams."""
        return self._by_device.get(device_id, ())

    @property
    def behind(self) -> int:
        """How many readers do not keep up now."""
        return len(self._behind)

    def add(self, stream: Stream) -> None:
        """From now on it hears of every change."""
        self._by_device[stream.device_id] = (*self.of(stream.device_id), stream)
        stream.company.streams[stream] = None
        self._metrics.streams_open += 1
        self._metrics.streams_opened += 1

    def remove(self, stream: Stream) -> None:
        """It has ended."""
        left = tuple(other for other in self.of(stream.device_id) if other is not stream)
        if left:
            self._by_device[stream.device_id] = left
        else:
            del self._by_device[stream.device_id]
        del stream.company.streams[stream]
        self._behind.pop(stream, None)
        self._metrics.streams_open -= 1

    # -- what they are told -------------------------------------------------------------------

    async def fan_out(self, company: Company) -> None:
        """Bring all streams of a company up to date; one round at a time, which also takes what comes meanwhile."""
        if company.id in self._fanning or not company.streams:
            return
        self._fanning.add(company.id)
        begun = self._clock()
        try:
            mark: object = None
            while mark != (mark := company.mark):
                await self._each(list(company.streams), self.tell)
        finally:
            self._fanning.discard(company.id)
        self._metrics.pushes += 1
        self._metrics.push_seconds.observe(self._clock() - begun)

    def tell(self, stream: Stream) -> None:
        """Bring one stream up to date, now or as soon as its reader can take it."""
        if stream.behind_since is None and not stream.catch_up():
            self._fall_behind(stream)
        self._metrics.frames += 1

    async def notify(self, company: Company, device_id: int | None, frame: Frame) -> None:
        """Write a notice to a device's streams, or, without a device, to all of a company."""
        streams: Iterable[Stream] = list(company.streams)
        if device_id is not None:
            streams = [one for one in self.of(device_id) if one.company is company]
        await self._each(streams, lambda stream: self._note(stream, frame))

    async def comment(self) -> None:
        """Show every reader that its stream lives."""
        await self._each(self._all(), self._comment)

    async def retry(self) -> None:
        """Try those again who were behind; drop who has been for too long."""
        for stream in list(self._behind):
            since = stream.behind_since
            if stream.catch_up():
                stream.behind_since = None
                self._behind.pop(stream, None)
            elif since is not None and self._clock() - since > PATIENCE:
                self._drop(stream)

    # -- how they end -------------------------------------------------------------------------

    def revoke(self, device_id: int) -> None:
        """End a device's streams with the word that it is over."""
        for stream in self.of(device_id):
            self._end(stream, REVOKED)

    def end_all(self) -> int:
        """End every stream with a word on when to come back; how many there were."""
        streams = self._all()
        frame = goaway(len(streams))
        for stream in streams:
            self._end(stream, frame)
        return len(streams)

    def _end(self, stream: Stream, frame: Frame) -> None:
        if not stream.pipe.write(frame):
            stream.pipe.abort()

    def _drop(self, stream: Stream) -> None:
        self._metrics.streams_dropped += 1
        self._behind.pop(stream, None)
        stream.pipe.abort()

    # -- one by one ---------------------------------------------------------------------------

    def _all(self) -> list[Stream]:
        return [stream for streams in self._by_device.values() for stream in streams]

    async def _each(self, streams: Iterable[Stream], act: Callable[[Stream], None]) -> None:
        for number, stream in enumerate(streams, 1):
            if stream in stream.company.streams:
                try:
                    act(stream)
                except Exception:
                    log.exception("a stream cannot be written to; it is dropped")
                    self._drop(stream)
            if number % TURN == 0:
                await asyncio.sleep(0)

    def _comment(self, stream: Stream) -> None:
        if stream.behind_since is None and not stream.pipe.write(COMMENT):
            self._fall_behind(stream)

    def _note(self, stream: Stream, frame: Frame) -> None:
        if stream.behind_since is None and stream.pipe.write(frame):
            self._metrics.frames += 1
            return
        if stream.behind_since is None:
            self._fall_behind(stream)
        if not stream.keep(frame):
            self._drop(stream)

    def _fall_behind(self, stream: Stream) -> None:
        stream.behind_since = self._clock()
        self._behind[stream] = None
