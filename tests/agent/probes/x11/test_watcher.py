"""The thread that watches: how it begins, how it ends, and the traps of its library."""

import asyncio
import os
import select
import signal
import threading
import time

import pytest
from Xlib.protocol import request

from sundial.agent.core.sensing import CannotSee, Counted, Sense, Unable, Wanted
from sundial.agent.probes.beside import Wake
from sundial.agent.probes.x11 import X11Desk
from sundial.agent.probes.x11.connection import Connection, is_property
from sundial.agent.probes.x11.watcher import LOOK_S, REST_S, X11Watcher
from tests.agent.probes.screen import LIMIT, Ears, Screen, plain_window, watching
from tests.loops import turn

ALL = Wanted(applications=True, keyboard=True, mouse=True, idle=True)


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "probes"]


async def test_a_server_that_ends_is_said_for_each_probe_and_nothing_spins(own_screen: Screen) -> None:
    ears, ready = Ears(), asyncio.Event()
    async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as group:
        task = group.create_task(X11Desk(own_screen.name).watch(ALL, ready.set, ears))
        await ready.wait()
        own_screen.server.kill()
        await task
    told = ears.of(Unable)
    assert {one.kind for one in told} == {"applications", "keyboard_counts", "mouse_counts", "idle"}
    assert {one.reason for one in told} == {"The connection to the display was lost."}
    assert all(_ends(thread) for thread in threads())


def _ends(thread: threading.Thread) -> bool:
    thread.join(LIMIT)
    return not thread.is_alive()


async def test_nothing_is_heard_after_a_cancellation_and_the_thread_ends(screen: Screen) -> None:
    async with watching(X11Desk(screen.name), applications=True, keyboard=True, idle=True) as ears:
        await ears.until(lambda: len(ears.heard) > 2)
    heard = len(ears.heard)
    screen.type("a")
    screen.xterm("after the end")
    await turn()
    assert all(_ends(thread) for thread in threads())
    assert len(ears.heard) == heard


async def test_a_server_that_hangs_does_not_keep_the_agent(own_screen: Screen) -> None:
    ears, ready = Ears(), asyncio.Event()
    async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as group:
        task = group.create_task(X11Desk(own_screen.name).watch(ALL, ready.set, ears))
        await ready.wait()
        os.kill(own_screen.server.pid, signal.SIGSTOP)
        try:
            task.cancel()
            await asyncio.wait([task])
        finally:
            os.kill(own_screen.server.pid, signal.SIGCONT)
    assert task.cancelled()
    assert all(_ends(thread) for thread in threads())


async def test_a_display_that_is_not_there_is_said() -> None:
    with pytest.raises(CannotSee, match="cannot be reached"):
        X11Desk(":9999")


async def test_a_display_that_went_away_before_it_was_watched_is_said(own_screen: Screen) -> None:
    desk = X11Desk(own_screen.name)
    own_screen.server.kill()
    own_screen.server.wait()
    with pytest.raises(CannotSee, match="cannot be reached"):
        await desk.watch(ALL, lambda: None, Ears())


async def test_each_of_thirty_changes_is_told_at_once_and_not_at_the_next_look(screen: Screen) -> None:
    """By looks alone each would take about a second: thirty of them half a minute."""
    with plain_window(screen) as window:
        window.name("_NET_WM_NAME", b"begin", "UTF8_STRING")
        window.show()
        async with watching(X11Desk(screen.name), applications=True) as ears:
            await ears.title("begin")
            began = time.monotonic()
            for number in range(30):
                window.name("_NET_WM_NAME", f"title {number}".encode(), "UTF8_STRING")
                await ears.title(f"title {number}")
            assert time.monotonic() - began < 15
    assert [seen.title for seen in ears.focused[1:]] == [f"title {number}" for number in range(30)]


class Counting(Wake):
    """Knows how often its thread waited."""

    times = 0

    def wait(self, source: int | None, seconds: float) -> None:
        self.times += 1
        super().wait(source, seconds)


def test_who_types_is_counted_key_by_key_and_read_a_few_times_a_second(screen: Screen) -> None:
    screen.xterm("typed into")
    watcher = X11Watcher(screen.name, Wanted(applications=True, keyboard=True), lambda: False)
    wake, heard = Counting(), list[Sense]()
    watcher.open()
    thread = threading.Thread(target=watcher.run, args=(heard.append, wake))
    thread.start()
    began, keys = time.monotonic(), 60
    screen.run("xdotool", "type", "--delay", "60", "a" * keys)
    wake.call(LIMIT)
    took = time.monotonic() - began
    wake.leave()
    thread.join(LIMIT)
    watcher.close()
    wake.close()
    assert not thread.is_alive()
    assert sum(one.keys for one in heard if isinstance(one, Counted)) == keys
    # For each press that comes alone, one wait for it and one rest after it.
    assert wake.times <= took * (2 / REST_S + 1 / LOOK_S) + 10, f"{wake.times} waits in {took:.1f} s"


async def test_a_change_that_no_event_told_is_found_by_the_next_look(screen: Screen) -> None:
    """Its process can end and leave the number to another without any word from the server: the title is read anew."""
    desk = X11Desk(screen.name)
    with plain_window(screen) as window:
        window.name("_NET_WM_NAME", b"one", "UTF8_STRING")
        window.show()
        async with watching(desk, applications=True) as ears:
            await ears.title("one")
            window.name("_NET_WM_NAME", b"two", "UTF8_STRING")
            await ears.title("two")


def test_an_event_that_came_with_an_answer_is_waiting_though_the_socket_is_silent(screen: Screen) -> None:
    connection = Connection(screen.name)
    connection.listen(connection.root)
    connection.atom("STRING")
    screen.run("xprop", "-root", "-f", "_SUNDIAL_TEST", "8s", "-set", "_SUNDIAL_TEST", "1")
    connection.atom("WM_NAME_NEVER_ASKED_BEFORE")
    assert select.select([connection.fileno()], [], [], 0)[0] == []
    assert connection.waiting()
    assert any(is_property(event) for event in connection.events())
    connection.close()


def test_a_refused_value_is_an_answer_and_the_next_question_is_answered(screen: Screen) -> None:
    """python-xlib 0.33 makes an AttributeError of it, and spins at the next call."""
    connection = Connection(screen.name)
    display = connection._display.display
    atom, root = connection.atom("STRING"), connection.root
    bad = {"delete": 0, "window": root, "property": atom, "type": 0, "long_offset": 0x7FFFFFFF, "long_length": 10}
    screen.run("xprop", "-root", "-f", "STRING", "8s", "-set", "STRING", "x")
    assert connection.asking(lambda: request.GetProperty(display=display, **bad)) is None
    answered: list[int] = []
    asking = threading.Thread(target=lambda: answered.append(connection.atom("STRING")), daemon=True)
    asking.start()
    asking.join(LIMIT)
    assert answered == [atom]
    connection.close()
