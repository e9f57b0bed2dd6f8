"""Agents' halves that record and send, one after the other, each a process of its own that may be killed at any moment.

`python -m tests.faults.nursery` loads everything once; for each line of its input (a `Life` as JSON) it forks. The
child prints its pid, and PUT if it was asked to; when it has ended, the nursery prints how. A thousand lives cost a
thousand forks, not a thousand starts.
"""

import asyncio
import os
import random
import sys
from datetime import timedelta
from pathlib import Path
from typing import TextIO

import httpx
from msgspec import Struct

from sundial.agent.core.resuming import OpenSession
from sundial.agent.link.doors import Doors
from sundial.agent.link.picturing import Picturer
from sundial.agent.link.presence import Presence
from sundial.agent.link.sending import Sender
from sundial.agent.outbox.outbox import Outbox
from sundial.agent.outbox.threaded import AsyncOutbox
from sundial.protocol import codec
from sundial.protocol.backoff import Uniform
from tests.agent.link.senders import Listener
from tests.agent.outbox.facts import BEGIN, SESSION, app, meta, picture
from tests.agent.small_server import TOKEN
from tests.agent.virtual_time import VirtualClock

LIVES = 1_000_000  # numbers of events in one life
PACE_S = 0.005  # between one round of recording and the next
PUT = "put"
FORGOT = 3  # exit status: what was remembered of the session is older than what it said


class Life(Struct, frozen=True):
    """One life; `log` gets a line for each event that `put` has taken, and each session that was remembered."""

    folder: str
    server: str
    log: str
    number: int
    remembered: int
    drain: bool = False  # put nothing, send all, end
    speaks: bool = False  # says so once when something is safe


class Recorder:
    """Puts numbered events and pictures, and writes down what is safe."""

    def __init__(self, life: Life, store: AsyncOutbox, chance: random.Random) -> None:
        self._store = store
        self._chance = chance
        self._next = life.number * LIVES
        self._remembered = life.remembered
        self._speaks = life.speaks
        self._log = os.open(life.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    async def once(self) -> None:
        """A few events, a picture now and then, and the session's checkpoint."""
        many = [app(self._take()) for _ in range(self._chance.randint(1, 9))]
        await self._store.put(many, BEGIN)
        self._note(*(event.eid for event in many))
        if self._chance.random() < 0.1:
            number = self._take()
            await self._store.put_picture(meta(number), picture(number, 20_000), BEGIN)
            self._note(meta(number).eid)
        self._remembered += 1
        seen = BEGIN + timedelta(seconds=self._remembered)
        await self._store.remember_session(OpenSession(SESSION, "", BEGIN, seen, False, "boot-1"))
        self._note(f"session {self._remembered}")

    def _take(self) -> int:
        self._next += 1
        return self._next

    def _note(self, *lines: str) -> None:
        os.write(self._log, "".join(f"{line}\n" for line in lines).encode())
        if self._speaks:
            self._speaks = False
            _say(PUT, sys.stdout)


async def live(life: Life) -> None:
    """Until it is killed; a life that drains ends by itself."""
    store = AsyncOutbox(Outbox.open(Path(life.folder)))
    await remember(life, store)
    chance = random.Random(life.number)

    def uniform(low: float, high: float) -> float:
        return chance.uniform(low, high) / 50  # what takes an agent a minute takes this one a second

    timeout = httpx.Timeout(0.2)
    async with (
        httpx.AsyncClient(base_url=life.server, timeout=timeout, trust_env=False) as client,
        asyncio.TaskGroup() as group,
    ):
        sender, picturer = loops(client, store, uniform)
        tasks = [group.create_task(sender.run()), group.create_task(picturer.run())]
        recorder = Recorder(life, store, chance)
        while not life.drain or store.last_queue.waiting:
            if not life.drain:
                await recorder.once()
            sender.wake(at_once=True)
            picturer.wake()
            await rest()
        for task in tasks:
            task.cancel()
    await store.close()


async def rest() -> None:
    """Nobody records without a breath."""
    await asyncio.sleep(PACE_S)


def loops(client: httpx.AsyncClient, store: AsyncOutbox, uniform: Uniform) -> tuple[Sender, Picturer]:
    host, clock = Listener(), QuickClock()
    doors, presence = Doors(client, TOKEN, clock, uniform), Presence(host)
    sender = Sender(doors, host, presence, clock, uniform, store)
    return sender, Picturer(doors, host, presence, clock, uniform, store, sender.calm)


class QuickClock(VirtualClock):
    """Sleeps a fiftieth of what it is asked for."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / 50)


async def remember(life: Life, store: AsyncOutbox) -> None:
    session = await store.open_session()
    seen = round((session.last_seen - BEGIN).total_seconds()) if session else 0
    if seen < life.remembered:
        os._exit(FORGOT)


def main() -> None:
    """Fork for each line."""
    for line in sys.stdin:
        life = codec.decode(Life, line)
        pid = os.fork()
        if pid == 0:
            _say(str(os.getpid()), sys.stdout)
            try:
                asyncio.run(live(life))
            except BaseException as error:  # the child must not go on as a nursery
                _say(repr(error), sys.stderr)
                os._exit(1)
            os._exit(0)
        _say(str(os.waitpid(pid, 0)[1]), sys.stdout)


def _say(line: str, stream: TextIO) -> None:
    stream.write(f"{line}\n")
    stream.flush()


if __name__ == "__main__":
    main()
