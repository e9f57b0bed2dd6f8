"""Day sums in whole seconds, as reports add them up.

A person's day counts in whole seconds, cut as its own page shows it; what was at the computer is the rest of what was
worked. Every other figure is a sum of these, so that parts always add up to the total beside them. Months that are over
and lie whole in what is asked are read from their own sums, which are those of their days.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from django.db import connection, transaction

from sundial.server.activity import rules
from sundial.server.activity.queries.made import Made, made_of
from sundial.server.activity.queries.visible import company_of
from sundial.server.activity.types import SpanKind
from sundial.server.companies import queries as companies
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotFound
from sundial.server.lib.scope import acting_for


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of some days; `days` is on how many days of persons something was recorded."""

    days: int = 0
    worked: int = 0
    active: int = 0
    away: int = 0
    private: int = 0
    breaks: int = 0
    manual: int = 0
    sessions: int = 0


@dataclass(frozen=True, slots=True)
class SpentDay:
    """One person's day; without a session, such as a day of manual time alone, it has no first and last."""

    user_id: int
    day: date
    spent: Spent
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Totals:
    """The same days summed three ways: by person, by day, and as a whole."""

    by_person: dict[int, Spent]
    by_day: dict[date, Spent]
    whole: Spent
    first_days: dict[int, date]  # of each person, the first of these days on which something was recorded


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How one person came and went: `present` and `late` count working days only, `first` and `last` are averages."""

    present: int
    before: int  # of them those before a certain day
    late: int
    days: int
    first: int | None  # seconds after midnight
    last: int | None


# A day's seconds fit into int: sums of int are several times as fast as sums of bigint.
_SECONDS = """
  (worked_ms / 1000)::int, (worked_ms / 1000 - away_ms / 1000 - private_ms / 1000)::int, (away_ms / 1000)::int,
  (private_ms / 1000)::int, (break_ms / 1000)::int, (manual_ms / 1000)::int, sessions
"""
_KEPT = "days, worked_s, active_s, away_s, private_s, break_s, manual_s, sessions"
_ADDED = ", ".join(f"sum({name})" for name in _KEPT.split(", "))
WEEKDAY = "mod(day - DATE '1900-01-01', 7)"  # Monday is 0
_COMPANY = "WHERE company_id = %(company)s"
_OF = f"{_COMPANY} AND day BETWEEN %(since)s AND %(until)s"
_THESE = " AND user_id = ANY(%(ids)s)"
# Whole months, and the days before and after them; `low` and `high` are the borders between.
_IN_MONTHS = f"{_COMPANY} AND month >= %(low)s AND month < %(high)s{{these}}"
_BESIDE = f"""{_COMPANY} AND (
    day BETWEEN %(since)s AND %(low)s - 1 OR day BETWEEN greatest(%(since)s, %(high)s) AND %(until)s){{these}}"""
_PERSONS = f"""(
    SELECT user_id, first_day AS day, {_KEPT} FROM activity_month {_IN_MONTHS}
    UNION ALL SELECT user_id, day, 1, {_SECONDS} FROM activity_day {_BESIDE}
) parts"""
_DAYS = f"(SELECT day, 1, {_SECONDS} FROM activity_day {_OF}{{these}}) parts (day, {_KEPT})"


def totals(acting: Acting, *, since: date, until: date, user_ids: Collection[int] | None = None) -> Totals:
    """What these people, or all whom `acting` may see, spent from one day to another, both included."""
    sql = f"SELECT user_id, min(day), {_ADDED} FROM {_PERSONS} GROUP BY user_id"
    by_person, first_days = {}, {}
    for user_id, first, *parts in _rows(acting, sql, user_ids, since=since, until=until):
        by_person[user_id], first_days[user_id] = Spent(*parts), first
    by_day = totals_by_day(acting, since=since, until=until, user_ids=user_ids).by_day
    return Totals(by_person, by_day, added(by_person.values()), first_days)


_FIELDS = attrgetter(*(field.name for field in fields(Spent)))


def added(found: Iterable[Spent]) -> Spent:
    """All of them together."""
    columns = zip(*map(_FIELDS, found), strict=True)
    return Spent(*map(sum, columns))


def totals_by_day(acting: Acting, *, since: date, until: date, user_ids: Collection[int] | None = None) -> Totals:
    """The same without its sums by person; of the whole company from its own days."""
    sql = f"SELECT day, {_ADDED} FROM {_DAYS} GROUP BY day"
    if _whole_company(acting, user_ids):
        sql = f"SELECT day, {_KEPT} FROM activity_companyday {_OF} AND days > 0"
    by_day = {day: Spent(*parts) for day, *parts in _rows(acting, sql, user_ids, since=since, until=until)}
    return Totals({}, by_day, added(by_day.values()), {})


def spent_days(
    acting: Acting, *, since: date, until: date, user_ids: Sequence[int], first: int = 0, most: int = 1_000_000
) -> list[SpentDay]:
    """The days of these people, newest first, and of each day in the order in which they are given."""
    sql = f"""
        SELECT user_id, day, first_at, last_at, 1, {_SECONDS} FROM activity_day {_OF}{{these}}
        ORDER BY day DESC, array_position(%(ids)s, user_id) OFFSET %(first)s LIMIT %(most)s
    """
    rows = _rows(acting, sql, user_ids, since=since, until=until, first=first, most=most)
    return [SpentDay(user, day, Spent(*parts), start, end) for user, day, start, end, *parts in rows]


def hours(
    acting: Acting, *, since: date, until: date, user_ids: Collection[int] | None = None
) -> dict[tuple[int, int], int]:
    """Seconds worked in each hour of each weekday; Monday is 0."""
    of_days = f"SELECT {WEEKDAY} AS weekday, hour, (worked_ms / 1000)::int AS seconds"
    worked = f"""SELECT weekday, hour, seconds FROM activity_monthhour {_IN_MONTHS}
        UNION ALL {of_days} FROM activity_dayhour {_BESIDE}"""
    if _whole_company(acting, user_ids):
        worked = f"{of_days} FROM activity_companyhour {_OF}"
    sql = f"SELECT weekday, hour, sum(seconds) FROM ({worked}) worked GROUP BY 1, 2"
    rows = _rows(acting, sql, user_ids, since=since, until=until)
    return {(weekday, hour): worked for weekday, hour, worked in rows}


def names(
    acting: Acting, *, kind: SpanKind, since: date, until: date, user_ids: Collection[int] | None = None
) -> list[tuple[str, int]]:
    """How many seconds went to each application or website, most first."""
    of_kind = " AND kind = %(kind)s"
    used = f"""(SELECT name, seconds FROM activity_monthusage {_IN_MONTHS}{of_kind}
        UNION ALL SELECT name, (ms / 1000)::int FROM activity_dayusage {_BESIDE}{of_kind}) used"""
    if _whole_company(acting, user_ids):
        used = f"(SELECT name, ms / 1000 FROM activity_daytop {_OF}{of_kind}) used (name, seconds)"
    sql = f"""
        SELECT name, sum(seconds)::bigint FROM {used}
        GROUP BY name HAVING sum(seconds) > 0 ORDER BY 2 DESC, name
    """
    return [(name, seconds) for name, seconds in _rows(acting, sql, user_ids, since=since, until=until, kind=int(kind))]


def arrivals(
    acting: Acting, *, since: date, until: date, before: date, user_ids: Collection[int] | None = None
) -> dict[int, Arrivals]:
    """How people came and went on these days, as the wall said, by the hours at which their company works now."""
    hours = rules.late_after(companies.company(company_of(acting)).working_hours)
    values = {
        "before": before,
        "hours": hours,
        "free": rules.FREE,
        "works": [int(one != rules.FREE) for one in hours],
    }
    rows = _rows(acting, _ARRIVALS, user_ids, since=since, until=until, **values)
    return {user_id: Arrivals(*parts) for user_id, *parts in rows}


# Of a month that is over every day is before today, or `before`, or it is read by its days.
_WORKING = " + ".join(f"on_weekdays[{n}] * (%(works)s::int[])[{n}]" for n in range(1, 8))
_ARRIVALS = f"""
    SELECT user_id, sum(present), sum(before), sum(late), sum(days),
      (sum(came) / nullif(sum(timed), 0))::int, (sum(went) / nullif(sum(timed), 0))::int
    FROM (
      SELECT user_id, {_WORKING}, {_WORKING}, late, days, came_s, went_s, timed FROM activity_month {_IN_MONTHS}
      UNION ALL
      SELECT user_id, (due <> %(free)s)::int, (due <> %(free)s AND day < %(before)s)::int,
        coalesce(came_ms > due, false)::int, 1, came_ms / 1000, went_ms / 1000, (came_ms IS NOT NULL)::int
      FROM (
        SELECT *, (%(hours)s::int[])[extract(isodow FROM day)::int] AS due FROM activity_day {_BESIDE}
      ) days
    ) parts (user_id, present, before, late, days, came, went, timed) GROUP BY user_id
"""


def _whole_company(acting: Acting, user_ids: Collection[int] | None) -> bool:
    return user_ids is None and acting.role is Role.ADMIN


def _rows(
    acting: Acting, sql: str, user_ids: Collection[int] | None, *, since: date, until: date, **values: Any
) -> list[tuple[Any, ...]]:
    """The rows of a query over these people and days; NotFound if `acting` may not see one of them."""
    company_id = company_of(acting)
    with acting_for(company_id), transaction.atomic(), connection.cursor() as cursor:
        ids = _allowed(acting, user_ids)
        these = "" if ids is None else _THESE
        whole = _months(made_of(company_id), since, until, values) if "%(low)s" in sql else None
        borders = {"low": whole.low, "high": whole.high} if whole else {}
        values |= {"company": company_id, "ids": ids, "since": since, "until": until, **borders}
        cursor.execute(sql.format(these=these), values)
        return list(cursor.fetchall())


def _months(made: Made, since: date, until: date, values: Mapping[str, Any]) -> rules.Whole:
    """The months that are read whole: none, where who was late is asked by other hours than they were made by."""
    as_made = "hours" not in values or (
        values["hours"] == made.late_after and values["before"] >= (made.months_until or date.min)
    )
    return made.months_in(since, until) if as_made else rules.whole_months(since, until, None)


def _allowed(acting: Acting, user_ids: Collection[int] | None) -> list[int] | None:
    """The people asked about; None is everyone, those who left included, whom only an ADMIN may ask about."""
    if acting.role is Role.ADMIN:
        return None if user_ids is None else list(user_ids)
    seen = companies.visible_user_ids(acting)
    if user_ids is None:
        return seen
    if not set(user_ids) <= set(seen):
        raise NotFound
    return list(user_ids)
