"""Alerts are raised and resolved at given moments, once each, and do not flap."""

from sundial.server.alerts.types import PlatformMeasured, Rule, State
from tests.cast import Cast
from tests.server.alerts.plays import (
    DAY,
    HOUR,
    MINUTE,
    is_here,
    laptop,
    look_for,
    shown,
    was_seen,
)

CALM = PlatformMeasured({}, 0, 0.5)


def test_an_agent_that_is_offline_for_long_raises_one_alert_which_goes_when_it_returns(cast: Cast) -> None:
    device, now = laptop(cast), cast.now + 30 * DAY
    was_seen(cast, device, now - 23 * HOUR - 57 * MINUTE)
    assert look_for(cast, now, 4) == [], "a day is not over, or has not held for two minutes"
    (raised,) = look_for(cast, now + 5 * MINUTE, 3)
    (row,) = shown(cast.admin, now + HOUR)
    assert (row.id, row.rule, row.state, row.person, row.unread) == (
        raised,
        Rule.OFFLINE,
        State.OPEN,
        "Employee Player",
        True,
    )
    back = now + HOUR
    is_here(cast, device, back)
    assert look_for(cast, back, 2) == []
    assert shown(cast.admin, back, "open"), "it must be gone for three minutes"
    look_for(cast, back + 3 * MINUTE, 1)
    (row,) = shown(cast.admin, back + 5 * MINUTE)
    assert (row.state, row.resolved_at) == (State.RESOLVED, back + 3 * MINUTE)
    assert not shown(cast.admin, back + 5 * MINUTE, "open")
