"""A desk: an agent with collectors and a person that do as the test says, on a wire to the small server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sundial.agent.app import Agent, Surroundings
from sundial.agent.cache import Cache
from sundial.agent.config import Identity, Machine
from sundial.agent.core import effects
from sundial.agent.core.collectors import CannotApply
from sundial.agent.link.doors import open_client
from sundial.protocol.messages import NoticeItem, PolicyDocument, PolicyStatus
from sundial.protocol.policy import Details
from sundial.protocol.settings import Settings
from tests.agent.small_server import COMPANY, TOKEN, SmallServer
from tests.agent.virtual_time import VirtualClock, passing
from tests.agent.wire import Wire

MACHINE = Machine(hostname="ada-laptop", os="Linux", app_version="0.1.0", boot_id="boot-1")


def middle(low: float, high: float) -> float:
    """Chance without chance."""
    return (low + high) / 2


class Bench:
    """Collectors that take `pace` seconds and fail when `broken` says so."""

    def __init__(self) -> None:
        self.pace = 0.05
        self.broken: Callable[[Settings], str] = lambda _settings: ""
        self.running: Settings | None = None
        self.applied: list[Settings] = []

    async def apply(self, settings: Settings, details: Details) -> None:
        await passing(self.pace)
        if reason := self.broken(settings):
            raise CannotApply(reason)
        self.running = settings
        self.applied.append(settings)

    async def stop(self) -> None:
        self.running = None

    def capabilities(self) -> dict[str, Any]:
        return {"screenshots": True}


@dataclass
class Someone:
    """A person who agrees after `thinks_for` seconds; None: never."""

    thinks_for: float | None = 0.0
    asked: list[effects.Ask] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    shown: list[NoticeItem] = field(default_factory=list)

    def ask(self, request: effects.Ask, agree: Callable[[], None]) -> None:
        self.asked.append(request)
        if self.thinks_for is not None:
            asyncio.get_running_loop().call_later(self.thinks_for, agree)

    def tell(self, change: effects.Tell) -> None:
        self.told += change.lines

    def show(self, item: NoticeItem) -> None:
        self.shown.append(item)


@dataclass
class Ears:
    """What the agent received and reported, as an observer hears it."""

    documents: list[PolicyDocument] = field(default_factory=list)
    statuses: list[PolicyStatus] = field(default_factory=list)

    def received(self, document: PolicyDocument) -> None:
        self.documents.append(document)

    def reported(self, status: PolicyStatus) -> None:
        self.statuses.append(status)


@dataclass
class Desk:
    """`async with desk.working():` the agent runs; what it kept stays in the profile from one time to the next."""

    profile: Path
    server: SmallServer = field(default_factory=SmallServer)
    collectors: Bench = field(default_factory=Bench)
    person: Someone = field(default_factory=Someone)
    said: list[str] = field(default_factory=list)
    ears: Ears = field(default_factory=Ears)
    uniform: Callable[[float, float], float] = middle
    wire: Wire = field(init=False)
    finished: bool = False

    def __post_init__(self) -> None:
        self.wire = Wire(self.server)
        self.cache = Cache(self.profile)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[Agent]:
        identity = Identity("http://server", 7, TOKEN, COMPANY, "Gnomon Ltd", [self.server.key.public])
        async with open_client("http://server", self.wire) as client:
            around = Surroundings(
                MACHINE, client, self.collectors, self.person, self.cache,
                self.said.append, VirtualClock(), self.uniform, self.ears,
            )  # fmt: skip
            agent = Agent(identity, around)
            async with asyncio.TaskGroup() as group:
                running = group.create_task(self._run(agent))
                yield agent
                running.cancel()

    async def _run(self, agent: Agent) -> None:
        await agent.run()
        self.finished = True
