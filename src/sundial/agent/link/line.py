"""The link as a whole: its loops through one client, which end together."""

import asyncio

import httpx

from sundial.agent.core.clock import Clock
from sundial.agent.core.store import Store
from sundial.agent.link.delivering import Deliverer
from sundial.agent.link.doors import Doors
from sundial.agent.link.host import Host
from sundial.agent.link.noticing import Noticer
from sundial.agent.link.picturing import Picturer
from sundial.agent.link.polling import Poller
from sundial.agent.link.presence import Presence
from sundial.agent.link.reporting import Reporter
from sundial.agent.link.sending import Sender
from sundial.agent.link.tasking import Tasker
from sundial.agent.link.watching import Watcher
from sundial.protocol.backoff import Uniform
from sundial.protocol.messages import Acknowledgement, PolicyStatus, TaskItem, TaskStatus


class Line:
    """One device's wire to its server; without a store it sends no facts."""

    def __init__(
        self, client: httpx.AsyncClient, token: str, host: Host, clock: Clock, uniform: Uniform,
        store: Store | None = None,
    ) -> None:  # fmt: skip
        doors = Doors(client, token, clock, uniform)
        presence = self._presence = Presence(host)
        self._reporter = Reporter(doors, host, presence, clock, uniform)
        self._deliverer = Deliverer(doors, host, presence, clock, uniform)
        self._watcher = Watcher(doors, host, presence, clock, uniform)
        self._poller = Poller(doors, host, presence, clock, uniform)
        self._noticer = Noticer(doors, host, presence, clock, uniform)
        self._senders: tuple[Sender, Picturer] | None = None
        self._tasker = Tasker(doors, host, presence, clock, uniform)
        if store is not None:
            sender = Sender(doors, host, presence, clock, uniform, store)
            self._senders = sender, Picturer(doors, host, presence, clock, uniform, store, sender.calm)

    @property
    def streaming(self) -> bool:
        """Whether the policy is watched at this moment."""
        return self._presence.streaming

    def report(self, status: PolicyStatus) -> None:
        """Tell the server what became of a policy."""
        self._reporter.put(status)

    def deliver(self, word: Acknowledgement) -> None:
        """Bring the person's word to the server."""
        self._deliverer.put(word)

    def wake(self, *, at_once: bool = False) -> None:
        """Something new is in the store; `at_once` for what others wait to see, such as a session's start."""
        if self._senders is not None:
            sender, picturer = self._senders
            sender.wake(at_once=at_once)
            picturer.wake()

    def refresh(self) -> None:
        """Poll the policy, report, read notices and tasks, and send what waits, now."""
        self._presence.refresh()
        self._tasker.wake()
        self.wake(at_once=True)

    @property
    def tasks(self) -> tuple[TaskItem, ...]:
        """What the person has to do, as far as is known."""
        return self._tasker.tasks

    def read_tasks(self) -> None:
        """One of them changed."""
        self._tasker.wake()

    def move_task(self, task_id: int, status: TaskStatus) -> None:
        """The person says where a task stands."""
        self._tasker.move(task_id, status)

    async def run(self) -> None:
        """Until it is cancelled; raises Revoked, in a group, when the device was let go."""
        loops = [self._watcher, self._poller, self._reporter, self._deliverer, self._noticer, *self._for_a_person()]
        async with asyncio.TaskGroup() as group:
            for loop in loops:
                group.create_task(loop.run())

    def _for_a_person(self) -> tuple[Sender | Picturer | Tasker, ...]:
        """Without a store nobody works here."""
        return (*self._senders, self._tasker) if self._senders else ()
