"""A sender and a picturer over a true outbox, with a host that only listens."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import httpx

from sundial.agent.core.events import Event as Heard
from sundial.agent.link.doors import Doors
from sundial.agent.link.picturing import Picturer
from sundial.agent.link.presence import Presence
from sundial.agent.link.sending import Sender
from sundial.agent.outbox.outbox import Outbox
from sundial.protocol.events import Batch, BatchAnswer, ScreenshotMeta
from sundial.protocol.messages import NoticeItem, PolicyStatus, StatusReport
from tests.agent.fact_server import FactServer
from tests.agent.small_server import TOKEN
from tests.agent.virtual_time import VirtualClock
from tests.loops import LIMIT, News

T = TypeVar("T")


class Inline:
    """The outbox's async face without a thread, for virtual time; it tells when something was settled."""

    def __init__(self, outbox: Outbox, settled: Callable[[], None] = lambda: None) -> None:
        self._outbox = outbox
        self._settled = settled

    async def next_batch(self, limit: int = 500) -> Batch | None:
        return self._outbox.next_batch(limit)

    async def settle(self, answer: BatchAnswer, now: datetime) -> int:
        return self._telling(self._outbox.settle(answer, now))

    async def refuse(self, code: str, message: str, now: datetime) -> int:
        return self._telling(self._outbox.refuse(code, message, now))

    async def pass_over(self) -> None:
        self._outbox.pass_over()

    async def pass_over_picture(self, eid: str) -> None:
        self._outbox.pass_over_picture(eid)

    async def next_picture(self) -> tuple[ScreenshotMeta, bytes] | None:
        return self._outbox.next_picture()

    async def settle_picture(self, eid: str, now: datetime, refused: str = "") -> None:
        self._telling(self._outbox.settle_picture(eid, now, refused))

    def _telling(self, done: T) -> T:
        self._settled()
        return done


@dataclass
class Listener:
    """A host without an agent."""

    said: list[str] = field(default_factory=list)
    happened: list[Heard] = field(default_factory=list)
    news: News = field(default_factory=News)

    def heard(self, event: Heard) -> None:
        self.happened.append(event)

    def say(self, line: str) -> None:
        self.said.append(line)
        self.news.tell()

    def known_etags(self) -> list[str]:
        return []

    def poll_interval_s(self) -> int:
        return 10

    def status(self) -> PolicyStatus:
        raise AssertionError("senders do not report")

    def compose(self, status: PolicyStatus) -> StatusReport:
        raise AssertionError(f"senders do not report {status}")

    def reported(self, status: PolicyStatus) -> None:
        raise AssertionError(f"senders do not report {status}")

    def notices_seen(self) -> int:
        return 0

    def noticed(self, item: NoticeItem) -> None:
        raise AssertionError(f"senders do not read notices: {item}")


def middle(low: float, high: float) -> float:
    """Chance without chance."""
    return (low + high) / 2


def at_once(_low: float, _high: float) -> float:
    """No waits at all: what is tried again is tried again now."""
    return 0.0


@dataclass
class Post:
    """`async with post.working(client):` both loops run."""

    folder: Path
    server: FactServer = field(default_factory=FactServer)
    host: Listener = field(default_factory=Listener)
    uniform: Callable[[float, float], float] = middle
    sender: Sender = field(init=False)
    picturer: Picturer = field(init=False)
    presence: Presence = field(init=False)
    running: "asyncio.Task[None]" = field(init=False)

    def __post_init__(self) -> None:
        self.outbox = Outbox.open(self.folder)

    @asynccontextmanager
    async def working(self, client: httpx.AsyncClient) -> AsyncIterator[None]:
        clock, store = VirtualClock(), Inline(self.outbox, self.host.news.tell)
        doors = Doors(client, TOKEN, clock, self.uniform)
        self.presence = Presence(self.host)
        self.sender = Sender(doors, self.host, self.presence, clock, self.uniform, store)
        self.picturer = Picturer(doors, self.host, self.presence, clock, self.uniform, store, self.sender.calm)
        async with asyncio.TaskGroup() as group:
            self.running = group.create_task(self.sender.run())
            picturing = group.create_task(self.picturer.run())
            yield
            self.running.cancel()
            picturing.cancel()

    def empty(self) -> bool:
        return self.outbox.queue().waiting == 0

    async def emptied(self, within: float = LIMIT) -> None:
        """Until nothing waits to be sent."""
        await self.host.news.until(self.empty, within)
