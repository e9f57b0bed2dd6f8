"""Kill -9 of the agent's recording and sending half, again and again, before a server that fails in every way.

What `put` took arrives exactly once; what the server will never take is counted, no more and no less; batches keep
their content and are numbered without a gap that the set-aside does not explain.
"""

import asyncio
import os
import random
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sundial.agent.outbox.outbox import Outbox
from sundial.protocol import codec
from sundial.protocol.events import BatchAnswer, Rejected
from tests.agent.fact_server import BATCHES, HTML, Answer, FactServer, Fault, page, refusal
from tests.faults.nursery import PUT, Life

ROOT = Path(__file__).resolve().parents[2]
LONGEST_LIFE_S = 0.3
SPEAKS_WITHIN_S = 90.0

FAULTS = [
    refusal(429, "busy", **{"retry-after": "1"}),
    refusal(503, "busy", **{"retry-after": "2"}),
    refusal(403, "suspended"),
    refusal(401, "unauthorized"),
    Fault("answer", (500, {}, b"")),
    Fault("answer", (500, {}, b""), stores=True),
    Fault("answer", (502, {"content-type": "text/html"}, HTML), stores=True),
    page(200),
    Fault("answer", (200, {"content-type": "text/html"}, HTML), stores=True),
    page(302, location="/sign-in"),
    Fault("answer", (200, {}, codec.encode(BatchAnswer([], [], [])))),
    *(Fault(how, (200, {}, b"{}"), stores) for how in ("reset", "close", "half", "hold") for stores in (False, True)),
]
TOO_LARGE = refusal(413, "too_large")


@dataclass
class Chaos(FactServer):
    """Half of all requests go wrong; some events are poison."""

    chance: random.Random = field(default_factory=lambda: random.Random(7))
    calm: bool = False
    poisoned: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.poison = self._poison

    def _poison(self, eid: str) -> Answer | Rejected | None:
        number = int(eid[-12:], 16)
        if number % 97 == 13:
            self.poisoned.add(eid)
            return Rejected(eid, "malformed", "start is after end")
        if number % 211 == 7:
            self.poisoned.add(eid)
            return refusal(422, "malformed").answer
        return None

    def handle(self, path: str, headers: dict[str, str], body: bytes) -> Fault:
        if not self.calm and self.chance.random() < 0.5:
            self.faults = [self.chance.choice(FAULTS)]
            if path == BATCHES and self.chance.random() < 0.1 and self._look(path, headers, body) > 1:
                self.faults = [TOO_LARGE]
        fault = super().handle(path, headers, body)
        if not self.calm and path == BATCHES and fault.how == "answer" and self.chance.random() < 0.2:
            return self._in_part(fault)
        return fault

    def _in_part(self, fault: Fault) -> Fault:
        """Every second event was not stored after all, and of what is settled not everything is named."""
        try:
            said = codec.decode(BatchAnswer, fault.answer[2])
        except codec.Malformed:
            return fault
        for eid in said.accepted[1::2]:
            del self.events[eid]
        named = BatchAnswer(said.accepted[::2], said.duplicate[1:], said.rejected[1:])
        return Fault("answer", (200, {}, codec.encode(named)))


@dataclass
class Nursery:
    """One life at a time, ended by a kill."""

    folder: Path
    server: str
    process: asyncio.subprocess.Process
    lives: int = 0
    living: int = 0  # pid of the one that lives

    @property
    def log(self) -> Path:
        return self.folder / "put.log"

    def said(self) -> list[str]:
        """What the children wrote down as safe; a line that a kill cut short was not said."""
        return self.log.read_text().split("\n")[:-1] if self.log.exists() else []

    def remembered(self) -> int:
        return max((int(line.split()[1]) for line in self.said() if line.startswith("session ")), default=0)

    async def begin(self, *, drain: bool = False, speaks: bool = False) -> int:
        """A new life; its pid."""
        self.lives += 1
        profile, log = str(self.folder / "profile"), str(self.log)
        life = Life(profile, self.server, log, self.lives, self.remembered(), drain, speaks)
        assert self.process.stdin is not None
        self.process.stdin.write(codec.encode(life) + b"\n")
        await self.process.stdin.drain()
        self.living = int(await self._line())
        return self.living

    async def end(self) -> int:
        """How it ended."""
        status = int(await self._line())
        self.living = 0
        return status

    async def _line(self) -> str:
        assert self.process.stdout is not None
        async with asyncio.timeout(SPEAKS_WITHIN_S):
            return (await self.process.stdout.readline()).decode().strip()

    async def live_and_die(self, seconds: float, *, speaks: bool) -> None:
        """So long from its birth, when it may still be opening its store, or from the first that it put."""
        pid = await self.begin(speaks=speaks)
        if speaks:
            assert await self._line() == PUT
        await until_its_hour(seconds)
        with suppress(ProcessLookupError):  # how it ended otherwise is said below
            os.kill(pid, signal.SIGKILL)
        assert await self.end() == signal.SIGKILL, "it ended by itself"


async def until_its_hour(seconds: float) -> None:
    """A true while: the moment of a kill is what is drawn by lot."""
    await asyncio.sleep(seconds)


@asynccontextmanager
async def nursery(folder: Path, server: str) -> AsyncIterator[Nursery]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.nursery",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    assert process.stdin is not None
    lives = Nursery(folder, server, process)
    try:
        yield lives
    finally:
        if lives.living:  # the test failed while it did
            os.kill(lives.living, signal.SIGKILL)
        process.stdin.close()
        await process.wait()


async def rounds(folder: Path, kills: int) -> None:
    server, chance = Chaos(), random.Random(kills)
    async with server.listening() as address, nursery(folder, address) as lives:
        for _ in range(kills):
            await lives.live_and_die(chance.uniform(0.0, LONGEST_LIFE_S), speaks=chance.random() < 0.5)
        server.calm = True
        server.faults.clear()
        await lives.begin(drain=True)
        assert await lives.end() == 0
    _hold(server, lives)


def _hold(server: Chaos, lives: Nursery) -> None:
    safe = {line for line in lives.said() if not line.startswith("session ")}
    stored = server.events.keys() | server.pictures.keys()
    assert len(safe) > lives.lives, "hardly anything was put"
    assert safe - stored - server.poisoned == set(), "lost"
    assert server.changed == [], "an event or a batch came again as another"
    assert stored & server.poisoned == set()

    outbox = Outbox.open(lives.folder / "profile")
    status = outbox.queue()
    outbox.close()
    assert outbox.notes == []
    assert status.waiting == 0
    assert {one.reason: one.count for one in status.lost} == {"rejected:malformed": len(server.poisoned)}

    with closing(sqlite3.connect(lives.folder / "profile" / "outbox.db")) as connection:
        aside = {seq for (seq,) in connection.execute("SELECT seq FROM aside")}
        (last,) = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'batch'").fetchone()
    assert server.stored_seqs | aside == set(range(1, last + 1)), "a number that nothing explains"


async def test_a_hundred_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    await rounds(tmp_path, 100)


@pytest.mark.soak
@pytest.mark.timeout(1800)
async def test_a_thousand_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    await rounds(tmp_path, 1000)
