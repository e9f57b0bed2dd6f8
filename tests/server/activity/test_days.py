"""Day sums: made from what was told, again and again the same, and whatever changed is made anew."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction

from sundial.server.activity import actions, jobs, queries
from sundial.server.activity.models import CompanyDay, CompanyHour, Day, DayHour, DayTop, DayUsage, Stale, WorkSession
from sundial.server.activity.types import SpanKind
from sundial.server.companies.models import Company
from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from tests.cast import Cast
from tests.server.activity.plays import begin, day_rows, drained, mark, span

NINE = datetime(2026, 11, 10, 9, tzinfo=UTC)
DAY = date(2026, 11, 10)
MINUTE = 60_000


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def a_day(cast: Cast) -> WorkSession:
    """An hour of work: a pause of ten minutes, five away, five away that were a break, three private."""
    session = begin(cast, at=NINE)
    span(session, NINE, 600, name="editor")
    mark(session, "paused", at(10))
    mark(session, "paused", at(12))
    mark(session, "resumed", at(20))
    span(session, at(20), 300, kind=SpanKind.AWAY, name="idle")
    span(session, at(25), 300, kind=SpanKind.AWAY, name="locked")
    span(session, at(25), 300, kind=SpanKind.AWAY, name="locked", answer="break")
    span(session, at(30), 180, kind=SpanKind.PRIVATE, name="")
    span(session, at(33), 1620, kind=SpanKind.INPUT, name="", keys=100, clicks=10)
    actions.stop_session(company_id=cast.company.pk, user_id=cast.employee.id, session_id=session.pk, now=at(60))
    actions.rebuild_usage(company_id=cast.company.pk, user_id=cast.employee.id, start=NINE, end=at(60))
    return session


def test_a_day_says_what_it_came_to(cast: Cast) -> None:
    a_day(cast)
    drained(cast.company.pk, cast.employee.id, NINE, at(60))
    (day,) = day_rows(cast.company.pk, cast.employee.id)
    assert (day.day, day.sessions, day.first_at, day.last_at) == (DAY, 1, NINE, at(60))
    assert day.worked_ms == 45 * MINUTE
    assert (day.away_ms, day.private_ms, day.active_ms) == (5 * MINUTE, 3 * MINUTE, 37 * MINUTE)
    assert (day.paused_ms, day.break_ms, day.manual_ms) == (10 * MINUTE, 15 * MINUTE, 0)
    assert (day.keys, day.clicks) == (100, 10)


def test_the_company_has_the_same_without_people(cast: Cast) -> None:
    a_day(cast)
    drained(cast.company.pk, cast.employee.id, NINE, at(60))
    with acting_for(cast.company.pk), transaction.atomic():
        (day,) = CompanyDay.objects.all()
        assert (day.day, day.people, day.worked_ms) == (DAY, 1, 45 * MINUTE)
        (hour,), (mine,) = CompanyHour.objects.all(), DayHour.objects.all()
        assert (hour.hour, hour.people, hour.worked_ms, hour.active_ms) == (9, 1, 45 * MINUTE, 37 * MINUTE)
        assert (mine.user_id, mine.worked_ms) == (cast.employee.id, 45 * MINUTE)
        names = {(one.kind, one.name): one.ms for one in DayUsage.objects.all()}
        assert names[SpanKind.APP, "editor"] == 10 * MINUTE
        assert {(one.kind, one.name): (one.ms, one.people) for one in DayTop.objects.all()} == {
            key: (ms, 1) for key, ms in names.items()
        }
        assert not Stale.objects.exists()


def test_a_drain_again_changes_nothing_and_what_is_gone_has_no_row(cast: Cast) -> None:
    session = a_day(cast)
    drained(cast.company.pk, cast.employee.id, NINE, at(60))
    before = [vars(row) for row in day_rows(cast.company.pk, cast.employee.id)]
    drained(cast.company.pk, cast.employee.id, NINE, at(60))
    after = [vars(row) for row in day_rows(cast.company.pk, cast.employee.id)]
    assert [{**row, "_state": 0} for row in before] == [{**row, "_state": 0} for row in after]
    actions.delete_session(acting=cast.admin.acting, session_id=session.pk, reason="a test", now=at(70))
    actions.drain(company_id=cast.company.pk, now=at(70))
    assert day_rows(cast.company.pk, cast.employee.id) == []
    with acting_for(cast.company.pk), transaction.atomic():
        for table in (CompanyDay, CompanyHour, DayHour, DayTop, DayUsage):
            assert not table.objects.exists(), table


def test_another_time_zone_moves_every_day(cast: Cast) -> None:
    a_day(cast)
    drained(cast.company.pk, cast.employee.id, NINE, at(60))
    with acting_for(cast.company.pk), transaction.atomic():
        Company.objects.filter(id=cast.company.pk).update(time_zone="Pacific/Kiritimati")
    assert actions.sum_days(now=at(70)) >= 1
    (day,) = day_rows(cast.company.pk, cast.employee.id)
    assert day.day == date(2026, 11, 10)
    with acting_for(cast.company.pk), transaction.atomic():
        assert [hour.hour for hour in DayHour.objects.all()] == [23]
        Company.objects.filter(id=cast.company.pk).update(time_zone="Pacific/Auckland")
    actions.sum_days(now=at(70))
    with acting_for(cast.company.pk), transaction.atomic():
        assert [hour.hour for hour in DayHour.objects.all()] == [22]


def test_days_that_are_gone_are_made_anew_from_what_was_told(cast: Cast) -> None:
    a_day(cast)
    drained(cast.company.pk, cast.employee.id, NINE, at(60))
    with acting_for(cast.company.pk), transaction.atomic():
        Day.objects.all().delete()
        DayTop.objects.all().delete()
    assert jobs.rebuild_days(cast.company.pk, DAY.isoformat(), DAY.isoformat()) >= 1
    (day,) = day_rows(cast.company.pk, cast.employee.id)
    assert day.worked_ms == 45 * MINUTE
    with acting_for(cast.company.pk), transaction.atomic():
        assert DayTop.objects.exists()


def test_it_is_said_up_to_when_the_sums_stand(cast: Cast) -> None:
    later = clock.now() + timedelta(minutes=5)
    jobs.sum_days(0)
    assert queries.last_drain(cast.company.pk, now=later) == later
    a_day(cast)
    assert queries.last_drain(cast.company.pk, now=later) < later
    assert queries.last_drain(cast.other.pk, now=later) == later
    jobs.sum_days(0)
    assert queries.last_drain(cast.company.pk, now=later) == later


def test_an_open_session_counts_to_its_last_fact_until_more_is_told(cast: Cast) -> None:
    session = begin(cast, at=NINE)
    span(session, NINE, 600)
    drained(cast.company.pk, cast.employee.id, NINE, at(10), now=at(600))
    assert [row.worked_ms for row in day_rows(cast.company.pk, cast.employee.id)] == [10 * MINUTE]
    span(session, at(24 * 60), 600)
    drained(cast.company.pk, cast.employee.id, at(24 * 60), at(24 * 60 + 10))
    rows = day_rows(cast.company.pk, cast.employee.id)
    assert [row.worked_ms for row in rows] == [15 * 60 * MINUTE, (9 * 60 + 10) * MINUTE]


def test_many_workers_at_once_come_to_one_truth(cast: Cast) -> None:
    people = [cast.employee, cast.manager, cast.admin]
    for player in people:
        session = begin(cast, at=NINE, player=player)
        span(session, NINE, 600)
    with acting_for(cast.company.pk), transaction.atomic():
        Stale.objects.bulk_create(
            Stale(company_id=cast.company.pk, user_id=player.id, since=NINE, until=at(10))
            for player in people
            for _n in range(20)
        )

    def work(_n: int) -> None:
        try:
            actions.drain(company_id=cast.company.pk, now=at(20))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(work, range(8)))
    for player in people:
        assert [row.worked_ms for row in day_rows(cast.company.pk, player.id)] == [10 * MINUTE]
    with acting_for(cast.company.pk), transaction.atomic():
        assert not Stale.objects.exists()
        assert [(row.people, row.worked_ms) for row in CompanyDay.objects.all()] == [(3, 30 * MINUTE)]
