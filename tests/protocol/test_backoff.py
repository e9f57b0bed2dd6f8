"""Waits: full jitter, spread, and what a server asks for."""

from datetime import UTC, datetime

import pytest

from sundial.protocol.backoff import Backoff, retry_after, spread

NOW = datetime(2026, 11, 20, 8, 0, 0, tzinfo=UTC)


def longest(_low: float, high: float) -> float:
    return high


def shortest(low: float, _high: float) -> float:
    return low


def test_waits_double_from_one_second_to_a_minute() -> None:
    backoff = Backoff(longest)
    assert [backoff.delay() for _ in range(9)] == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_even_the_first_wait_is_drawn_from_all_of_its_range() -> None:
    assert Backoff(shortest).delay() == 0
    assert Backoff(longest).delay() == 1


def test_a_hundred_failures_do_not_overflow() -> None:
    backoff = Backoff(longest, failures=100_000)
    assert backoff.delay() == 60


def test_only_a_minute_of_health_begins_anew() -> None:
    backoff = Backoff(longest, failures=5)
    backoff.after_health_of(59.9)
    assert backoff.delay() == 32
    backoff.after_health_of(60)
    assert backoff.delay() == 1


def test_a_pace_is_spread_by_a_fifth() -> None:
    assert (spread(300, shortest), spread(300, longest)) == (240, 360)


@pytest.mark.parametrize(
    ("header", "least"),
    [
        ("5", 5),
        (" 120 ", 120),
        ("0", 0),
        ("99999999999999999999", 3600),
        ("Fri, 20 Nov 2026 08:00:30 GMT", 30),
        ("Fri, 20 Nov 2026 07:00:00 GMT", 0),
        ("Fri, 20 Nov 2099 07:00:00 GMT", 3600),
    ],
)
def test_what_the_server_asks_is_the_least_wait(header: str, least: float) -> None:
    assert retry_after(header, NOW, shortest) == least
    assert retry_after(header, NOW, longest) == pytest.approx(least * 1.2)


@pytest.mark.parametrize(
    "header", [None, "", "soon", "-5", "1.5", "٥", "Fri, 99 Nov 2026", "Fri, 20 Nov 2026 08:00:30"]
)
def test_a_header_that_says_nothing_is_none(header: str | None) -> None:
    assert retry_after(header, NOW, longest) is None
