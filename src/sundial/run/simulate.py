"""`sundial simulate`: many agents in one process, each with its own token and cache, each checking signatures."""

import asyncio
import random
import socket
import ssl
import statistics
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from sundial import __version__
from sundial.agent.app import Agent, Surroundings, SystemClock
from sundial.agent.cache import Cache
from sundial.agent.config import Identity, Machine
from sundial.agent.link.doors import enrol, open_client, open_transport
from sundial.agent.link.errors import LinkError
from sundial.protocol.backoff import Uniform
from sundial.protocol.messages import EnrolRequest, PolicyDocument, PolicyStatus, PublicKey
from sundial.run.errors import CannotRun
from sundial.run.simulated import (
    Behaviour,
    SimulatedCollectors,
    SimulatedPerson,
    UnsteadyTransport,
    behaviour_of,
)
from sundial.run.simulated_facts import SimulatedDay, Studio

FINAL_STATES = frozenset({"applied", "waiting", "rejected", "unsupported"})
PROGRESS_EVERY_S = 2.0
STARTS_PER_S = 200.0

TransportMaker = Callable[[], httpx.AsyncBaseTransport]


@dataclass(frozen=True, slots=True)
class ReadyDevice:
    """A device that is enrolled already; `behaviour` None lets `unruly` decide."""

    device_id: int
    token: str
    company_id: int
    behaviour: Behaviour | None = None


@dataclass(slots=True)
class Summary:
    """What the agents did, in all."""

    agents: int = 0
    live: int = 0
    received: int = 0
    reports: int = 0
    states: Counter[str] = field(default_factory=Counter)
    latencies_s: list[float] = field(default_factory=list)
    first_s: list[float] = field(default_factory=list)
    newest: int = 0
    ended: int = 0
    crashed: list[str] = field(default_factory=list)

    def line(self) -> str:
        """One line of progress."""
        states = ", ".join(f"{state} {count}" for state, count in sorted(self.states.items())) or "no report yet"
        parts = [f"{self.live} of {self.agents} agents live", f"v{self.newest}: {states}", f"{self.reports} reports"]
        if self.latencies_s:
            parts.append(f"received to confirmed {_timing(self.latencies_s)}")
        elif self.first_s:
            parts.append(f"started to confirmed {_timing(self.first_s)}")
        if self.ended or self.crashed:
            parts.append(f"{self.ended} revoked, {len(self.crashed)} crashed")
        return " · ".join(parts)


def _timing(latencies_s: list[float]) -> str:
    """The middle, the slowest but one in a hundred, and the slowest, in milliseconds."""
    times = sorted(latencies_s)
    p99 = times[min(len(times) - 1, int(len(times) * 0.99))]
    return f"p50 {statistics.median(times) * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms, max {times[-1] * 1000:.0f} ms"


class Fleet:
    """What all agents told, added up; the newest policy is the one that is counted and timed."""

    def __init__(self) -> None:
        self.agents: list[Agent] = []
        self.ended = 0
        self.crashed: list[str] = []
        self._received: Counter[str] = Counter()
        self._reports = 0
        self._newest: PolicyDocument | None = None
        self._latest: dict[int, PolicyStatus] = {}
        self._times: dict[int, float] = {}
        self._first: dict[int, float] = {}

    def summary(self) -> Summary:
        """Where things stand."""
        _epoch, version, etag = self._current()
        named = [status for status in self._latest.values() if status.etag == etag]
        return Summary(
            agents=len(self.agents),
            live=sum(agent.streaming for agent in self.agents),
            received=self._received[etag],
            reports=self._reports,
            states=Counter(str(status.state) for status in named),
            latencies_s=list(self._times.values()),
            first_s=list(self._first.values()),
            newest=version,
            ended=self.ended,
            crashed=list(self.crashed),
        )

    def _current(self) -> tuple[int, int, str]:
        """The newest policy that anyone received or, as those do who start from their cache, reported."""
        known: list[PolicyDocument | PolicyStatus] = [*self._latest.values()]
        known += [self._newest] if self._newest else []
        return max(((one.epoch, one.version, one.etag) for one in known), default=(0, 0, ""))

    def received(self, document: PolicyDocument) -> None:
        """Someone was given a policy."""
        if self._newest is None or (_age(document) >= _age(self._newest) and document.etag != self._newest.etag):
            self._newest = document
            self._times.clear()
        self._received[document.etag] += 1

    def reported(self, number: int, status: PolicyStatus, latency_s: float | None, age_s: float) -> None:
        """The server has someone's report, `age_s` seconds after their start."""
        self._reports += 1
        self._first.setdefault(number, age_s)
        self._latest[number] = status
        if latency_s is not None and self._newest is not None and status.etag == self._newest.etag:
            self._times.setdefault(number, latency_s)


def _age(document: PolicyDocument) -> tuple[int, int]:
    return document.epoch, document.version


class FleetObserver:
    """One agent's ear: the time from a policy's arrival to the server's receipt for its confirmation."""

    def __init__(self, fleet: Fleet, number: int) -> None:
        self._fleet = fleet
        self._number = number
        self._arrived: dict[str, float] = {}
        self._began = asyncio.get_running_loop().time()

    def received(self, document: PolicyDocument) -> None:
        """Start the watch."""
        self._arrived = {document.etag: asyncio.get_running_loop().time()}
        self._fleet.received(document)

    def reported(self, status: PolicyStatus) -> None:
        """Stop it when the state is a final one."""
        arrived = self._arrived.pop(status.etag, None) if status.state in FINAL_STATES else None
        now = asyncio.get_running_loop().time()
        self._fleet.reported(self._number, status, None if arrived is None else now - arrived, now - self._began)


async def enrol_device(
    base_url: str, code: str, *, transport: httpx.AsyncBaseTransport | None = None
) -> tuple[ReadyDevice, list[PublicKey]]:
    """A device from an enrolment code, and the keys to trust; raises CannotRun."""
    request = EnrolRequest(code, f"simulated-{socket.gethostname()}"[:128], "simulated", __version__, str(uuid.uuid4()))
    async with open_client(base_url, transport) as client:
        try:
            answer = await enrol(client, request)
        except LinkError as error:
            raise CannotRun(f"The code was not taken: {error}") from error
    return ReadyDevice(answer.device_id, answer.token, answer.company_id), answer.keys


async def simulate(
    *,
    base_url: str,
    devices: Sequence[ReadyDevice],
    keys: Sequence[PublicKey],
    profile_dir: Path,
    write: Callable[[str], None],
    seconds: float | None = None,
    unruly: bool = False,
    log: Callable[[int, str], None] | None = None,
    uniform: Uniform = random.uniform,
    transport: TransportMaker | None = None,
) -> Summary:
    """Run these agents for so many seconds, or until cancelled; `write` gets progress lines, `log` every agent's lines.

    `keys` are the public signing keys of the platform; an agent trusts nothing else, whatever the server says.
    """
    fleet, studio = Fleet(), Studio(SystemClock())
    make = transport or _sharing(ssl.create_default_context())
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_progress(fleet, write))]
        for number, device in enumerate(devices):
            behaviour = device.behaviour or behaviour_of(number, unruly=unruly)
            identity = Identity(base_url, device.device_id, device.token, device.company_id, "", list(keys))
            one = _Simulated(identity, behaviour, profile_dir / f"device-{device.device_id}", uniform, studio)
            tasks.append(group.create_task(_run(fleet, one, number, make, log)))
        await _let_pass(seconds)
        summary = fleet.summary()
        for task in tasks:
            task.cancel()
    write(summary.line())
    return summary


async def _let_pass(seconds: float | None) -> None:
    if seconds is None:
        await asyncio.get_running_loop().create_future()  # until cancelled
    else:
        await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class _Simulated:
    identity: Identity
    behaviour: Behaviour
    folder: Path
    uniform: Uniform
    studio: Studio


async def _run(
    fleet: Fleet, one: _Simulated, number: int, make: TransportMaker, log: Callable[[int, str], None] | None
) -> None:
    await asyncio.sleep(number / STARTS_PER_S)
    inner = make()
    transport = UnsteadyTransport(inner, one.uniform) if one.behaviour is Behaviour.DROPS else inner
    device_id = one.identity.device_id
    try:
        async with open_client(one.identity.server, transport) as client:
            agent, day = _agent(fleet, one, number, client, lambda line: log(device_id, line) if log else None)
            fleet.agents.append(agent)
            async with asyncio.TaskGroup() as group:
                living = group.create_task(day.live(agent.wake))
                await agent.run()
                living.cancel()
        fleet.ended += 1
    except Exception as error:  # one agent's fault must not end the others; it is counted and shown
        fleet.crashed.append(f"device {device_id}: {error!r}")


def _agent(
    fleet: Fleet, one: _Simulated, number: int, client: httpx.AsyncClient, say: Callable[[str], None]
) -> tuple[Agent, SimulatedDay]:
    cache = Cache(one.folder, durable=False)
    cache.adopt(one.identity)
    collectors = SimulatedCollectors(one.behaviour, one.uniform)
    day = SimulatedDay(lambda: collectors.running, SystemClock(), one.studio, one.identity.device_id)
    around = Surroundings(
        machine=Machine(f"simulated-{one.identity.device_id}", "simulated", __version__, str(uuid.uuid4())),
        client=client,
        collectors=collectors,
        person=SimulatedPerson(one.behaviour, one.uniform, day.end),
        cache=cache,
        say=say,
        uniform=one.uniform,
        observer=FleetObserver(fleet, number),
        facts=day,
    )
    return Agent(one.identity, around), day


async def _progress(fleet: Fleet, write: Callable[[str], None]) -> None:
    """A line whenever there is something new to say."""
    last, crashes = "", 0
    while True:
        await asyncio.sleep(PROGRESS_EVERY_S)
        if (line := fleet.summary().line()) != last:
            write(line)
            last = line
        for crash in fleet.crashed[crashes:]:
            write(crash)
        crashes = len(fleet.crashed)


def _sharing(trust: ssl.SSLContext) -> TransportMaker:
    return lambda: open_transport(trust)
