"""The rules of alerts: time that counts, places without addresses, and no flapping whatever happens."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundial.server.alerts.rules import Known, Step, browser_of, network_of, step, working_minutes
from sundial.server.alerts.rules.hours import DAYS
from sundial.server.alerts.rules.steps import GONE_FOR, HOLDS_FOR
from sundial.server.alerts.types import Hours, State

MONDAY = datetime(2026, 3, 23, tzinfo=UTC)
OFFICE = dict.fromkeys(DAYS[:5], ("09:00", "17:00"))
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("since", "hours_later", "minutes"),
    [
        (MONDAY + timedelta(hours=10), 2, 120),
        (MONDAY + timedelta(hours=8), 2, 60),
        (MONDAY + timedelta(hours=16), 16, 60),
        (MONDAY + timedelta(hours=16), 24, 480),
        (MONDAY + timedelta(days=4, hours=16), 48, 60),
        (MONDAY, -1, 0),
    ],
)
def test_only_working_hours_count(since: datetime, hours_later: int, minutes: int) -> None:
    assert working_minutes(since, since + timedelta(hours=hours_later), Hours("UTC", OFFICE)) == minutes


def test_without_working_hours_all_time_counts() -> None:
    assert working_minutes(MONDAY, MONDAY + timedelta(days=1), Hours()) == 24 * 60


def test_the_night_in_which_the_clock_is_put_forward_has_an_hour_less() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 3, 29, 0, 0, tzinfo=berlin)
    hours = Hours("Europe/Berlin", {"sun": ("00:00", "06:00")})
    assert working_minutes(start.astimezone(UTC), start.astimezone(UTC) + timedelta(hours=12), hours) == 5 * 60


@given(
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Dhaka", "Pacific/Apia"]),
    since=st.integers(0, 20 * 24 * 60),
    length=st.integers(0, 4 * 24 * 60),
)
def test_it_is_what_counting_minute_by_minute_says(zone: str, since: int, length: int) -> None:
    start = datetime(2026, 3, 20, tzinfo=UTC) + since * MINUTE
    hours = Hours(zone, {"mon": ("08:30", "17:00"), "sun": ("00:00", "12:00"), "fri": ("22:00", "23:59")})
    counted = 0
    for n in range(length):
        local = (start + n * MINUTE).astimezone(ZoneInfo(zone))
        said = hours.days.get(DAYS[local.weekday()])
        counted += bool(said and said[0] <= local.strftime("%H:%M") < said[1])
    assert working_minutes(start, start + length * MINUTE, hours) == pytest.approx(counted)


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("203.0.113.77", "203.0.113.x"),
        ("::ffff:203.0.113.77", "203.0.113.x"),
        ("2001:db8:12:3456::1", "2001:0db8:0012::x"),
        (None, ""),
        ("nonsense", ""),
    ],
)
def test_a_network_is_told_and_never_the_address(ip: str | None, network: str) -> None:
    assert network_of(ip) == network


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iOS"),
        ("curl/8.0", "another program"),
        ("", "another program"),
    ],
)
def test_a_browser_is_known_without_its_version(agent: str, words: str) -> None:
    assert browser_of(agent) == words
    assert browser_of(agent.replace("130.0", "131.0")) == words


@given(st.lists(st.booleans(), max_size=400))
def test_whatever_is_measured_an_alert_is_never_raised_or_resolved_for_less_than_it_has_held(seen: list[bool]) -> None:
    known: Known | None = None
    now, changes = MONDAY, 0
    for holds in seen:
        now += MINUTE
        told = step(known, holds=holds, now=now)
        if told in {Step.RAISE, Step.REOPEN}:
            last = seen[: int((now - MONDAY) / MINUTE)][-int(HOLDS_FOR / MINUTE) :]
            assert all(last)
        if told is Step.RESOLVE:
            last = seen[: int((now - MONDAY) / MINUTE)][-int(GONE_FOR / MINUTE) :]
            assert not any(last)
        known, changed = _after(known, told, now)
        changes += changed
    assert changes <= len(seen) // 4 + 1, "each change takes minutes of quiet before the next"


def _after(known: Known | None, told: Step, now: datetime) -> tuple[Known | None, int]:
    """What the table holds after a step."""
    if told is Step.BEGIN:
        return Known(State.PENDING, None, now), 0
    if told is Step.FORGET or known is None:
        return None, 0
    if told in {Step.RAISE, Step.REOPEN}:
        return Known(State.OPEN, None, known.since), 1
    if told is Step.RESOLVE:
        return Known(State.RESOLVED, None, now), 1
    against = {Step.TURN: now, Step.RETURN: None}.get(told, known.against)
    return Known(known.state, against, known.since), 0
