"""Sums of months: made when a month is over, read in place of its days, and always what its days say."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from sundial.server.activity import actions, queries, rules
from sundial.server.activity.actions.keeping import Line, _day_sums
from sundial.server.activity.models import Day, DayZone, Month, MonthHour, MonthUsage, WorkSession
from sundial.server.activity.queries import whole
from sundial.server.activity.types import DataKind, SpanKind
from sundial.server.companies import actions as companies
from sundial.server.companies.models import Company
from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from tests.cast import Cast
from tests.server.activity.plays import begin, drained, span

HOURS = {name: ["09:00", "17:00"] for name in ("mon", "tue", "wed", "thu", "fri")}
MINUTE = 60_000
# Three months before this one, so that they are over whenever this is run.
THIS = rules.month_of(clock.now().date())
LAST = rules.month_of(THIS - timedelta(days=1))
SECOND = rules.month_of(LAST - timedelta(days=1))
FIRST = rules.month_of(SECOND - timedelta(days=1))
DATES = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def work(cast: Cast, day: date, minutes: int, *, at: time = time(9), name: str = "Editor") -> WorkSession:
    """A session of the employee on that day, summed."""
    start = datetime.combine(day, at, UTC)
    end = start + timedelta(minutes=minutes)
    session = begin(cast, at=start)
    span(session, start, minutes * 60, name=name)
    actions.stop_session(company_id=cast.company.pk, user_id=cast.employee.id, session_id=session.pk, now=end)
    actions.rebuild_usage(company_id=cast.company.pk, user_id=cast.employee.id, start=start, end=end)
    drained(cast.company.pk, cast.employee.id, start, end, clock.now())
    return session


def ways(cast: Cast, **values: object) -> None:
    with acting_for(cast.company.pk):
        companies.change_ways(acting=cast.admin.acting, changes=values, now=clock.now())


def months(cast: Cast) -> list[Month]:
    with acting_for(cast.company.pk), transaction.atomic():
        return list(Month.objects.order_by("month"))


def days_of(month: date) -> Mapping[str, date]:
    return {"since": month, "until": rules.month_after(month) - timedelta(days=1)}


@given(DATES, DATES, st.none() | DATES)
def test_whole_months_and_the_days_beside_them_are_all_the_days_once(one: date, other: date, made: date | None) -> None:
    since, until = sorted((one, other))
    found = rules.whole_months(since, until, made.replace(day=1) if made else None)
    in_months = [
        day
        for month in rules.months_of(since, until)
        if found.low <= month < found.high
        for n in range((rules.month_after(month) - month).days)
        if (day := month + timedelta(days=n))
    ]
    everyday = [since + timedelta(days=n) for n in range((until - since).days + 1)]
    beside = [day for day in everyday if day < found.low or day >= found.high]
    assert sorted(in_months + beside) == everyday
    assert not in_months or (made is not None and in_months[-1] < made)


def test_a_month_that_goes_on_has_no_sums_and_one_that_is_over_has(cast: Cast) -> None:
    work(cast, LAST.replace(day=12), 60)
    work(cast, clock.now().date(), 1, at=time(0))
    (row,) = months(cast)
    assert (row.month, row.days, row.worked_s, row.active_s) == (LAST, 1, 3600, 3600)
    assert (row.first_day, row.timed, row.came_s, row.went_s) == (LAST.replace(day=12), 1, 9 * 3600, 10 * 3600)
    actions.drain(company_id=cast.company.pk, now=datetime.combine(rules.month_after(THIS), time(1), UTC))
    assert [one.month for one in months(cast)] == [LAST, THIS]


def test_what_comes_late_or_goes_away_changes_a_month_that_is_over(cast: Cast) -> None:
    work(cast, FIRST.replace(day=3), 60)
    late = work(cast, FIRST.replace(day=4), 30, name="Browser")
    (row,) = months(cast)
    assert (row.days, row.worked_s) == (2, 5400)
    actions.delete_session(acting=cast.admin.acting, session_id=late.pk, reason="a test", now=clock.now())
    actions.drain(company_id=cast.company.pk, now=clock.now())
    (row,) = months(cast)
    assert (row.days, row.worked_s) == (1, 3600)
    with acting_for(cast.company.pk), transaction.atomic():
        assert list(MonthUsage.objects.values_list("name", "ms", "seconds", "days")) == [("Editor", 3600_000, 3600, 1)]


def test_reports_read_months_and_say_what_days_say(cast: Cast) -> None:
    for day in (FIRST.replace(day=2), SECOND.replace(day=5), LAST.replace(day=20)):
        work(cast, day, 45, name="Editor")
        work(cast, day + timedelta(days=1), 30, name="Browser", at=time(9, 6))
    ways(cast, working_hours=HOURS)
    actions.drain(company_id=cast.company.pk, now=clock.now())
    since, until = FIRST.replace(day=3), LAST.replace(day=20)

    def said() -> tuple[object, ...]:
        them = {"since": since, "until": until}
        mine = {**them, "user_ids": [cast.employee.id]}
        used = {**them, "kind": SpanKind.APP}
        return (
            whole.totals(cast.admin.acting, **them),
            whole.totals(cast.admin.acting, **mine),
            whole.names(cast.admin.acting, kind=SpanKind.APP, **mine),
            whole.hours(cast.admin.acting, **mine),
            whole.arrivals(cast.admin.acting, before=clock.now().date(), **them),
            queries.top_of_days(cast.manager.acting, user_id=cast.employee.id, **used),
            queries.people_of_name(cast.admin.acting, name="Browser", **used),
            queries.trend_by_month(cast.manager.acting, user_id=cast.employee.id, **used),
        )

    with CaptureQueriesContext(connection) as seen:
        by_months = said()
    asked = " ".join(one["sql"] for one in seen.captured_queries)
    assert all(table in asked for table in ("activity_month ", "activity_monthusage", "activity_monthhour"))
    with acting_for(cast.company.pk), transaction.atomic():
        Month.objects.all().delete()
        MonthUsage.objects.all().delete()
        MonthHour.objects.all().delete()
        DayZone.objects.update(months_until=None)
    assert said() == by_months
    assert by_months[0].whole.worked == (2 * 45 + 3 * 30) * 60 - 30 * 60
    (mine,) = queries.people_of_name(cast.admin.acting, kind=SpanKind.APP, name="Browser", since=since, until=until)
    assert (mine.user_id, mine.ms, mine.days) == (cast.employee.id, 3 * 30 * MINUTE - 30 * MINUTE, 2)


def test_who_is_late_follows_the_hours_of_the_company(cast: Cast) -> None:
    monday = next(day for n in range(7) if (day := LAST.replace(day=8) + timedelta(days=n)).weekday() == 0)
    work(cast, monday, 60, at=time(9, 5))
    work(cast, monday + timedelta(days=1), 60, at=time(9, 6))
    asked = {**days_of(LAST), "before": clock.now().date()}
    assert whole.arrivals(cast.admin.acting, **asked)[cast.employee.id].present == 0
    ways(cast, working_hours=HOURS)
    before = whole.arrivals(cast.admin.acting, **asked)[cast.employee.id]
    assert (before.present, before.late) == (2, 1), "counted by days until the months know the hours"
    assert months(cast)[0].late == 0
    actions.drain(company_id=cast.company.pk, now=clock.now())
    assert months(cast)[0].late == 1
    assert whole.arrivals(cast.admin.acting, **asked)[cast.employee.id] == before


@pytest.mark.parametrize(
    ("pair", "limit"),
    [
        (["09:00", "17:00"], 32_700_000),
        (["23:58", "23:59"], 86_400_000),
        (["x", "17:00"], rules.FREE),
        ([], rules.FREE),
        (3, rules.FREE),
        (None, rules.FREE),
    ],
)
def test_late_is_five_minutes_after_the_working_day_begins(pair: object, limit: int) -> None:
    assert rules.late_after({"tue": pair}) == [rules.FREE, limit, *[rules.FREE] * 5]


def test_a_month_of_which_days_went_is_what_is_left_of_it(cast: Cast) -> None:
    work(cast, FIRST.replace(day=9), 10)
    work(cast, SECOND.replace(day=9), 20)
    work(cast, SECOND.replace(day=21), 30)
    before = SECOND.replace(day=15)
    line = Line(cast.company.pk, DataKind.SUMS, before, datetime.combine(before, time(), UTC))
    with acting_for(cast.company.pk), transaction.atomic():
        while _day_sums(line):
            pass
        assert list(Day.objects.values_list("day", flat=True)) == [SECOND.replace(day=21)]
        assert list(MonthUsage.objects.values_list("month", "seconds")) == [(SECOND, 1800)]
        assert list(MonthHour.objects.values_list("month", "weekday", "seconds")) == [
            (SECOND, SECOND.replace(day=21).weekday(), 1800)
        ]
    (row,) = months(cast)
    assert (row.month, row.days, row.worked_s) == (SECOND, 1, 1800)


def test_another_time_zone_moves_what_lies_at_the_end_of_a_month(cast: Cast) -> None:
    work(cast, LAST - timedelta(days=1), 60, at=time(22))
    assert [one.month for one in months(cast)] == [SECOND]
    with acting_for(cast.company.pk), transaction.atomic():
        Company.objects.filter(id=cast.company.pk).update(time_zone="Asia/Tokyo")
    actions.sum_days(now=clock.now())
    (row,) = months(cast)
    assert (row.month, row.came_s) == (LAST, 7 * 3600)
