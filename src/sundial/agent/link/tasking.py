"""The loop that keeps the person's tasks: read when something changed, and moved by the person's word."""

from collections import deque

from sundial.agent.core.clock import Clock
from sundial.agent.link.doors import Doors
from sundial.agent.link.errors import LinkError, Refused
from sundial.agent.link.host import Host
from sundial.agent.link.patience import Patience
from sundial.agent.link.presence import Presence
from sundial.agent.link.waiting import Bell
from sundial.protocol.backoff import FIRST_S, Uniform, spread
from sundial.protocol.messages import TaskItem, TaskStatus

ANYHOW_S = 300.0  # a notice may be lost


class Tasker:
    """Runs until it is cancelled, or raises Revoked; `tasks` is what the server said last, less what is done."""

    def __init__(self, doors: Doors, host: Host, presence: Presence, clock: Clock, uniform: Uniform) -> None:
        self._doors = doors
        self._host = host
        self._uniform = uniform
        self._patience = Patience(presence, clock, uniform)
        self._moves: deque[tuple[int, TaskStatus]] = deque()
        self._etag = ""
        self._bell = Bell()
        self.tasks: tuple[TaskItem, ...] = ()

    def wake(self) -> None:
        """Read them anew."""
        self._bell.ring()

    def move(self, task_id: int, status: TaskStatus) -> None:
        """The person says where one of them stands; the server hears of it when it can be reached."""
        self._moves.append((task_id, status))
        if status == "DONE":
            self.tasks = tuple(one for one in self.tasks if one.id != task_id)
        self._etag = ""
        self._bell.ring()

    async def run(self) -> None:
        """Read soon, when rung for, and now and then."""
        wait = self._uniform(0.0, FIRST_S)
        while True:
            await self._bell.wait(wait)
            wait = await self._go()

    async def _go(self) -> float:
        try:
            while self._moves:
                await self._move(*self._moves[0])
                self._moves.popleft()
            await self._read()
        except Refused as refusal:  # a server of before there were tasks
            self.tasks = ()
            self._host.say(f"Tasks not read: {refusal}")
        except LinkError as error:
            wait = self._patience.after(error)
            self._host.say(f"Tasks not read: {error}; trying again in {wait:.1f} s")
            return wait
        self._patience.went_well()
        return spread(ANYHOW_S, self._uniform)

    async def _move(self, task_id: int, status: TaskStatus) -> None:
        try:
            await self._doors.move_task(task_id, status)
        except Refused as refusal:  # taken away meanwhile
            self._host.say(f"Task {task_id} not moved: {refusal}")

    async def _read(self) -> None:
        found = await self._doors.tasks(self._etag)
        if found is not None:
            self._etag, self.tasks = found.etag, found.tasks
