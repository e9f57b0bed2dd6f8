"""A day drawn to scale, and words and lengths that come from outside."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone

from sundial.server.ui import rules
from sundial.server.ui.types import Bar, Lane, Pin, Timeline

EIGHT = datetime(2026, 11, 21, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = (EIGHT.replace(hour=0), EIGHT.replace(hour=0) + 24 * HOUR)


def drawn(day: Timeline) -> str:
    source = '{% load timelines %}{% timeline day "A day" %}'
    return Template(source).render(Context({"day": day}))


def test_a_bar_lies_where_its_time_lies() -> None:
    bar = Bar(EIGHT + HOUR, EIGHT + 3 * HOUR, "Editor", "report", "3")
    html = drawn(
        Timeline(EIGHT, EIGHT + 8 * HOUR, (Lane("apps", "Applications", "2:00:00", (bar,)),), EIGHT + 4 * HOUR)
    )
    assert re.search(r'x="12.5%" width="25.0%"[^>]*data-hue="3"', html)
    assert 'aria-label="Editor, report, 09:00:00 – 11:00:00, 2 h"' in html
    assert 'class="timeline-now" x1="50.0%"' in html
    assert "style=" not in html


def test_numbers_are_those_of_svg_in_every_language() -> None:
    bar = Bar(EIGHT + HOUR, EIGHT + 3 * HOUR, "Editor")
    with timezone.override("Europe/Berlin"):
        from_there = drawn(Timeline(EIGHT, EIGHT + 8 * HOUR, (Lane("apps", "A", "", (bar,)),)))
    assert 'x="12.5%"' in from_there
    assert ">10:00<" in from_there


def test_hostile_labels_are_text_in_every_attribute() -> None:
    words = '"><script>alert(1)</script>\u202e'
    lane = Lane("apps", words, words, (Bar(EIGHT, EIGHT + HOUR, words, words),), (Pin(EIGHT, words, "/x/", "/t/"),))
    html = drawn(Timeline(EIGHT, EIGHT + 8 * HOUR, (lane,)))
    assert "<script>" not in html
    bar = re.search(r'<rect class="timeline-bar"[^>]*>', html)
    assert bar
    assert "\u202e" not in bar[0]


def test_the_window_is_whole_hours_around_what_there_is_and_never_too_small() -> None:
    low, high = rules.window([EIGHT + HOUR / 2, EIGHT + 9.2 * HOUR], DAY, UTC)
    assert (low, high) == (EIGHT, EIGHT + 10 * HOUR)
    low, high = rules.window([EIGHT, EIGHT], DAY, UTC)
    assert high - low == 6 * HOUR
    assert rules.window([DAY[0], DAY[1]], DAY, UTC) == DAY
    assert rules.window([], DAY, UTC) == DAY
    late = rules.window([DAY[1] - HOUR / 2], DAY, UTC)
    assert late == (DAY[1] - 6 * HOUR, DAY[1])


def test_a_day_of_25_hours_names_each_hour_where_it_is() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start, end = datetime(2026, 10, 25, 0, tzinfo=berlin), datetime(2026, 10, 26, 0, tzinfo=berlin)
    begin, over = start.astimezone(UTC), end.astimezone(UTC)
    named = [one.astimezone(berlin).hour for one in rules.ticks(begin, over, berlin)]
    assert named[0] == 0
    assert all(hour % 3 == 0 for hour in named)
    assert rules.share(begin + 12.5 * HOUR, begin, over) == 50.0


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0:00:00"), (59.999, "0:00:59"), (3600, "1:00:00"), (90061, "25:01:01"), (-5, "0:00:00")]
)
def test_lengths_are_to_the_second_and_never_rounded_up(seconds: float, said: str) -> None:
    assert rules.clock_length(seconds) == said


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("a\x00b\nc", "a b c"),
        ("\u202egnp.exe", "gnp.exe"),
        ("\u2066a\u2069 \u200eb", "a b"),
        ("বাংলা ক্\u200dষ", "বাংলা ক্\u200dষ"),
        ("x" * 30, "x" * 19 + "…"),
        ("", ""),
    ],
)
def test_words_from_outside_stay_on_one_line_and_turn_nothing(words: str, shown: str) -> None:
    assert rules.plain(words, 20) == shown


def test_words_of_ten_kilobytes_are_cut_everywhere() -> None:
    html = Template("{% load lengths %}{% words w 50 %}{{ w|plainly:40 }}").render(Context({"w": "y" * 10_000}))
    assert len(html) < 900
    assert "<bdi" in html


def test_a_length_is_told_to_machines_and_in_words() -> None:
    html = Template("{% load lengths %}{% length 27125 %}{% length none %}").render(Context({"none": None}))
    assert html == '<time class="length" datetime="PT27125S" title="7 h 32 min 5 s">7:32:05</time>–'
