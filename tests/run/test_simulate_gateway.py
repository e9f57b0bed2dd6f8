"""Simulated agents at the real gateway, over real sockets and PostgreSQL: the road that orders take, there and back."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sundial.run.simulate import ReadyDevice, simulate
from sundial.run.simulated import Behaviour
from sundial.server.devices.queries import progress
from sundial.server.devices.types import Progress
from sundial.server.lib import clock
from sundial.server.tracking.queries import head, public_keys
from tests.gateway.conftest import firm, serving, start_gateway
from tests.gateway.firm import Firm
from tests.gateway.stage import Serving, eventually

__all__ = ["firm", "serving", "start_gateway"]  # fixtures

MANY = 25


@contextmanager
def simulating(serving: Serving, devices: list[ReadyDevice], folder: Path) -> Iterator[list[str]]:
    """The agents run beside the test; yields what they say of their progress."""
    loop, lines = asyncio.new_event_loop(), list[str]()
    running = loop.create_task(
        simulate(
            base_url=f"http://127.0.0.1:{serving.port}",
            devices=devices,
            keys=public_keys(),
            profile_dir=folder,
            write=lines.append,
        )
    )
    running.add_done_callback(lambda _task: loop.stop())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield lines
    finally:
        loop.call_soon_threadsafe(running.cancel)
        thread.join(10)
        loop.close()
    assert running.cancelled()


def standing(firm: Firm) -> Progress:
    """How far the newest policy has come, as the owner's page counts it."""
    return progress(firm.id, head(firm.id).etag, now=clock.now())


def ready(firm: Firm, count: int) -> list[ReadyDevice]:
    return [ReadyDevice(one.device_id, one.token, firm.id) for one in firm.devices(count)]


def test_a_save_is_confirmed_by_all_within_two_seconds(serving: Serving, firm: Firm, tmp_path: Path) -> None:
    with simulating(serving, ready(firm, MANY), tmp_path):
        eventually(lambda: standing(firm).applied == MANY)
        firm.save(screenshot_interval_seconds=333)
        eventually(lambda: standing(firm).applied == MANY, within=2.0)


def test_a_suspension_is_confirmed_and_so_is_its_end(serving: Serving, firm: Firm, tmp_path: Path) -> None:
    devices = ready(firm, 5)
    with simulating(serving, devices, tmp_path):
        eventually(lambda: standing(firm).applied == len(devices))
        firm.suspend()
        eventually(lambda: {firm.row(one.device_id).effective_etag for one in devices} == {""}, within=2.0)
        assert {firm.row(one.device_id).capabilities["recording"] for one in devices} == {False}
        firm.reactivate()
        eventually(lambda: standing(firm).applied == len(devices), within=2.0)


def test_who_rejects_and_who_waits_is_counted_as_such(serving: Serving, firm: Firm, tmp_path: Path) -> None:
    ready_ones = ready(firm, 4)
    behaviours = (Behaviour.OBEDIENT, Behaviour.REJECTS, Behaviour.WAITS)
    devices = [
        ReadyDevice(one.device_id, one.token, firm.id, behaviour)
        for one, behaviour in zip(ready_ones, behaviours, strict=False)
    ]
    with simulating(serving, devices, tmp_path):
        eventually(lambda: (standing(firm).applied, standing(firm).rejected, standing(firm).waiting) == (1, 1, 1))
        assert standing(firm).offline == 1, "the fourth was never started"
