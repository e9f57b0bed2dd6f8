"""Each setting that concerns recording, seen by what a running recorder makes of it."""

import itertools
import statistics

import pytest

from sundial.agent.core.records import End, Pictured, TakePictures
from sundial.agent.core.sensing import Browsed, Counted, Focused
from sundial.protocol.events import AppEvent, AwayEvent, InputEvent, WebsiteEvent
from sundial.protocol.settings import Value
from tests.agent.core.play import PICTURE, Play, merged

FIVE_MINUTES = 300


def picture_times(play: Play, pass_s: int) -> list[float]:
    """When pictures are ordered; each order is answered at once."""
    times = []
    for _ in range(pass_s):
        if play.of(TakePictures, play.pass_(1, touched=True)):
            times.append(play.mono_s)
            play.tell(Pictured((PICTURE,)))
    return times


def test_screenshots_enabled() -> None:
    play = Play().working(screenshot_interval_seconds=30)
    assert picture_times(play, 120)
    play.obey(screenshot_interval_seconds=30, screenshots_enabled=False)
    assert picture_times(play, 600) == []
    play.obey(screenshot_interval_seconds=30)
    assert picture_times(play, 120)


def test_website_tracking_enabled() -> None:
    play = Play().working(website_tracking_enabled=False)
    play.tell(Focused("Chromium", pid=5), Browsed("chromium", "before.org", pid=5))
    play.pass_(10, touched=True)
    play.obey()
    play.pass_(10, touched=True)
    play.tell(Browsed("chromium", "after.org", pid=5))
    play.pass_(10, touched=True)
    play.obey(website_tracking_enabled=False)
    play.pass_(10, touched=True)
    play.tell(End())
    assert merged(play.kept(WebsiteEvent)) == [("after.org", 20, 30)]


def test_app_tracking_enabled() -> None:
    play = Play().working()
    play.pass_(10, touched=True)
    play.obey(app_tracking_enabled=False)
    play.tell(Focused("Secret"))
    play.pass_(10, touched=True)
    play.untouched(400)
    play.obey()
    play.tell(Focused("Mail"))
    play.pass_(10, touched=True)
    play.tell(End())
    assert merged(play.kept(AppEvent)) == [("Writer", 0, 10), ("Mail", 421, 430)]
    assert play.told == [("Writer", 0, 10), ("idle", 20, 421), ("Mail", 421, 430)]


def test_websites_alone_tell_no_application() -> None:
    play = Play().working(app_tracking_enabled=False)
    play.tell(Focused("Chromium", "A page", pid=5), Browsed("chromium", "example.org", pid=5))
    play.pass_(10, touched=True)
    play.tell(Focused(""))
    play.pass_(10, touched=True)
    play.tell(End())
    assert merged(play.kept(WebsiteEvent)) == [("example.org", 0, 10)]
    assert play.tiles == []


def test_screenshot_interval_seconds() -> None:
    play = Play().working(screenshot_interval_seconds=600)
    picture_times(play, 700)
    changed = play.mono_s
    play.obey(screenshot_interval_seconds=30)
    times = picture_times(play, 95)
    assert times[0] - changed <= 31
    assert 24 <= times[1] - times[0] <= 36
    assert 24 <= times[2] - times[1] <= 36


def test_a_longer_interval_holds_at_once_too() -> None:
    play = Play(chance=lambda _low, high: high).working(screenshot_interval_seconds=30)
    assert len(picture_times(play, 65)) == 2
    play.obey(screenshot_interval_seconds=600)
    assert picture_times(play, 599) == []
    assert len(picture_times(play, 1)) == 1


@pytest.mark.parametrize("threshold", [60, 300, 1800])
def test_idle_threshold_seconds(threshold: int) -> None:
    play = Play().working(idle_threshold_seconds=threshold)
    play.pass_(5, touched=True)
    play.untouched(threshold - 1)
    assert play.kept(AwayEvent) == []
    play.untouched(60, since=threshold - 1)
    play.tell(End())
    assert play.told == [("Writer", 0, 5), ("idle", 5, threshold + 64)]


def test_a_lower_idle_threshold_holds_at_once() -> None:
    play = Play().working(idle_threshold_seconds=1800)
    play.untouched(100)
    play.obey(idle_threshold_seconds=60)
    play.untouched(1, since=100)
    play.tell(End())
    assert play.told == [("idle", 0, 101)]


def test_max_screenshot_size_mb_and_screenshot_quality() -> None:
    play = Play().working(screenshot_interval_seconds=30, max_screenshot_size_mb=2, screenshot_quality=60)
    play.pass_(31, touched=True)
    play.obey(screenshot_interval_seconds=30, max_screenshot_size_mb=50, screenshot_quality=95)
    play.pass_(40, touched=True)
    first, last = play.orders[0].order, play.orders[-1].order
    assert (first.cap_bytes, first.quality) == (2_000_000, 60)
    assert (last.cap_bytes, last.quality) == (50_000_000, 95)


def counts(play: Play) -> list[int]:
    events = play.kept(InputEvent)
    return [sum(getattr(event, field) for event in events) for field in ("keys", "clicks", "scrolls", "moved_s")]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ({}, [0, 0, 0, 0]),
        ({"enable_keyboard_tracking": True}, [5, 0, 0, 0]),
        ({"enable_mouse_tracking": True}, [0, 3, 2, 1]),
        ({"enable_keyboard_tracking": True, "enable_mouse_tracking": True}, [5, 3, 2, 1]),
    ],
)
def test_enable_keyboard_tracking_and_enable_mouse_tracking(on: dict[str, Value], expected: list[int]) -> None:
    play = Play().working()
    play.pass_(3, touched=True)
    play.tell(Counted(100, 100, 100, 3))
    play.obey(**on)
    play.pass_(3, touched=True)
    play.tell(Counted(5, 3, 2, 1))
    play.pass_(60, touched=True)
    play.obey()
    play.tell(Counted(100, 100, 100, 3))
    play.pass_(60, touched=True)
    play.tell(End())
    assert counts(play) == expected
    assert bool(play.kept(InputEvent)) == any(expected)


def test_enable_idle_detection() -> None:
    play = Play().working(enable_idle_detection=False)
    play.untouched(1000)
    assert play.kept(AwayEvent) == []
    play.obey()
    play.untouched(400, since=1000)
    play.obey(enable_idle_detection=False)
    play.untouched(400, since=1400)
    play.tell(End())
    assert play.told == [("Writer", 0, 1000), ("idle", 1000, 1400), ("Writer", 1400, 1800)]


def test_show_tracker_notification() -> None:
    play = Play().working(show_tracker_notification=False, notification_interval_minutes=5)
    play.pass_(FIVE_MINUTES * 2, touched=True)
    assert play.reminders == []
    play.obey(notification_interval_minutes=5)
    play.pass_(1, touched=True)
    assert len(play.reminders) == 1
    play.obey(show_tracker_notification=False, notification_interval_minutes=5)
    play.pass_(FIVE_MINUTES * 2, touched=True)
    play.tell(End())
    assert len(play.reminders) == 1


def test_notification_interval_minutes() -> None:
    play = Play().working(notification_interval_minutes=5)
    play.pass_(FIVE_MINUTES - 1, touched=True)
    assert len(play.reminders) == 1  # that recording started
    play.pass_(1 + FIVE_MINUTES * 2, touched=True)
    assert len(play.reminders) == 4
    assert play.reminders[-1] == "Recording is on: screenshots, websites, applications, being away."
    play.obey(notification_interval_minutes=10)
    play.pass_(FIVE_MINUTES, touched=True)
    assert len(play.reminders) == 4
    play.obey(notification_interval_minutes=0)
    play.pass_(3600 * 3, touched=True)
    assert len(play.reminders) == 4
    play.tell(End())
    assert play.reminders[-1] == "Recording has stopped."


def test_nobody_is_reminded_while_away_but_on_coming_back() -> None:
    play = Play().working(notification_interval_minutes=5)
    play.untouched(FIVE_MINUTES * 3)
    assert len(play.reminders) == 1
    play.pass_(1, touched=True)
    assert len(play.reminders) == 2


def test_a_new_version_that_changes_nothing_of_this_disturbs_nothing() -> None:
    play = Play(chance=lambda _low, high: high).working(screenshot_interval_seconds=60)
    play.pass_(40, touched=True)
    play.obey(screenshot_interval_seconds=60, config_version=7, config_sync_interval_seconds=5)
    play.obey(screenshot_interval_seconds=60, config_version=8, local_data_retention_days=7)
    play.pass_(18, touched=True)
    assert play.orders == []
    play.pass_(2, touched=True)
    assert len(play.orders) == 1


def test_the_mean_pace_of_screenshots_is_the_interval_and_no_two_waits_are_alike() -> None:
    play = Play().working(screenshot_interval_seconds=60)
    times = picture_times(play, 3 * 3600)
    waits = [after - before for before, after in itertools.pairwise(times)]
    assert statistics.mean(waits) == pytest.approx(60, rel=0.03)
    assert min(waits) >= 50
    assert max(waits) <= 70
    assert statistics.stdev(waits) > 3
