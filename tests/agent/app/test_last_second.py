"""The last second before work stops, on a real X server: what was pressed in it is kept."""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from sundial.agent.app.agent import SystemClock
from sundial.agent.app.recording import Recording
from sundial.agent.core.recording import Recorder
from sundial.agent.core.sensing import Moment
from sundial.agent.outbox.outbox import Outbox
from sundial.agent.outbox.threaded import AsyncOutbox
from sundial.agent.probes.machine import moment
from sundial.agent.probes.x11 import X11Desk
from sundial.protocol.events import InputEvent
from sundial.protocol.ids import RANDOM_BITS, uuid7
from sundial.protocol.policy import Details
from sundial.protocol.settings import defaults
from tests.agent.probes.screen import LIMIT, open_screen
from tests.agent.virtual_time import BEGIN
from tests.loops import eventually

STOPS: dict[str, Callable[[Recording], None]] = {"stop": lambda one: one.end(), "pause": lambda one: one.pause()}


def new_eid(at: Moment) -> str:
    return uuid7(int(at.now.timestamp() * 1000), random.getrandbits(RANDOM_BITS))


@pytest.mark.parametrize("how", STOPS)
async def test_keys_pressed_right_before_work_stops_are_kept(tmp_path: Path, how: str) -> None:
    outbox = AsyncOutbox(Outbox.open(tmp_path))
    said: list[str] = []
    with open_screen() as screen:
        recording = Recording(
            X11Desk(screen.name),
            Recorder("boot-1", new_eid, random.uniform, lambda _at: 0),
            outbox,
            SystemClock(),
            moment,
            "boot-1",
            said.append,
            said.append,
            lambda _absence: None,
        )
        async with asyncio.TaskGroup() as group:
            running = group.create_task(recording.run())
            settings = {**defaults(), "enable_keyboard_tracking": True, "screenshots_enabled": False}
            await recording.apply(settings, Details())
            recording.begin("Writing")
            await eventually(lambda: recording.watching, within=LIMIT)
            screen.type("a", "b", "c", "d", "Return")
            STOPS[how](recording)
            await recording.writer.flush()
            kept = [event for event in await outbox.recent(BEGIN) if isinstance(event, InputEvent)]
            running.cancel()
    await outbox.close()
    assert sum(event.keys for event in kept) == 5
