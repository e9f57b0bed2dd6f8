"""A session left open: it goes on after a short absence, else it ended when it was last seen."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from sundial.agent.core.resuming import Closed, OpenSession, Resumed, resume_or_close
from sundial.protocol import codec
from sundial.protocol.events import SessionEvent

BEGIN = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
SESSION = "0193a5d0-7c00-7000-8000-00000000a001"
EID = "0193a5d0-7c00-7000-8000-000000000009"
SEEN = BEGIN + timedelta(minutes=42, milliseconds=5)
LEFT = OpenSession(SESSION, "Invoices", BEGIN, SEEN, False, "boot-1", 2520005, 360)


@pytest.mark.parametrize("seconds", [0, 1, 599, -1, -599])
def test_after_a_short_absence_it_goes_on(seconds: int) -> None:
    assert resume_or_close(LEFT, SEEN + timedelta(seconds=seconds), "boot-1", EID) == Resumed(LEFT)


@pytest.mark.parametrize("seconds", [600, 601, 86400, -600, -86400, 365 * 86400])
def test_after_a_long_one_or_by_a_wrong_clock_it_ended_when_it_was_last_seen(seconds: int) -> None:
    closed = resume_or_close(LEFT, SEEN + timedelta(seconds=seconds), "boot-1", EID)
    assert isinstance(closed, Closed)
    event = closed.event
    assert (event.eid, event.session, event.state, event.reason) == (EID, SESSION, "stopped", "crash")
    assert (event.start, event.end) == ("2026-11-20T08:42:00.005Z", "2026-11-20T08:42:00.005Z")
    assert (event.mono_ms, event.boot_id, event.tz_offset_min) == (2520005, "boot-1", 360)
    assert codec.decode(SessionEvent, codec.encode(event)) == event


def test_a_start_of_the_machine_ends_it_however_short() -> None:
    assert isinstance(resume_or_close(LEFT, SEEN, "boot-2", EID), Closed)


def test_another_zone_is_the_same_moment() -> None:
    there = timezone(timedelta(hours=6))
    left = OpenSession(SESSION, "", BEGIN, SEEN.astimezone(there), True, "boot-1")
    closed = resume_or_close(left, SEEN + timedelta(hours=1), "boot-1", EID)
    assert isinstance(closed, Closed)
    assert closed.event.end == "2026-11-20T08:42:00.005Z"
