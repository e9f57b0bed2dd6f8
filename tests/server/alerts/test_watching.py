"""Alerts are raised and resolved at given moments, once each, and do not flap."""

import json
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from sundial.server.activity import actions as activity
from sundial.server.activity.models import WorkSession
from sundial.server.alerts import actions, jobs, queries
from sundial.server.alerts.models import Alert
from sundial.server.alerts.rules import company_readings
from sundial.server.alerts.types import Hours, Measured, PlatformMeasured, Rule, State, Subject, Thresholds
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import Invalid, NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle import actions as lifecycle
from tests.cast import Cast, make_person
from tests.server.alerts.plays import (
    DAY,
    HOUR,
    MINUTE,
    is_here,
    laptop,
    look,
    look_at_platform,
    look_for,
    set_company,
    settle,
    shown,
    was_seen,
)
from tests.server.devices.plays import report

pytestmark = pytest.mark.usefixtures("own_database")

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


def test_a_flapping_agent_raises_one(cast: Cast) -> None:
    device, now = laptop(cast), cast.now + 30 * DAY
    was_seen(cast, device, now - 2 * DAY)
    raised = look_for(cast, now, 5)
    for hour in range(6):  # there for ten minutes, then away for long again, six times
        back = now + 6 * MINUTE + hour * 40 * MINUTE
        is_here(cast, device, back)
        raised += look_for(cast, back, 10)
        was_seen(cast, device, back - 2 * DAY)
        raised += look_for(cast, back + 11 * MINUTE, 10)
    assert len(raised) == 1
    (row,) = shown(cast.admin, now + DAY)
    assert (row.state, row.times) == (State.OPEN, 7)


def test_what_is_there_for_a_moment_is_told_to_nobody(cast: Cast) -> None:
    device, now = laptop(cast), cast.now + 30 * DAY
    for round_ in range(5):
        start = now + round_ * 10 * MINUTE
        was_seen(cast, device, start - 2 * DAY)
        assert look_for(cast, start, 1) == []
        is_here(cast, device, start + 2 * MINUTE)
        assert look_for(cast, start + 2 * MINUTE, 1) == []
    assert shown(cast.admin, now + DAY) == []


def test_what_returns_after_an_hour_is_another_alert(cast: Cast) -> None:
    device, now = laptop(cast), cast.now + 30 * DAY
    was_seen(cast, device, now - 2 * DAY)
    first = look_for(cast, now, 3)
    is_here(cast, device, now + 4 * MINUTE)
    look_for(cast, now + 4 * MINUTE, 4)
    was_seen(cast, device, now - 2 * DAY)
    second = look_for(cast, now + 100 * MINUTE, 3)
    assert len(first) == len(second) == 1
    assert first != second
    assert [row.state for row in shown(cast.admin, now + DAY)] == [State.OPEN, State.RESOLVED]


def test_the_night_does_not_count_where_working_hours_are_set(cast: Cast) -> None:
    set_company(cast, working_hours=json.dumps({day: ["09:00", "17:00"] for day in ("mon", "tue")}), time_zone="UTC")
    device = laptop(cast)
    monday = datetime(2026, 11, 23, 16, tzinfo=UTC)
    was_seen(cast, device, monday)
    assert look_for(cast, monday + 12 * HOUR, 3) == [], "one working hour is over"
    assert look_for(cast, monday + 19 * HOUR + 50 * MINUTE, 5) == [], "not quite four"
    assert len(look_for(cast, monday + 20 * HOUR, 3)) == 1


def test_an_agent_never_heard_of_is_raised_after_days_and_resolved_by_its_first_word(cast: Cast) -> None:
    device = laptop(cast)
    assert look_for(cast, cast.now + DAY, 3) == []
    (raised,) = look_for(cast, cast.now + 2 * DAY, 3)
    (row,) = shown(cast.admin, cast.now + 3 * DAY)
    assert (row.id, row.rule, row.subject_kind, row.subject_id) == (raised, Rule.NEVER_SYNCED, "device", device)
    assert "laptop" in row.text
    is_here(cast, device, cast.now + 3 * DAY)
    look_for(cast, cast.now + 3 * DAY, 4)
    assert shown(cast.admin, cast.now + 3 * DAY, "resolved")


def test_a_policy_that_an_agent_refused_is_raised_and_resolved(cast: Cast) -> None:
    device = laptop(cast)
    is_here(cast, device, cast.now)
    report(cast.company.pk, device, state="rejected", policy_etag="e", policy_version=4, error="bad signature")
    assert len(look_for(cast, cast.now, 3)) == 1
    (row,) = shown(cast.admin, cast.now, "open")
    assert row.rule is Rule.REJECTED
    assert "version 4" in row.text
    assert "bad signature" in row.text
    report(cast.company.pk, device, state="applied")
    look_for(cast, cast.now + 4 * MINUTE, 4)
    assert shown(cast.admin, cast.now, "resolved")


def test_a_session_of_which_nothing_comes_is_raised_and_resolved(cast: Cast) -> None:
    device = laptop(cast)
    with acting_for(cast.company.pk), transaction.atomic():
        row = activity.start_session(
            company_id=cast.company.pk, user_id=cast.employee.id, device_id=device, at=cast.now, now=cast.now
        )
    is_here(cast, device, cast.now)
    assert look_for(cast, cast.now + 55 * MINUTE, 3) == []
    assert len(look_for(cast, cast.now + 61 * MINUTE, 3)) == 1
    (alert,) = shown(cast.manager, cast.now + 70 * MINUTE, rule="silent")
    assert alert.href == f"/sessions/{row.pk}/"
    with acting_for(cast.company.pk), transaction.atomic():
        WorkSession.objects.filter(pk=row.pk).update(last_at=cast.now + 65 * MINUTE)
    look_for(cast, cast.now + 66 * MINUTE, 4)
    assert shown(cast.manager, cast.now + 71 * MINUTE, "resolved", "silent")


def test_limits_are_raised_near_and_let_go_a_little_lower(cast: Cast) -> None:
    def limit(seats: int, at: datetime, minutes: int = 4) -> list[int]:
        set_company(cast, seats_limit=seats)
        return look_for(cast, at, minutes)

    assert limit(4, cast.now) == [], "three of four"
    assert len(limit(3, cast.now + 5 * MINUTE)) == 1
    (row,) = shown(cast.admin, cast.now, "open")
    assert (row.rule, "3 of 3 seats" in row.text) == (Rule.SEATS, True)
    assert shown(cast.manager, cast.now) == [], "it is about nobody of theirs"
    limit(4, cast.now + 10 * MINUTE, 5)
    assert shown(cast.admin, cast.now, "resolved")


@pytest.mark.parametrize(
    ("used", "before", "holds"), [(79, False, False), (80, False, True), (79, True, True), (77, True, False)]
)
def test_a_limit_takes_hold_at_80_and_lets_go_under_78(cast: Cast, used: int, before: bool, holds: bool) -> None:
    measured = Measured(1, Hours(), stored_mb=used, storage_limit_mb=100)
    standing = {Subject(Rule.STORAGE, "company", 0)} if before else set()
    found = company_readings(measured, Thresholds(), standing, cast.now)
    assert bool(found) is holds


def test_what_is_not_measured_this_time_stays_as_it_is(cast: Cast) -> None:
    set_company(cast, storage_limit_mb=1)
    measured = Measured(cast.company.pk, Hours(), stored_mb=1, storage_limit_mb=1)
    for minute in range(4):
        actions.watch_company(measured, now=cast.now + minute * MINUTE)
    assert shown(cast.admin, cast.now, "open", "storage")
    for minute in range(5, 12):
        look(cast, cast.now + minute * MINUTE, with_storage=False)
    assert shown(cast.admin, cast.now, "open", "storage")
    look_for(cast, cast.now + 15 * MINUTE, 4)
    assert shown(cast.admin, cast.now, "resolved", "storage"), "nothing is stored, in truth"


def test_a_trial_that_ends_soon_is_raised_and_resolved_when_it_is_longer(cast: Cast) -> None:
    set_company(cast, status="TRIAL", trial_ends_at=cast.now + 6 * DAY)
    assert len(look_for(cast, cast.now, 3)) == 1
    set_company(cast, trial_ends_at=cast.now + 60 * DAY)
    look_for(cast, cast.now + 5 * MINUTE, 4)
    assert shown(cast.admin, cast.now, "resolved", "trial")


def test_a_rule_that_is_not_wanted_is_not_raised_and_goes_where_it_stood(cast: Cast) -> None:
    was_seen(cast, laptop(cast), cast.now - 3 * DAY)
    assert len(look_for(cast, cast.now, 3)) == 1
    actions.change_thresholds(acting=cast.admin.acting, wanted=Thresholds(off=frozenset({"offline"})), now=cast.now)
    assert look_for(cast, cast.now + 5 * MINUTE, 5) == []
    assert shown(cast.admin, cast.now, "resolved")


def test_somebody_who_is_no_longer_active_raises_nothing(cast: Cast) -> None:
    was_seen(cast, laptop(cast), cast.now - 3 * DAY)
    with acting_for(cast.company.pk):
        lifecycle.deactivate_person(acting=cast.admin.acting, user_id=cast.employee.id, now=cast.now)
    assert look_for(cast, cast.now, 5) == []


# -- the platform --------------------------------------------------------------------------------


def test_the_platform_hears_of_jobs_mails_and_the_disk_and_of_no_person(cast: Cast) -> None:
    settle()
    was_seen(cast, laptop(cast), cast.now - 3 * DAY)
    set_company(cast, seats_limit=3)
    measured = queries.measure_company(cast.company.pk, now=cast.now, with_storage=True)
    trouble = PlatformMeasured({"reports.write": 3}, 2, 0.05)
    raised = look_at_platform(trouble, cast.now, 3, [measured])
    assert len(raised) == 4
    rows = {row.rule: row for row in shown(cast.owner, cast.now)}
    assert set(rows) == {Rule.JOBS, Rule.MAIL, Rule.DISK, Rule.SEATS}
    assert cast.company.name in rows[Rule.SEATS].text
    assert rows[Rule.SEATS].href == f"/owner/company/{cast.company.pk}/"
    assert "reports.write (3)" in rows[Rule.JOBS].text
    html = cast.owner.client.get("/alerts/").content.decode()
    for player in (cast.admin, cast.manager, cast.employee):
        assert player.email not in html
    look_at_platform(PlatformMeasured({}, 0, 0.11), cast.now + 5 * MINUTE, 5)
    assert {row.rule for row in shown(cast.owner, cast.now, "open")} == {Rule.DISK}, "11 % is not yet calm"
    look_at_platform(CALM, cast.now + 15 * MINUTE, 5)
    assert shown(cast.owner, cast.now, "open") == []
    assert [row.id for row in shown(cast.owner, cast.now, search=cast.company.name)] == [rows[Rule.SEATS].id]


def test_the_job_looks_at_every_company_and_at_the_platform(cast: Cast) -> None:
    was_seen(cast, laptop(cast), cast.now - 3 * DAY)
    jobs.watch(0)
    with acting_for(cast.company.pk), transaction.atomic():
        assert Alert.objects.filter(company_id=cast.company.pk, rule=Rule.OFFLINE, state=State.PENDING).count() == 1
    assert shown(cast.admin, cast.now) == [], "a look is not enough"


def test_a_look_at_many_takes_no_more_queries_than_at_one(cast: Cast) -> None:
    was_seen(cast, laptop(cast), cast.now - 3 * DAY)
    with CaptureQueriesContext(connection) as one:
        look_for(cast, cast.now, 2)
    for n in range(3):
        was_seen(cast, laptop(cast, make_person(cast.admin, Role.EMPLOYEE, f"more{n}")), cast.now - 3 * DAY)
    with CaptureQueriesContext(connection) as many:
        look_for(cast, cast.now + 10 * MINUTE, 2)
    assert len(many) <= len(one)


def test_who_may_change_what(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        actions.change_thresholds(acting=cast.manager.acting, wanted=Thresholds(), now=cast.now)
    with pytest.raises(Invalid):
        actions.change_thresholds(acting=cast.admin.acting, wanted=Thresholds(off=frozenset({"disk"})), now=cast.now)
    with pytest.raises(NotFound):
        actions.snooze(acting=cast.stranger.acting, alert_id=1, hours=4, now=cast.now)
    with pytest.raises(NotAllowed):
        queries.unread_count(cast.employee.acting, now=cast.now)
    assert actions.mark_read(acting=cast.stranger.acting, ids=[1, 2, 3], now=cast.now) == 0
