"""Screenshots: never while nobody is there, never by an order that does not hold any more."""

import pytest

from sundial.agent.core.records import Begin, End, Obey, Pause, Pictured, Resume
from sundial.agent.core.sensing import Focused, Idled, Locked, Picture
from tests.agent.core.play import PICTURE, SESSION, Play, instant, is_uuid7, seconds


def paced() -> Play:
    """Every 30 seconds, and exactly so."""
    return Play(chance=lambda low, high: 30.0 if low == 0.0 else (low + high) / 2).working(
        screenshot_interval_seconds=30
    )


def test_the_first_picture_comes_anywhere_within_the_interval() -> None:
    firsts = []
    for tenth in range(10):
        play = Play(chance=lambda low, high, part=tenth / 10: low + part * (high - low))
        play.working(screenshot_interval_seconds=30)
        while not play.orders:
            play.pass_(1, touched=True)
        firsts.append(play.mono_s - 1000)
    assert firsts == [1, 3, 6, 9, 12, 15, 18, 21, 24, 27]


def test_a_picture_is_kept_with_its_session_screen_and_time() -> None:
    play = paced()
    play.pass_(30, touched=True)
    play.go(0.4)
    play.tell(Pictured((PICTURE, Picture(1, b"RIFF2", 800, 600, blurred=True))))
    first, second = play.pictures
    assert (first.meta.session, first.meta.screen, first.meta.blurred) == (SESSION, 0, False)
    assert (second.meta.screen, second.meta.blurred, second.picture.image) == (1, True, b"RIFF2")
    assert seconds(first.meta.taken_at) == 30
    assert (first.meta.mono_ms, first.meta.boot_id) == (1_030_000, "boot-1")
    assert is_uuid7(first.meta.eid)
    assert first.meta.eid != second.meta.eid


@pytest.mark.parametrize("how", ["idle", "locked", "paused", "suspended", "no session"])
def test_no_picture_is_ordered_while_nobody_is_there(how: str) -> None:
    play = paced()
    play.pass_(29, touched=True)
    match how:
        case "idle":
            play.go(0.9)
            play.tell(Idled(0.0))
            play.obey(screenshot_interval_seconds=30, idle_threshold_seconds=60)
            play.untouched(60)
            play.effects.clear()
            play.untouched(200, since=60)
        case "locked":
            play.tell(Locked(True))
        case "paused":
            play.tell(Pause())
        case "suspended":
            play.tell(Obey(None))
        case "no session":
            play.tell(End())
    play.pass_(120)
    assert play.orders == []


@pytest.mark.parametrize("how", ["off", "locked", "paused", "ended", "blurred from now on", "again"])
def test_a_picture_that_comes_when_none_is_wanted_any_more_is_dropped(how: str) -> None:
    play = paced()
    play.pass_(30, touched=True)
    assert len(play.orders) == 1
    match how:
        case "off":
            play.obey(screenshots_enabled=False)
        case "locked":
            play.tell(Locked(True))
        case "paused":
            play.tell(Pause(), Resume())
        case "ended":
            play.tell(End(), Begin(SESSION))
        case "blurred from now on":
            play.obey(screenshot_interval_seconds=30, blurred=True)
        case "again":
            play.tell(Pictured(()))
    play.tell(Pictured((PICTURE,)))
    assert play.pictures == []


def test_pictures_are_blurred_where_the_policy_says_so() -> None:
    play = Play(chance=lambda _low, high: high)
    play.obey(screenshot_interval_seconds=30, blurred=True)
    play.tell(Begin(SESSION), Focused("Writer"))
    play.pass_(30, touched=True)
    assert play.orders[0].order.blurred


def test_coming_back_is_not_the_very_moment_of_a_picture() -> None:
    play = paced()
    play.pass_(10, touched=True)
    play.tell(Pause())
    play.pass_(100)
    play.tell(Resume())
    play.pass_(30, touched=True)
    assert play.orders == []
    play.pass_(1, touched=True)
    assert len(play.orders) == 1


def test_a_picture_bears_the_time_of_its_order_though_the_clock_was_set() -> None:
    play = paced()
    play.pass_(30, touched=True)
    play.wall = play.wall.replace(year=2030)
    play.go(1)
    play.tell(Pictured((PICTURE,)))
    assert instant(play.pictures[0].meta.taken_at).year == 2026
