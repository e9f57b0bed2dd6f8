"""Simulated agents: on a real socket, and in virtual time, each behaviour by itself."""

import asyncio
import random
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn

from sundial.protocol.signing import SigningKey
from sundial.run.errors import CannotRun
from sundial.run.simulate import ReadyDevice, Summary, enrol_device, simulate
from sundial.run.simulated import Behaviour, behaviour_of
from tests.agent.small_server import COMPANY, SmallServer
from tests.agent.virtual_time import play, until
from tests.agent.wire import Wire

MANY = 25


@pytest.fixture
def server() -> SmallServer:
    return SmallServer(tokens={f"token-{number}" for number in range(MANY)})


def ready(count: int, behaviour: Behaviour | None = None) -> list[ReadyDevice]:
    return [ReadyDevice(number + 1, f"token-{number}", COMPANY, behaviour) for number in range(count)]


class Simulation:
    """`simulate` over a wire to the small server, in virtual time."""

    def __init__(self, server: SmallServer, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.lines: list[str] = []
        self.said: list[str] = []

    async def run(self, devices: list[ReadyDevice], seconds: float, *, unruly: bool = False) -> Summary:
        chance = random.Random(7)
        return await simulate(
            base_url="http://server", devices=devices, keys=[self.server.key.public], profile_dir=self.folder,
            write=self.lines.append, seconds=seconds, unruly=unruly,
            log=lambda device, line: self.said.append(f"{device}: {line}"),
            uniform=chance.uniform, transport=lambda: Wire(self.server),
        )  # fmt: skip


@pytest.fixture
def simulation(server: SmallServer, tmp_path: Path) -> Simulation:
    return Simulation(server, tmp_path)


def test_all_agents_confirm_a_change_within_a_moment(simulation: Simulation) -> None:
    async def scene() -> None:
        async with asyncio.TaskGroup() as group:
            running = group.create_task(simulation.run(ready(MANY), 20))
            await until(lambda: [r.policy.state for r in simulation.server.latest()] == ["applied"] * MANY, within=10)
            simulation.server.save(screenshot_interval_seconds=300)
        summary = running.result()
        assert summary.states == {"applied": MANY}
        assert (summary.agents, summary.live, summary.newest, summary.received) == (MANY, MANY, 2, MANY)
        assert len(summary.latencies_s) == MANY
        assert max(summary.latencies_s) < 0.1
        assert simulation.lines[-1].startswith("25 of 25 agents live · v2: applied 25 · ")
        assert "received to confirmed p50" in simulation.lines[-1]
        assert "25: Config update: v1 -> v2" in simulation.said

    play(scene())


def test_unruly_agents_reject_wait_and_drop_and_all_others_obey(simulation: Simulation) -> None:
    async def scene() -> None:
        summary = await simulation.run(ready(MANY), 60, unruly=True)
        assert summary.states == {"applied": 18, "rejected": 4, "waiting": 3}
        rejected = next(r for r in simulation.server.latest() if r.policy.state == "rejected")
        assert rejected.policy.error == "simulated: the screenshot probe found no display"
        assert rejected.policy.effective_etag == ""
        waiting = next(r for r in simulation.server.latest() if r.policy.state == "waiting")
        assert "screenshots" in waiting.policy.withheld
        assert any("simulated: the network broke" in line for line in simulation.said)

    play(scene())


def test_behaviours_can_be_given_one_by_one(simulation: Simulation) -> None:
    async def scene() -> None:
        devices = [*ready(3), ReadyDevice(4, "token-3", COMPANY, Behaviour.REJECTS)]
        summary = await simulation.run(devices, 5)
        assert summary.states == {"applied": 3, "rejected": 1}

    play(scene())


def test_without_unruly_everyone_obeys() -> None:
    assert {behaviour_of(number, unruly=False) for number in range(100)} == {Behaviour.OBEDIENT}
    assert Counter(behaviour_of(number, unruly=True) for number in range(80)) == {
        Behaviour.OBEDIENT: 50, Behaviour.REJECTS: 10, Behaviour.WAITS: 10, Behaviour.DROPS: 10,
    }  # fmt: skip


def test_agents_trust_only_the_keys_they_were_given(simulation: Simulation) -> None:
    async def scene() -> None:
        given = simulation.server.key
        simulation.server.key = SigningKey.generate()
        simulation.server.save()
        simulation.server.key = given
        summary = await simulation.run(ready(2), 5)
        assert summary.states == {"rejected": 2}

    play(scene())


def test_a_second_run_starts_from_the_first_ones_caches(simulation: Simulation) -> None:
    async def scene() -> None:
        await simulation.run(ready(2), 5)
        simulation.said.clear()
        await simulation.run(ready(2), 5)
        assert "1: Config loaded from cache: v1" in simulation.said
        assert len(simulation.server.words) == 2, "nobody is asked twice"

    play(scene())


def test_a_platform_that_was_made_anew_is_believed(simulation: Simulation) -> None:
    async def scene() -> None:
        await simulation.run(ready(2), 5)
        simulation.server.key = SigningKey.generate()
        simulation.server.version = 0
        simulation.server.save()
        summary = await simulation.run(ready(2), 5)
        assert summary.states == {"applied": 2}

    play(scene())


def test_one_crash_is_told_and_leaves_the_others_alone(simulation: Simulation) -> None:
    async def scene() -> None:
        (simulation.folder / "device-1").write_text("a file where a folder should be")
        summary = await simulation.run(ready(2), 5)
        assert summary.states == {"applied": 1}
        assert len(summary.crashed) == 1
        assert any(line.startswith("device 1: ") for line in simulation.lines)
        assert simulation.lines[-1].endswith("0 revoked, 1 crashed")

    play(scene())


def test_revoked_agents_end_and_are_counted(simulation: Simulation) -> None:
    async def scene() -> None:
        async with asyncio.TaskGroup() as group:
            running = group.create_task(simulation.run(ready(3), 20))
            await until(lambda: len(simulation.server.streams) == 3)
            simulation.server.revoke("enough")
        assert running.result().ended == 3
        assert running.result().live == 0

    play(scene())


@asynccontextmanager
async def serving(server: SmallServer) -> AsyncIterator[str]:
    """The server on a free loopback port; yields its address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        running = uvicorn.Server(uvicorn.Config(server, log_config=None, lifespan="off", timeout_graceful_shutdown=1))
        async with asyncio.TaskGroup() as group:
            group.create_task(running.serve(sockets=[listening]))
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
            server.end_streams()
            running.should_exit = True


async def reported(server: SmallServer, true: Callable[[], bool]) -> None:
    """Until a report makes this true."""
    news = asyncio.Event()
    server.on_report = news.set
    async with asyncio.timeout(20):
        while not true():
            await news.wait()
            news.clear()


async def run_for_real(server: SmallServer, address: str, folder: Path) -> Summary:
    keys = [server.key.public]
    return await simulate(base_url=address, devices=ready(MANY), keys=keys, profile_dir=folder, write=lambda _: None)


async def test_over_real_sockets(server: SmallServer, tmp_path: Path) -> None:
    async with serving(server) as address, asyncio.TaskGroup() as group:
        running = group.create_task(run_for_real(server, address, tmp_path))
        await reported(server, lambda: [r.policy.state for r in server.latest()] == ["applied"] * MANY)
        server.save(screenshot_interval_seconds=300)
        await reported(server, lambda: {r.policy.version for r in server.latest()} == {2})
        await reported(server, lambda: {r.policy.state for r in server.latest()} == {"applied"})
        server.become("SUSPENDED")
        await reported(server, lambda: not any(r.capabilities["recording"] for r in server.latest()))
        server.become("ACTIVE")
        await reported(server, lambda: all(r.capabilities["recording"] for r in server.latest()))
        running.cancel()


async def test_enrolling_with_a_code_over_a_real_socket(server: SmallServer) -> None:
    server.codes.add("K7QF-9X2M-4TBD")
    async with serving(server) as address:
        device, keys = await enrol_device(address, "K7QF-9X2M-4TBD")
        assert (device.company_id, keys) == (COMPANY, [server.key.public])
        with pytest.raises(CannotRun, match="The code was not taken"):
            await enrol_device(address, "K7QF-9X2M-4TBD")


async def test_no_server_at_all_is_said_plainly() -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        with pytest.raises(CannotRun, match="The code was not taken"):
            await enrol_device(f"http://127.0.0.1:{unheard.getsockname()[1]}", "K7QF-9X2M-4TBD")
