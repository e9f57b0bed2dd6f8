"""Sums of months follow those of days: made anew with them, in the same transaction, once their month is over.

A month that goes on has none, so that a day of work costs nothing here. When it is over the worker makes it, of
everyone, and says so in `months_until`; whoever sums days holds that word until the commit, so that none is missed.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from sundial.server.activity import rules
from sundial.server.activity.actions.company_sums import ADDED, IN_SECONDS
from sundial.server.activity.actions.replacing import replacing
from sundial.server.activity.models import Day, DayZone
from sundial.server.activity.queries.made import Made, made_of
from sundial.server.activity.queries.whole import WEEKDAY
from sundial.server.companies import queries as companies

PEOPLE_AT_ONCE = 250


def standing(company_id: int) -> Made:
    """Up to which month there are sums, held until the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM activity_dayzone WHERE company_id = %s FOR SHARE", [company_id])
    return made_of(company_id)


def sum_months(company_id: int, made: Made, windows: Iterable[tuple[int, date, date]]) -> None:
    """Make the months anew in which these days of these people lie, as far as they are over."""
    if made.months_until is None:
        return
    places = {
        (user_id, month)
        for user_id, first, last in windows
        for month in rules.months_of(first, last)
        if month < made.months_until
    }
    if places:
        _write(company_id, made.late_after, sorted(places))


def follow_months(company_id: int, zone: str, now: datetime) -> None:
    """Make the months that are over by now and have no sums yet, each in a transaction of its own; in its scope."""
    this = rules.month_of(rules.local_day(now, zone))
    hours = rules.late_after(companies.company(company_id).working_hours)
    going_on = True
    while going_on:
        with transaction.atomic():
            going_on = _follow(company_id, this, hours)


def sum_everyone(company_id: int, months: Sequence[date], late_after: list[int]) -> None:
    """Make these months of everyone anew; who calls holds the word on months."""
    for month in months:
        days = Day.objects.filter(day__gte=month, day__lt=rules.month_after(month)).order_by()
        people = sorted(set(days.values_list("user_id", flat=True)))
        for at in range(0, len(people), PEOPLE_AT_ONCE):
            _write(company_id, late_after, [(user_id, month) for user_id in people[at : at + PEOPLE_AT_ONCE]])


def _follow(company_id: int, this: date, hours: list[int]) -> bool:
    """One step: other hours, or one month; whether there is more to do."""
    row = DayZone.objects.select_for_update().get(company_id=company_id)
    if row.late_after != hours:
        _count_late(company_id, hours)
        row.late_after = hours
    month = row.months_until or rules.month_of(_first_day() or this)
    if month < this:
        sum_everyone(company_id, [month], hours)
        month = rules.month_after(month)
    row.months_until = month
    row.save(update_fields=["months_until", "late_after"])
    return month < this


def _first_day() -> date | None:
    first: date | None = Day.objects.order_by("day").values_list("day", flat=True).first()
    return first


def _write(company_id: int, late_after: list[int], places: Sequence[tuple[int, date]]) -> None:
    values: dict[str, Any] = {
        "company": company_id,
        "users": [user_id for user_id, _month in places],
        "months": [month for _user_id, month in places],
        "late_after": late_after,
    }
    with connection.cursor() as cursor:
        for statement in (_MONTHS, _USAGE, _HOURS):
            cursor.execute(statement, values)


def _count_late(company_id: int, late_after: list[int]) -> None:
    """Who was too late by other hours, in every month there is."""
    with connection.cursor() as cursor:
        cursor.execute(_LATE, {"company": company_id, "late_after": late_after})


_PLACES = """place AS MATERIALIZED (
        SELECT * FROM unnest(%(users)s::bigint[], %(months)s::date[]) AS place(user_id, month)
    )"""
_TOUCHED = "(t.user_id, t.month) IN (SELECT user_id, month FROM place)"
_DAYS = """d.company_id = %(company)s AND d.user_id = place.user_id
            AND d.day >= place.month AND d.day < (place.month + interval '1 month')::date"""
_WEEKDAY = "extract(isodow FROM day)::integer"
_IS_LATE = f"came_ms > (%(late_after)s::integer[])[{_WEEKDAY}]"
_ON_WEEKDAYS = ", ".join(f"count(*) FILTER (WHERE {_WEEKDAY} = {n})" for n in range(1, 8))
_MONTHS = replacing(
    "activity_month",
    ("user_id", "month"),
    ("days", *IN_SECONDS, "first_day", "sessions", "timed", "came_s", "went_s", "on_weekdays", "late"),
    touched=_TOUCHED,
    given=_PLACES,
    fresh=f"""SELECT place.user_id, month, count(*) AS days, {ADDED}, min(day) AS first_day, sum(sessions) AS sessions,
            count(came_ms) AS timed, coalesce(sum(came_ms / 1000), 0) AS came_s,
            coalesce(sum(went_ms / 1000), 0) AS went_s, ARRAY[{_ON_WEEKDAYS}]::smallint[] AS on_weekdays,
            count(*) FILTER (WHERE {_IS_LATE}) AS late
        FROM place JOIN activity_day d ON {_DAYS} GROUP BY 1, 2""",
)
# Both looked up month by month: OFFSET keeps the planner from going through all there is of a person for each.
_USAGE = replacing(
    "activity_monthusage",
    ("user_id", "month", "kind", "name"),
    ("ms", "seconds", "days"),
    touched=_TOUCHED,
    given=_PLACES,
    fresh=f"""SELECT user_id, month, kind, name, sum(ms)::bigint AS ms, sum(ms / 1000)::integer AS seconds,
            count(*) AS days
        FROM place, LATERAL (SELECT kind, name, ms FROM activity_dayusage d WHERE {_DAYS} OFFSET 0) used
        GROUP BY 1, 2, 3, 4""",
)
_HOURS = replacing(
    "activity_monthhour",
    ("user_id", "month", "weekday", "hour"),
    ("seconds",),
    touched=_TOUCHED,
    given=_PLACES,
    fresh=f"""SELECT user_id, month, {WEEKDAY}::smallint AS weekday, hour, sum(worked_ms / 1000)::integer AS seconds
        FROM place, LATERAL (SELECT day, hour, worked_ms FROM activity_dayhour d WHERE {_DAYS} OFFSET 0) worked
        GROUP BY 1, 2, 3, 4""",
)
_LATE = f"""
    UPDATE activity_month m SET late = coalesce(d.late, 0)
    FROM activity_month o LEFT JOIN (
        SELECT user_id, date_trunc('month', day)::date AS month, count(*) AS late FROM activity_day
        WHERE company_id = %(company)s AND {_IS_LATE} GROUP BY 1, 2
    ) d USING (user_id, month)
    WHERE o.company_id = %(company)s AND m.company_id = o.company_id AND m.user_id = o.user_id AND m.month = o.month
      AND m.late <> coalesce(d.late, 0)
"""
