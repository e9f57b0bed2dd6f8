"""Which desk is chosen for which session, and what one without probes says."""

import asyncio

import pytest

from sundial.agent.core.sensing import CannotSee, Desk, PictureOrder, Wanted
from sundial.agent.probes import open_desk
from sundial.agent.probes.empty import ALL, EmptyDesk
from sundial.agent.probes.wayland import WaylandDesk
from sundial.agent.probes.x11 import X11Desk
from tests.agent.probes.screen import LIMIT, Ears, Screen


def test_an_x_session_gets_the_probes_of_x(screen: Screen) -> None:
    desk = open_desk({"XDG_SESSION_TYPE": "x11", "DISPLAY": screen.name})
    assert isinstance(desk, X11Desk)
    assert desk.missing() == {}
    assert isinstance(open_desk({"XDG_SESSION_TYPE": "tty", "DISPLAY": screen.name}), X11Desk)
    assert isinstance(open_desk({"DISPLAY": screen.name}), X11Desk)


def test_wayland_is_not_taken_for_the_x_display_beside_it(screen: Screen) -> None:
    assert isinstance(open_desk({"XDG_SESSION_TYPE": "wayland", "DISPLAY": screen.name}), WaylandDesk)
    assert isinstance(open_desk({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": screen.name}), WaylandDesk)
    nested = {"XDG_SESSION_TYPE": "x11", "WAYLAND_DISPLAY": "wayland-0", "DISPLAY": screen.name}
    assert isinstance(open_desk(nested), X11Desk)


def test_without_a_display_everything_is_missing_and_says_why() -> None:
    for environ in ({}, {"DISPLAY": ""}, {"XDG_SESSION_TYPE": "tty"}):
        desk = open_desk(environ)
        assert isinstance(desk, EmptyDesk)
        assert set(desk.missing()) == set(ALL)
        assert set(desk.missing().values()) == {"There is no display here: nothing can be recorded."}


def test_a_display_that_cannot_be_reached_is_said() -> None:
    for name in (":9999", "nonsense"):
        desk = open_desk({"DISPLAY": name})
        assert isinstance(desk, EmptyDesk)
        assert f"The display {name} cannot be reached" in desk.missing()["applications"]


def test_wayland_says_of_each_kind_why_it_is_missing() -> None:
    missing = WaylandDesk().missing()
    assert set(missing) == set(ALL)
    assert all(reason.startswith("On Wayland, ") for reason in missing.values())


@pytest.mark.parametrize("desk", [WaylandDesk(), EmptyDesk("Nothing here.")])
async def test_a_desk_that_sees_nothing_says_so_when_asked(desk: Desk) -> None:
    with pytest.raises(CannotSee, match=r"On Wayland|Nothing here"):
        await desk.pictures(PictureOrder(85, 1_000_000))
    with pytest.raises(CannotSee, match=r"which window|Nothing here"):
        await desk.watch(Wanted(applications=True), lambda: None, Ears())


@pytest.mark.parametrize("desk", [WaylandDesk(), EmptyDesk("Nothing here.")])
async def test_where_nothing_is_wanted_there_is_nothing_to_miss(desk: Desk) -> None:
    ready, ears = asyncio.Event(), Ears()
    async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as group:
        task = group.create_task(desk.watch(Wanted(), ready.set, ears))
        await ready.wait()
        task.cancel()
    assert ears.heard == []
