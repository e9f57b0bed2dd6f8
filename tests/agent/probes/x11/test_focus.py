"""The active window, on a real X server with a real window manager."""

import os
import socket

import psutil

from sundial.agent.core.sensing import Focused
from sundial.agent.probes.x11 import X11Desk
from tests.agent.probes.screen import Screen, plain_window, watching


async def test_the_window_that_is_active_at_the_start_is_told(screen: Screen) -> None:
    screen.xterm("first words")
    async with watching(X11Desk(screen.name), applications=True) as ears:
        seen = await ears.title("first words")
    assert seen.app == "xterm"
    assert seen.exe == psutil.Process(screen.windows[-1].pid).exe()
    assert seen.pid == screen.windows[-1].pid


async def test_another_window_and_back_is_told_each_time(screen: Screen) -> None:
    one, two = screen.xterm("window one"), screen.xterm("window two", "80x24+600+10")
    async with watching(X11Desk(screen.name), applications=True) as ears:
        await ears.title("window two")
        screen.activate(one)
        await ears.title("window one")
        screen.activate(two)
        await ears.title("window two")
    assert [seen.title for seen in ears.focused] == ["window two", "window one", "window two"]


async def test_a_new_title_of_the_active_window_is_told(screen: Screen) -> None:
    with plain_window(screen) as window:
        window.name("_NET_WM_NAME", b"draft.txt", "UTF8_STRING")
        window.show()
        async with watching(X11Desk(screen.name), applications=True) as ears:
            await ears.title("draft.txt")
            window.name("_NET_WM_NAME", "entwürfe.txt".encode(), "UTF8_STRING")
            await ears.title("entwürfe.txt")


async def test_a_window_that_has_only_the_old_name_is_read_too(screen: Screen) -> None:
    with plain_window(screen) as window:
        window.name("WM_NAME", "caf\xe9".encode("latin-1"))
        window.show()
        async with watching(X11Desk(screen.name), applications=True) as ears:
            await ears.title("café")
            window.name("WM_NAME", b"tea")
            await ears.title("tea")


async def test_a_name_of_an_unusual_type_is_read(screen: Screen) -> None:
    with plain_window(screen) as window:
        window.name("_NET_WM_NAME", b"as a plain string", "STRING")
        window.show()
        async with watching(X11Desk(screen.name), applications=True) as ears:
            await ears.title("as a plain string")


async def test_a_hostile_title_is_text_and_bounded(screen: Screen) -> None:
    with plain_window(screen) as window:
        window.name("_NET_WM_NAME", b"<script>\x00\xe2\x80\xae\xff" + "ü".encode() * 10_000, "UTF8_STRING")
        window.show()
        async with watching(X11Desk(screen.name), applications=True) as ears:
            await ears.until(lambda: any(seen.title.startswith("<script>\x00\u202e�ü") for seen in ears.focused))
            assert len(ears.focused[-1].title.encode()) <= 5000


async def test_the_process_is_known_without_the_window_saying_so(screen: Screen) -> None:
    screen.xterm("no pid here")
    number = int(screen.run("xdotool", "getactivewindow"))
    screen.run("xprop", "-id", str(number), "-remove", "_NET_WM_PID")
    assert "not found" in screen.run("xprop", "-id", str(number), "_NET_WM_PID")
    async with watching(X11Desk(screen.name), applications=True) as ears:
        seen = await ears.title("no pid here")
    assert (seen.app, seen.pid) == ("xterm", screen.windows[-1].pid)


async def test_a_window_from_another_machine_is_known_by_its_class(screen: Screen) -> None:
    """Its process number means another process here."""
    with plain_window(screen, class_name="Faraway") as window:
        window.name("_NET_WM_NAME", b"over there", "UTF8_STRING")
        window.name("WM_CLIENT_MACHINE", b"elsewhere.example")
        window.own(1)
        window.show()
        async with watching(X11Desk(screen.name), applications=True) as ears:
            seen = await ears.title("over there")
    assert seen == Focused("Faraway", "over there")


async def test_a_process_that_is_gone_leaves_the_class(screen: Screen) -> None:
    with plain_window(screen, class_name="Orphan") as window:
        window.name("_NET_WM_NAME", b"whose", "UTF8_STRING")
        window.name("WM_CLIENT_MACHINE", socket.gethostname().encode())
        window.own(2**22 + 5)  # beyond the highest number of a process
        window.show()
        async with watching(X11Desk(screen.name), applications=True) as ears:
            seen = await ears.title("whose")
    assert seen.app == "Orphan"


async def test_properties_of_a_wrong_kind_are_as_good_as_none(screen: Screen) -> None:
    screen.xterm("sane")
    async with watching(X11Desk(screen.name), applications=True) as ears:
        await ears.title("sane")
        with plain_window(screen) as window:
            window.own(2**22 + 5)
            for name in ("WM_CLASS", "WM_NAME", "_NET_WM_NAME", "WM_CLIENT_MACHINE"):
                window.numbers(name, [1, 2, 3])
            window.show()
            await ears.until(lambda: ears.focused[-1].app == "Unknown")
        await ears.title("sane")


async def test_our_own_window_has_no_name(screen: Screen) -> None:
    screen.xterm("someone else")
    with plain_window(screen, class_name="Sundial") as window:
        window.name("_NET_WM_NAME", b"our own secret", "UTF8_STRING")
        window.own(os.getpid())
        async with watching(X11Desk(screen.name), applications=True) as ears:
            await ears.title("someone else")
            window.show()
            await ears.until(lambda: ears.focused[-1].pid == os.getpid())
    assert ears.focused[-1] == Focused("", pid=os.getpid())
    assert "our own secret" not in repr(ears.heard)


async def test_a_moment_without_an_active_window_is_not_told(screen: Screen) -> None:
    """Openbox calls none active between two windows."""
    one, two = screen.xterm("left"), screen.xterm("right", "80x24+600+10")
    async with watching(X11Desk(screen.name), applications=True) as ears:
        await ears.title("right")
        for _ in range(10):
            screen.activate(one)
            await ears.title("left")
            screen.activate(two)
            await ears.title("right")
    assert all(seen.app for seen in ears.focused)


async def test_a_window_that_closes_leaves_none(screen: Screen) -> None:
    screen.xterm("soon gone")
    async with watching(X11Desk(screen.name), applications=True) as ears:
        await ears.title("soon gone")
        screen.windows[-1].terminate()
        await ears.until(lambda: ears.focused[-1] == Focused(""))


async def test_windows_that_vanish_while_they_are_read_do_no_harm(screen: Screen) -> None:
    screen.xterm("steady", "80x24+600+10")
    async with watching(X11Desk(screen.name), applications=True) as ears:
        for _ in range(30):
            with plain_window(screen) as window:
                window.show()
                window.destroy()
        screen.xterm("still there")
        await ears.title("still there")
