"""One running agent: the policy manager, the link to the server and what records, joined."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

import httpx
from msgspec import UNSET

from sundial.agent.cache import Cache, Unreadable
from sundial.agent.config import Identity, Machine
from sundial.agent.core import effects, events
from sundial.agent.core.asking import word_for
from sundial.agent.core.clock import Clock
from sundial.agent.core.collectors import CannotApply, Collectors
from sundial.agent.core.manager import PolicyManager
from sundial.agent.core.saved import Saved
from sundial.agent.core.store import Store
from sundial.agent.link.errors import Revoked
from sundial.agent.link.line import Line
from sundial.protocol.backoff import Uniform
from sundial.protocol.messages import (
    NoticeItem,
    PolicyDocument,
    PolicyStatus,
    QueueStatus,
    SessionStatus,
    StatusReport,
    TaskItem,
    TaskStatus,
)
from sundial.protocol.policy import Details
from sundial.protocol.settings import Settings, defaults


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - a door reads the clock, and hands it on

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Person(Protocol):
    """Whoever sits before the machine, as the agent's window shows it to them; nothing here waits."""

    def ask(self, request: effects.Ask, agree: Callable[[], None]) -> None:
        """Show what will be recorded; `agree` is called when they have read it and go on."""

    def tell(self, change: effects.Tell) -> None:
        """Say what changed."""

    def show(self, item: NoticeItem) -> None:
        """Show a notice from the server."""


class Facts(Protocol):
    """What was recorded and waits to be sent, as the link and the report need it."""

    @property
    def store(self) -> Store: ...

    def queue(self) -> QueueStatus:
        """What waits, and what was lost."""

    def session(self) -> SessionStatus | None:
        """The work session, if one is open or was just ended."""


class Observer(Protocol):
    """Hears what an agent does; for measurements and for its window."""

    def received(self, document: PolicyDocument) -> None: ...

    def reported(self, status: PolicyStatus) -> None: ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All that an agent is given from outside."""

    machine: Machine
    client: httpx.AsyncClient
    collectors: Collectors
    person: Person
    cache: Cache
    say: Callable[[str], None]
    clock: Clock = field(default_factory=SystemClock)
    uniform: Uniform = random.uniform
    observer: Observer | None = None
    facts: Facts | None = None


class Agent:
    """`run` returns when the device was revoked; it is ended by cancelling."""

    def __init__(self, identity: Identity, around: Surroundings) -> None:
        self._around = around
        self._manager = PolicyManager(identity.company_id, identity.keys, self._saved())
        store = around.facts.store if around.facts else None
        self._line = Line(around.client, identity.token, self, around.clock, around.uniform, store)
        self._events: asyncio.Queue[events.Event] = asyncio.Queue()
        self._orders: asyncio.Queue[effects.Apply | effects.Stop] = asyncio.Queue()
        self._notices_seen = 0
        self.synced_at: datetime | None = None

    async def run(self) -> None:
        """Obey, record, report."""
        self.heard(events.Started())
        try:
            async with asyncio.TaskGroup() as group:
                link = group.create_task(self._keep_linked())
                orders = group.create_task(self._follow_orders())
                await self._live()
                link.cancel()
                orders.cancel()
        finally:
            await self._around.collectors.stop()

    @property
    def streaming(self) -> bool:
        """Whether changes reach it at once."""
        return self._line.streaming

    @property
    def closed(self) -> frozenset[events.Closed]:
        """Why the server's doors are closed, if they are."""
        return self._manager.closed

    @property
    def settings(self) -> Settings | None:
        """What the collectors run on; None if on nothing."""
        return self._manager.settings

    @property
    def details(self) -> Details:
        """What the policy in force says beyond its settings."""
        return self._manager.details

    @property
    def withheld(self) -> bool:
        """Whether a kind of data waits for the person's word."""
        return bool(self._manager.status().withheld)

    @property
    def version(self) -> int:
        """Of the policy in force; 0 without one."""
        return self._manager.version

    def wake(self, *, at_once: bool) -> None:
        """There are new facts to send."""
        self._line.wake(at_once=at_once)

    @property
    def tasks(self) -> tuple[TaskItem, ...]:
        """What the person has to do."""
        return self._line.tasks

    def move_task(self, task_id: int, status: TaskStatus) -> None:
        """The person says where a task stands."""
        self._line.move_task(task_id, status)

    def refresh(self) -> None:
        """Fetch the policy, report and send what waits, now."""
        self._line.refresh()

    # The manager's loop ---------------------------------------------------------------------------

    async def _live(self) -> None:
        """Until the manager says that it is over."""
        while True:
            event = await self._events.get()
            for effect in self._manager.handle(event):
                if isinstance(effect, effects.End):
                    self._forget()
                    return
                self._do(effect)

    def _do(self, effect: effects.Effect) -> None:
        match effect:
            case effects.Apply() | effects.Stop():
                self._orders.put_nowait(effect)
            case effects.Report(status):
                self._line.report(status)
            case effects.Deliver(word):
                self._line.deliver(word)
            case effects.Save(saved):
                self._save(saved)
            case effects.Say(line):
                self._around.say(line)
            case effects.Tell():
                self._around.person.tell(effect)
            case effects.Ask():
                self._around.person.ask(effect, lambda: self._agreed(effect))

    def _agreed(self, request: effects.Ask) -> None:
        at = self._around.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self.heard(events.Acknowledged(word_for(request.etag, request.kinds, request.text, at)))

    async def _follow_orders(self) -> None:
        while True:
            order = await self._orders.get()
            self.heard(await self._follow(order))

    async def _follow(self, order: effects.Apply | effects.Stop) -> events.Event:
        if isinstance(order, effects.Stop):
            await self._around.collectors.stop()
            return events.Stopped()
        try:
            await self._around.collectors.apply(order.settings, order.details)
        except CannotApply as error:
            return events.NotApplied(order.attempt, str(error))
        except Exception as error:  # probes of many systems fail in ways of their own; none may end the agent
            return events.NotApplied(order.attempt, f"{type(error).__name__}: {error}")
        return events.Applied(order.attempt)

    async def _keep_linked(self) -> None:
        try:
            await self._line.run()
        except* Revoked as group:
            self.heard(events.Revoked(str(group.exceptions[0])))

    # The cache ------------------------------------------------------------------------------------

    def _saved(self) -> Saved | None:
        try:
            return self._around.cache.state()
        except Unreadable as error:
            self._around.say(f"The cache cannot be read ({error}); waiting for the server")
            return None

    def _save(self, saved: Saved) -> None:
        try:
            self._around.cache.keep_state(saved)
        except OSError as error:
            self._around.say(f"The cache cannot be written ({error}); going on from memory")

    def _forget(self) -> None:
        try:
            self._around.cache.forget_identity()
        except OSError as error:
            self._around.say(f"The ended token could not be deleted: {error}")

    # What the link asks (Host) --------------------------------------------------------------------

    def heard(self, event: events.Event) -> None:
        """Something happened."""
        if isinstance(event, events.Received):
            self.synced_at = self._around.clock.now()
            if self._around.observer:
                self._around.observer.received(event.document)
        self._events.put_nowait(event)

    def say(self, line: str) -> None:
        """A line for the log."""
        self._around.say(line)

    def known_etags(self) -> list[str]:
        """Policies that need not be sent again."""
        return self._manager.known_etags()

    def poll_interval_s(self) -> int:
        """As the policy in force says, else as the first policy of a company does."""
        return int((self._manager.settings or defaults())["config_sync_interval_seconds"])

    def status(self) -> PolicyStatus:
        """The policy's part of the report."""
        return self._manager.status()

    def compose(self, status: PolicyStatus) -> StatusReport:
        """The whole report; `recording` is whether the collectors run at all."""
        machine = self._around.machine
        capabilities: dict[str, Any] = {
            **self._around.collectors.capabilities(),
            "recording": self._manager.settings is not None,
            "unsupported": self._manager.unsupported(),
        }
        facts = self._around.facts
        queue = facts.queue() if facts else QueueStatus(waiting=0, lost=[])
        session = facts.session() if facts else None
        return StatusReport(
            machine.boot_id, machine.app_version, machine.os, status, queue, capabilities, session or UNSET
        )

    def reported(self, status: PolicyStatus) -> None:
        """The server has this report."""
        self.synced_at = self._around.clock.now()
        if self._around.observer:
            self._around.observer.reported(status)

    def notices_seen(self) -> int:
        """The last notice that was shown in this run."""
        return self._notices_seen

    def noticed(self, item: NoticeItem) -> None:
        """Show it, once."""
        self._notices_seen = item.id
        if item.kind == "task_changed":
            self._line.read_tasks()
        self._around.person.show(item)
