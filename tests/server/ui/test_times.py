"""Moments as people say them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from sundial.server.ui.templatetags import times

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=-20), "just now"),
        (timedelta(seconds=44), "just now"),
        (timedelta(seconds=50), "1 minute ago"),
        (timedelta(minutes=12), "12 minutes ago"),
        (timedelta(minutes=59, seconds=50), "1 hour ago"),
        (timedelta(hours=3), "3 hours ago"),
        (timedelta(hours=13), "yesterday 23:00"),
        (timedelta(days=3), "18 Nov 12:00"),
        (timedelta(days=400), "17 Oct 2025"),
        (timedelta(hours=-2), "today 14:00"),
    ],
)
def test_the_past_is_named_as_people_name_it(passed: timedelta, said: str) -> None:
    assert times.relative(NOON - passed, NOON) == said


def test_the_day_is_the_day_of_the_reader() -> None:
    with timezone.override(ZoneInfo("Asia/Dhaka")):  # 18:00 there
        assert times.relative(NOON - timedelta(hours=19), NOON) == "yesterday 23:00"
        assert times.exact(NOON) == "Saturday 21 November 2026, 18:00:00 +06"


def test_a_moment_carries_its_exact_time_for_machines_and_on_hover() -> None:
    shown = times.when(NOON, style="day")
    assert 'datetime="2026-11-21T12:00:00Z"' in shown
    assert 'title="Saturday 21 November 2026, 12:00:00 UTC"' in shown
    assert "data-when" not in shown
    assert "data-when" in times.when(NOON)


@pytest.mark.parametrize(("style", "said"), [("clock", "12:00:00"), ("minute", "12:00"), ("day", "21 Nov 2026")])
def test_a_moment_is_said_as_exactly_as_the_page_asks(style: str, said: str) -> None:
    # Of another year is the day alone, so that this test is true in any.
    moment = NOON.replace(year=2025) if style == "day" else NOON
    assert times.when(moment, style=style).endswith(f">{said.replace('2026', '2025')}</time>")


def test_what_never_happened_says_so() -> None:
    assert times.when(None) == "never"
    assert times.when(None, "not yet") == "not yet"
    assert times.as_of(None) == ""
