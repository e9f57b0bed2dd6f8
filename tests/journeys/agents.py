"""Agents of a journey: real ones over the real protocol, each behaving as the play asks, in a thread of their own."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sundial.run.simulate import ReadyDevice, simulate
from sundial.run.simulated import Behaviour
from sundial.server.lib import keys
from tests.running import Platform


def ready_devices(platform: Platform, company: int, behaviours: Sequence[Behaviour]) -> list[ReadyDevice]:
    """A device of that company for each behaviour."""
    done = platform.run("devices", "--company", str(company), "--count", str(len(behaviours)))
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    return [
        ReadyDevice(int(number), token, company, behaviour)
        for (number, token), behaviour in zip(lines, behaviours, strict=True)
    ]


@contextmanager
def running(platform: Platform, devices: Sequence[ReadyDevice]) -> Iterator[None]:
    """Let these agents run for the time of a play."""
    loop = asyncio.new_event_loop()
    fleet: asyncio.Task[object] | None = None
    started = threading.Event()

    async def play() -> None:
        nonlocal fleet
        fleet = asyncio.ensure_future(
            simulate(
                base_url=platform.base_url,
                devices=devices,
                keys=[keys.load_or_make("policy", platform.data / "keys").public],
                profile_dir=platform.data / "played",
                write=lambda line: None,
            )
        )
        started.set()
        await asyncio.wait({fleet})

    thread = threading.Thread(target=lambda: loop.run_until_complete(play()))
    thread.start()
    started.wait(10)
    try:
        yield
    finally:
        assert fleet is not None
        loop.call_soon_threadsafe(fleet.cancel)
        thread.join(20)
        loop.close()
