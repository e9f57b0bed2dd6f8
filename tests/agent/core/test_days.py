"""Local days: what was worked on each, over midnight and when clocks are put forward and back."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sundial.agent.core.records import End, Pause, Resume, Worked
from tests.agent.core.play import Play, instant, length


def offset_in(zone: str, instant: datetime) -> int:
    offset = instant.astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None
    return int(offset.total_seconds() // 60)


def worked(play: Play) -> dict[date, float]:
    sums: dict[date, float] = {}
    for one in play.of(Worked):
        sums[one.day] = sums.get(one.day, 0) + one.ms / 1000
    return sums


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("Europe/Berlin", "2026-11-20T23:00:00Z"),
        ("Asia/Kathmandu", "2026-11-20T18:15:00Z"),
        ("America/St_Johns", "2026-11-21T03:30:00Z"),
        ("Pacific/Kiritimati", "2026-11-20T10:00:00Z"),
    ],
)
def test_work_over_midnight_belongs_to_both_days(zone: str, midnight: str) -> None:
    edge = instant(midnight.replace("Z", "+00:00"))
    play = Play(now=edge - timedelta(seconds=40), zone_offset=lambda at: offset_in(zone, at)).working()
    play.pass_(100, touched=True)
    play.tell(End())
    day = edge.astimezone(ZoneInfo(zone)).date()
    assert worked(play) == {day - timedelta(days=1): 40, day: 60}
    assert any(instant(tile.end) == edge for tile in play.tiles)


def test_midnight_of_an_odd_zone_cuts_although_no_quarter_of_an_hour_does() -> None:
    play = Play(now=datetime(2026, 11, 20, 23, 52, 30, tzinfo=UTC), zone_offset=lambda _at: 7).working()
    play.pass_(60, touched=True)
    play.tell(End())
    assert worked(play) == {date(2026, 11, 20): 30, date(2026, 11, 21): 30}


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [("2026-03-29T01:00:00+00:00", 60, 120), ("2026-10-25T01:00:00+00:00", 120, 60)],
)
def test_when_clocks_are_put_forward_or_back_no_hour_is_won_or_lost(change: str, before: int, after: int) -> None:
    edge = instant(change)
    play = Play(now=edge - timedelta(minutes=1), zone_offset=lambda at: offset_in("Europe/Berlin", at)).working()
    play.pass_(120, touched=True)
    play.tell(End())
    assert worked(play) == {edge.date(): 120}
    assert length(play.tiles) == 120
    for tile in play.tiles:
        assert tile.tz_offset_min == (before if instant(tile.start) < edge else after)
        assert instant(tile.end) <= edge or instant(tile.start) >= edge


def test_the_time_today_goes_on_with_every_second_and_stands_still_in_a_pause() -> None:
    play = Play().working()
    seen = []
    for step in ("work", "pause", "work"):
        if step == "pause":
            play.tell(Pause())
        for _ in range(100):
            play.pass_(1, touched=True)
            seen.append(play.worked_s + play.recorder.worked_ms(play.moment) / 1000)
        if step == "pause":
            play.tell(Resume())
    assert seen == [*range(1, 101), *[100] * 100, *range(101, 201)]


def test_between_two_ticks_the_time_today_goes_on_too() -> None:
    play = Play().working()
    play.pass_(3)
    play.go(0.5)
    assert play.recorder.worked_ms(play.moment) == 3500


def test_after_midnight_only_the_new_day_is_today() -> None:
    play = Play(now=datetime(2026, 11, 20, 23, 59, 50, tzinfo=UTC)).working()
    play.untouched(25)  # nobody touched anything, so nothing is kept yet
    assert play.recorder.worked_ms(play.moment) == 15_000
