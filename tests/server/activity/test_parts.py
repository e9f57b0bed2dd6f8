"""The rules of time, without a database: sets of milliseconds, what they come to, days and hours of any zone."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundial.server.activity.rules.days import QUARTER, hours_of, window
from sundial.server.activity.rules.parts import Told, by_hour, parts_of, spells, tasks_between
from sundial.server.activity.rules.ranges import Range, Ranges, at_ms, clip, length, minus, union, within

HOUR = 4 * QUARTER
pairs = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6)


def points(parts: Ranges | list[Range]) -> set[int]:
    return {point for start, end in parts for point in range(start, end)}


@given(pairs, pairs, st.integers(0, 40), st.integers(0, 40))
def test_sets_of_time_are_sets_of_their_moments(one: list[Range], two: list[Range], low: int, high: int) -> None:
    a, b = union(one), union(two)
    assert (points(a), points(b)) == (points(one), points(two))
    assert points(within(a, b)) == points(a) & points(b)
    assert points(minus(a, b)) == points(a) - points(b)
    assert points(clip(a, low, high)) == {point for point in points(a) if low <= point < high}
    assert length(a) == len(points(a))
    for found in (a, within(a, b), minus(a, b), clip(a, low, high)):
        assert list(found) == sorted(found)
        assert all(start < end for start, end in found)


@given(
    pairs, pairs, pairs, pairs, pairs, st.lists(st.sampled_from(["keep", "break", "discard", "meeting"]), max_size=6)
)
def test_what_is_worked_is_active_or_away_or_private_and_a_break_is_never_worked(
    sessions: list[Range],
    pauses: list[Range],
    away: list[Range],
    private: list[Range],
    manual: list[Range],
    said: list[str],
) -> None:
    answers = [(start, end, words) for (start, end), words in zip(away, said, strict=False)]
    parts = parts_of(Told(sessions, pauses, away, private, answers, manual))
    three = [points(parts.active), points(parts.away), points(parts.private)]
    assert set().union(*three) == points(parts.worked)
    assert sum(map(len, three)) == length(parts.worked)
    assert not points(parts.rest) & points(parts.worked)
    assert points(parts.tracked) | points(parts.manual) == points(parts.worked)
    assert not points(parts.tracked) & points(parts.manual)
    assert points(parts.worked) >= points(manual)


def test_each_going_on_names_the_task_anew_and_a_start_that_was_never_told_names_none() -> None:
    nine = datetime(2026, 11, 10, 9, tzinfo=UTC)

    def at(minutes: int) -> datetime:
        return nine + timedelta(minutes=minutes)

    low, high = at_ms(nine), at_ms(at(60))
    told = [(at(0), "started", 7), (at(10), "paused", None), (at(20), "resumed", 8), (at(30), "resumed", None)]
    minute = 60_000
    assert spells(told, low, high) == [(low, low + 20 * minute, 7), (low + 20 * minute, low + 30 * minute, 8)]
    assert spells([], low, high) == []
    assert spells([(at(-5), "started", 7)], low, high) == [(low, high, 7)]
    facts = Told(sessions=[(low, high)], pauses=[(low, low + 5 * minute)], tasks=[(low, low + 20 * minute, 7)])
    assert tasks_between(facts, parts_of(facts), low, high) == {7: 15 * minute}


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("UTC", date(2026, 11, 10), 24),
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("Asia/Kolkata", date(2026, 11, 10), 24),
    ],
)
def test_a_day_has_the_hours_of_its_wall(zone: str, day: date, hours: float) -> None:
    low, high = window(day, zone)
    assert (high - low) / HOUR == hours
    cut = hours_of(day, zone)
    assert (cut[0][0], cut[-1][1]) == (low, high)
    assert sum(end - start for start, end, _hour in cut) == high - low
    whole = parts_of(Told(sessions=[(low, high)]))
    assert sum(worked for worked, _active in by_hour(whole, day, zone).values()) == high - low


def test_an_hour_that_the_clock_repeats_is_one() -> None:
    day = date(2026, 11, 1)
    low, high = window(day, "America/New_York")
    whole = parts_of(Told(sessions=[(low, high)]))
    assert by_hour(whole, day, "America/New_York")[1] == (2 * HOUR, 2 * HOUR)
    skipped = date(2026, 3, 8)
    low, high = window(skipped, "America/New_York")
    assert 2 not in by_hour(parts_of(Told(sessions=[(low, high)])), skipped, "America/New_York")
