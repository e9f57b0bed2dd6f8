"""Counts of input, on a real X server: how often, never what."""

import gc
import os
import signal

from Xlib import X
from Xlib.display import Display

from sundial.agent.core.sensing import Counted, Idled
from sundial.agent.probes.x11 import X11Desk
from sundial.agent.probes.x11.connection import RAW_KEY_PRESS, Connection, is_raw
from tests.agent.probes.screen import Ears, Screen, watching

CANARY = "sundialcanary"


def total(ears: Ears) -> Counted:
    told = ears.of(Counted)
    return Counted(*(sum(getattr(one, name) for one in told) for name in ("keys", "clicks", "scrolls", "moved_s")))


async def test_each_press_of_a_key_counts_one(screen: Screen) -> None:
    async with watching(X11Desk(screen.name), keyboard=True, idle=True) as ears:
        screen.type("a", "Return", "shift+b")
        await ears.until(lambda: total(ears).keys >= 4)
        await ears.looks(2, Idled)
    assert total(ears) == Counted(keys=4)


async def test_a_key_that_is_held_counts_one(screen: Screen) -> None:
    """Xvfb repeats it after 0.66 s, 25 times a second."""
    async with watching(X11Desk(screen.name), keyboard=True, idle=True) as ears:
        screen.run("xdotool", "keydown", "a")
        await ears.looks(4, Idled)
        screen.run("xdotool", "keyup", "a")
        await ears.looks(2, Idled)
    assert total(ears) == Counted(keys=1)


async def test_turns_of_the_wheel_are_not_clicks(screen: Screen) -> None:
    async with watching(X11Desk(screen.name), mouse=True, idle=True) as ears:
        screen.run("xdotool", "click", "1", "click", "3", "click", "8")
        screen.run("xdotool", "click", "4", "click", "5", "click", "6", "click", "7")
        await ears.until(lambda: total(ears).scrolls >= 4)
        await ears.looks(2, Idled)
    assert (total(ears).clicks, total(ears).scrolls, total(ears).keys) == (3, 4, 0)


async def test_a_second_with_a_moving_pointer_counts_once(screen: Screen) -> None:
    screen.run("xdotool", "mousemove", "10", "10")
    async with watching(X11Desk(screen.name), mouse=True, idle=True) as ears:
        await ears.looks(2, Idled)
        assert total(ears) == Counted()
        screen.run("xdotool", "mousemove", "200", "200")
        await ears.until(lambda: total(ears).moved_s > 0)
        await ears.looks(2, Idled)
    assert total(ears) == Counted(moved_s=1)


async def test_with_the_keyboard_off_keys_are_not_counted(screen: Screen) -> None:
    async with watching(X11Desk(screen.name), mouse=True, idle=True) as ears:
        screen.type("a", "b", "c")
        screen.run("xdotool", "click", "1")
        await ears.until(lambda: total(ears).clicks >= 1)
        await ears.looks(2, Idled)
    assert total(ears).keys == 0


async def test_with_the_mouse_off_it_is_not_counted(screen: Screen) -> None:
    async with watching(X11Desk(screen.name), keyboard=True, idle=True) as ears:
        screen.run("xdotool", "mousemove", "300", "300", "click", "1", "click", "4")
        screen.type("a")
        await ears.until(lambda: total(ears).keys >= 1)
        await ears.looks(2, Idled)
    assert total(ears) == Counted(keys=1)


def test_the_server_sends_nothing_about_what_is_not_wanted(screen: Screen) -> None:
    connection = Connection(screen.name)
    connection.listen_to_input(keys=False, buttons=True)
    screen.type("a", "b")
    screen.run("xdotool", "click", "1")
    connection.atom("STRING")  # an answer, behind all that was sent before
    assert RAW_KEY_PRESS not in [event.evtype for event in connection.events() if is_raw(event)]
    connection.close()


def test_which_key_it_was_is_taken_away_before_anyone_can_look(screen: Screen) -> None:
    connection = Connection(screen.name)
    connection.listen_to_input(keys=True, buttons=False)
    screen.type("q")
    connection.atom("STRING")
    presses = [event for event in connection.events() if is_raw(event)]
    assert len(presses) == 1
    assert presses[0].data is None
    known = {"type", "extension", "sequence_number", "length", "evtype", "data", "send_event"}
    assert set(presses[0]._data) <= known
    connection.close()


async def test_what_is_typed_is_in_nothing_that_is_told_or_kept(screen: Screen) -> None:
    async with watching(X11Desk(screen.name), keyboard=True, mouse=True, applications=True, idle=True) as ears:
        screen.run("xdotool", "type", "--delay", "5", CANARY)
        await ears.until(lambda: total(ears).keys >= len(CANARY))
        assert CANARY not in repr(ears.heard)
        texts = [thing for thing in gc.get_objects() if type(thing) is list and len(thing) == len(CANARY)]
        codes = _codes(screen)
        assert codes not in texts
    assert total(ears).keys == len(CANARY)


def _codes(screen: Screen) -> list[int]:
    display = Display(screen.name)
    codes = [display.keysym_to_keycode(ord(letter)) for letter in CANARY]
    display.close()
    return codes


async def test_keys_are_counted_while_a_menu_holds_the_keyboard(screen: Screen) -> None:
    """With version 2.0 of the extension, which python-xlib asks for, none would be told."""
    display = Display(screen.name)
    async with watching(X11Desk(screen.name), keyboard=True, mouse=True) as ears:
        root = display.screen().root
        assert root.grab_keyboard(True, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime) == X.GrabSuccess
        assert root.grab_pointer(True, 0, X.GrabModeAsync, X.GrabModeAsync, 0, 0, X.CurrentTime) == X.GrabSuccess
        screen.type("a", "b")
        screen.run("xdotool", "click", "1")
        await ears.until(lambda: total(ears).keys >= 2 and total(ears).clicks >= 1)
    display.close()


async def test_what_was_pressed_before_is_heard_when_the_probe_has_caught_up(screen: Screen) -> None:
    desk = X11Desk(screen.name)
    desk.catch_up()
    async with watching(desk, keyboard=True, mouse=True) as ears:
        for round_ in range(1, 4):
            screen.type("a", "b", "c", "Return", "d")
            screen.run("xdotool", "click", "1", "click", "4")
            desk.catch_up()
            assert total(ears).keys == 5 * round_
            assert (total(ears).clicks, total(ears).scrolls) == (round_, round_)
    desk.catch_up()


async def test_a_server_that_hangs_is_not_waited_for(own_screen: Screen) -> None:
    desk = X11Desk(own_screen.name)
    async with watching(desk, keyboard=True) as ears:
        os.kill(own_screen.server.pid, signal.SIGSTOP)
        try:
            desk.catch_up()
            assert ears.heard == []
        finally:
            os.kill(own_screen.server.pid, signal.SIGCONT)
        own_screen.type("a")
        await ears.until(lambda: total(ears).keys == 1)


async def test_idle_grows_and_ends_with_an_input(screen: Screen) -> None:
    async with watching(X11Desk(screen.name), idle=True) as ears:
        await ears.until(lambda: any(one.seconds > 2 for one in ears.of(Idled)))
        before = ears.of(Idled)[-1].seconds
        screen.type("shift")
        await ears.until(lambda: ears.of(Idled)[-1].seconds < before)
    assert {type(sense) for sense in ears.heard} == {Idled}
