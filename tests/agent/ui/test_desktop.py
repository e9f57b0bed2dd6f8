"""On a real X display: the window is there, the tray holds the icon, without a tray the badge is on the screen."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agent.ui.room import Actor, Room, furnished, until

WINDOW, BADGE, OURS = "^Sundial$", "^Sundial badge$", "^sundial-agent$"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """A desktop of this test's own."""
    with furnished(tmp_path) as made:
        yield made


def _window(room: Room) -> str:
    found: list[str] = until(lambda: room.windows(WINDOW), "the window")
    return found[0]


def _icons(room: Room) -> set[str]:
    """What is seen of ours besides the window; the icon of the tray has no title."""
    return {*room.windows(OURS, "--class")} - {*room.windows(WINDOW)} - {*room.windows(BADGE)}


def test_the_window_is_on_the_screen_and_obeys_the_keyboard(room: Room) -> None:
    actor = Actor(room)
    actor.tell("show IDLE")
    window = _window(room)
    assert "SUNDIAL-AGENT" in room.run("xprop", "-id", window, "WM_CLASS").upper()
    for key, said in (("ctrl+s", "Start(task='', chosen=None)"), ("ctrl+r", "Refresh()"), ("ctrl+q", "Quit()")):
        until(lambda key=key, said=said: room.press(window, key) or said in actor.said, f"{key} is obeyed")
    actor.tell("end")
    assert actor.process.wait(60) == 0


def test_without_a_tray_the_badge_is_on_the_screen_and_opens_the_window(room: Room) -> None:
    actor = Actor(room)
    actor.tell("show WORKING")
    window = _window(room)
    badge = until(lambda: room.windows(BADGE), "the badge")[0]
    assert "_NET_WM_STATE_ABOVE" in room.run("xprop", "-id", badge, "_NET_WM_STATE")
    room.run("wmctrl", "-i", "-c", window)
    until(lambda: not room.windows(WINDOW), "the window is closed")
    assert room.windows(BADGE)
    assert actor.process.poll() is None
    room.click(badge)
    until(lambda: room.windows(WINDOW), "the window is open again")


def test_a_tray_takes_the_icon_and_the_badge_comes_back_when_the_tray_goes(room: Room) -> None:
    tray = room.open_tray()
    actor = Actor(room)
    actor.tell("show WORKING")
    window = _window(room)
    icon = until(lambda: _icons(room), "the icon in the tray").pop()
    assert "panel" in room.run("xwininfo", "-tree", "-id", room.parent(room.parent(icon)))
    assert not room.windows(BADGE)
    room.run("wmctrl", "-i", "-c", window)
    until(lambda: not room.windows(WINDOW), "the window is closed")
    room.click(icon)
    until(lambda: room.windows(WINDOW), "the icon opens the window")
    room.end(tray)
    until(lambda: room.windows(BADGE), "the badge without a tray")
    room.open_tray()
    until(lambda: not room.windows(BADGE), "the badge is not needed any more")
    assert actor.process.poll() is None
