"""What a desktop says over D-Bus, on a real bus with services that bear a desktop's names."""

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

from sundial.agent.core.sensing import Idled, Locked
from sundial.agent.probes import open_desk
from tests.agent.probes.screen import Screen, watching

SCREEN_SAVERS = ["org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.cinnamon.ScreenSaver"]
POWER, GNOME = "org.freedesktop.PowerManagement", "org.gnome.SessionManager"


@pytest.fixture
def bus_address() -> Iterator[str]:
    with _bus() as address:
        yield address


@contextmanager
def _bus() -> Iterator[str]:
    read, write = os.pipe()
    daemon = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", f"--print-address={write}"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as told:
            yield told.readline().strip()
    finally:
        daemon.terminate()
        daemon.wait(10)


async def _serve(address: str, name: str, answer: Callable[[Message], bool | None]) -> MessageBus:
    """A service of that name; None is an answer of another kind than asked."""
    bus = await MessageBus(bus_address=address).connect()
    await bus.request_name(name)

    def handle(message: Message) -> Any:
        if message.message_type is not MessageType.METHOD_CALL or not str(message.interface).startswith("org."):
            return None
        said = answer(message)
        signature, body = ("s", ["perhaps"]) if said is None else ("b", [said])
        return Message.new_method_return(message, signature, body)

    bus.add_message_handler(handle)
    return bus


async def _end(service: MessageBus) -> None:
    service.disconnect()
    with contextlib.suppress(OSError, EOFError):
        await service.wait_for_disconnect()


@pytest.mark.parametrize("name", SCREEN_SAVERS)
async def test_a_lock_and_its_end_are_told(screen: Screen, bus_address: str, name: str) -> None:
    locked = False
    service = await _serve(bus_address, name, lambda message: locked and message.member == "GetActive")
    desk = open_desk({"DISPLAY": screen.name, "DBUS_SESSION_BUS_ADDRESS": bus_address})
    async with watching(desk, idle=True) as ears:
        await ears.looks(2, Idled)
        assert ears.of(Locked) == []
        locked = True
        await ears.until(lambda: ears.of(Locked) == [Locked(True)])
        locked = False
        await ears.until(lambda: ears.of(Locked) == [Locked(True), Locked(False)])
    await _end(service)


@pytest.mark.parametrize(("name", "method", "body"), [(POWER, "HasInhibit", []), (GNOME, "IsInhibited", [8])])
async def test_a_video_is_told_with_the_idleness(
    screen: Screen, bus_address: str, name: str, method: str, body: list[int]
) -> None:
    def answer(message: Message) -> bool:
        return message.member == method and message.body == body

    service = await _serve(bus_address, name, answer)
    desk = open_desk({"DISPLAY": screen.name, "DBUS_SESSION_BUS_ADDRESS": bus_address})
    async with watching(desk, idle=True) as ears:
        await ears.until(lambda: any(one.inhibited for one in ears.of(Idled)))
    await _end(service)


async def test_an_answer_of_another_kind_is_none(screen: Screen, bus_address: str) -> None:
    service = await _serve(bus_address, SCREEN_SAVERS[0], lambda _message: None)
    desk = open_desk({"DISPLAY": screen.name, "DBUS_SESSION_BUS_ADDRESS": bus_address})
    async with watching(desk, idle=True) as ears:
        await ears.looks(3, Idled)
    assert ears.of(Locked) == []
    await _end(service)


@pytest.mark.parametrize("address", ["unix:path=/tmp/no-such-bus", "not an address", ""])
async def test_without_a_bus_idleness_is_told_all_the_same(screen: Screen, address: str) -> None:
    desk = open_desk({"DISPLAY": screen.name, "DBUS_SESSION_BUS_ADDRESS": address})
    async with watching(desk, idle=True) as ears:
        await ears.looks(2, Idled)
    assert {one.inhibited for one in ears.of(Idled)} == {False}


async def test_a_bus_that_ends_leaves_the_rest(screen: Screen) -> None:
    with _bus() as address:
        service = await _serve(address, POWER, lambda _message: True)
        desk = open_desk({"DISPLAY": screen.name, "DBUS_SESSION_BUS_ADDRESS": address})
        watched = watching(desk, idle=True)
        ears = await watched.__aenter__()
        await ears.until(lambda: any(one.inhibited for one in ears.of(Idled)))
        await _end(service)
    await ears.until(lambda: not ears.of(Idled)[-1].inhibited)
    await ears.looks(2, Idled)
    await watched.__aexit__(None, None, None)
