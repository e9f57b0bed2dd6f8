"""Companies counted by day: sums for the owner, who is told of no person."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from sundial.server.activity.models import CompanyDay as Worked
from sundial.server.billing import queries
from sundial.server.billing.jobs import count_companies
from sundial.server.devices.queries.across import agent_numbers
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotAllowed
from sundial.server.lib.scope import acting_for
from tests.cast import Cast, make_person
from tests.server.devices.plays import enrol, report

pytestmark = pytest.mark.usefixtures("own_database")

_ZERO = dict.fromkeys(
    ("away_ms", "private_ms", "paused_ms", "break_ms", "manual_ms", "sessions", "keys", "clicks", "scrolls", "moved_s"),
    0,
)


def worked(cast: Cast, days_ago: int, active_ms: int) -> None:
    """A company's day, as the sums of time have it."""
    company_id, day = cast.company.pk, clock.now().date() - timedelta(days=days_ago)
    with acting_for(company_id), transaction.atomic():
        values = {"worked_ms": active_ms * 2, "active_ms": active_ms, "screenshots": 5, "people": 2, **_ZERO}
        Worked.objects.update_or_create(company_id=company_id, day=day, defaults=values)


def test_the_job_counts_what_each_company_came_to(cast: Cast) -> None:
    now = clock.now()
    device = enrol(cast)
    report(cast.company.pk, device.device_id, last_agent_sync_at=now, app_version="7.1")
    worked(cast, 0, 3_600_000)
    worked(cast, 3, 60_000)
    assert count_companies(timestamp=0) >= 2
    facts = queries.newest(cast.owner.acting)[cast.company.pk]
    assert (facts.active_ms, facts.worked_ms, facts.screenshots, facts.working) == (3_600_000, 7_200_000, 5, 2)
    assert (facts.seats, facts.last_sync_at, facts.versions) == (3, now, {"7.1": 1})
    today = now.date()
    days = queries.days_of(cast.owner.acting, cast.company.pk, since=today - timedelta(days=7), until=today)
    assert [(day.day, day.active_ms) for day in days] == [(today - timedelta(days=3), 60_000), (today, 3_600_000)]


def test_facts_that_come_late_correct_the_day_they_belong_to(cast: Cast) -> None:
    worked(cast, 2, 1000)
    count_companies(timestamp=0)
    worked(cast, 2, 9000)
    count_companies(timestamp=0)
    today = clock.now().date()
    days = queries.days_of(cast.owner.acting, cast.company.pk, since=today - timedelta(days=2), until=today)
    assert [day.active_ms for day in days] == [9000, 0]


def test_who_grows_and_who_stopped_is_told_by_weeks(cast: Cast) -> None:
    worked(cast, 9, 5000)
    count_companies(timestamp=0)
    today = clock.now().date()
    found = queries.growth(cast.owner.acting, today=today)[cast.company.pk]
    assert (found.before_ms, found.active_ms, found.stopped) == (5000, 0, True)
    worked(cast, 1, 1)
    count_companies(timestamp=0)
    assert not queries.growth(cast.owner.acting, today=today)[cast.company.pk].stopped


def test_sums_over_companies_are_the_owner_s(cast: Cast) -> None:
    today = clock.now().date()
    for player in (cast.admin, cast.manager, cast.employee):
        with pytest.raises(NotAllowed):
            queries.newest(player.acting)
        with pytest.raises(NotAllowed):
            queries.platform_days(player.acting, since=today, until=today)
        with pytest.raises(NotAllowed):
            queries.growth(player.acting, today=today)
        with pytest.raises(NotAllowed):
            agent_numbers(player.acting, [cast.company.pk], now=clock.now())
    with pytest.raises(NotAllowed):
        queries.days_of(cast.stranger.acting, cast.company.pk, since=today, until=today)


def test_all_companies_of_a_day_are_added_up(cast: Cast) -> None:
    worked(cast, 0, 10)
    count_companies(timestamp=0)
    today = clock.now().date()
    (day,) = queries.platform_days(cast.owner.acting, since=today, until=today)
    assert day["all_active_ms"] >= 10
    assert day["all_seats"] >= 4


def test_agents_are_counted_like_on_the_company_s_own_page(cast: Cast) -> None:
    now = clock.now()
    make_person(cast.admin, Role.EMPLOYEE, "silent")
    device = enrol(cast)
    numbers = agent_numbers(Acting.system(), [cast.company.pk, cast.other.pk], now=now)
    assert (numbers[cast.company.pk].presence.online, numbers[cast.company.pk].presence.never_synced) == (0, 2)
    report(cast.company.pk, device.device_id, last_agent_sync_at=now, last_seen_at=now)
    numbers = agent_numbers(Acting.system(), [cast.company.pk, cast.other.pk], now=now)
    assert (numbers[cast.company.pk].presence.online, numbers[cast.company.pk].presence.never_synced) == (1, 1)
    later = now + timedelta(hours=1)
    numbers = agent_numbers(Acting.system(), [cast.company.pk], now=later)
    assert (numbers[cast.company.pk].presence.online, numbers[cast.company.pk].presence.offline) == (0, 1)
    assert numbers[cast.company.pk].last_sync_at == now


def test_agents_of_many_companies_are_counted_in_as_many_queries_as_of_one(cast: Cast) -> None:
    now = clock.now()
    with CaptureQueriesContext(connection) as one:
        agent_numbers(cast.owner.acting, [cast.company.pk], now=now)
    with CaptureQueriesContext(connection) as two:
        agent_numbers(cast.owner.acting, [cast.company.pk, cast.other.pk], now=now)
    assert len(one) == len(two)
