"""Day sums in whole seconds, as reports add them up.

A person's day counts in whole seconds, cut as its own page shows it; what was at the computer is the rest of what was
worked. Every other figure is a sum of these, so that parts always add up to the total beside them.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

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
_PARTS = """
  count(*), sum((worked_ms / 1000)::int), sum((worked_ms / 1000 - away_ms / 1000 - private_ms / 1000)::int),
  sum((away_ms / 1000)::int), sum((private_ms / 1000)::int), sum((break_ms / 1000)::int),
  sum((manual_ms / 1000)::int), sum(sessions)
"""
_OF = "FROM activity_day WHERE company_id = %(company)s AND day BETWEEN %(since)s AND %(until)s"
_THESE = " AND user_id = ANY(%(ids)s)"


def totals(acting: Acting, *, since: date, until: date, user_ids: Collection[int] | None = None) -> Totals:
    """What these people, or all whom `acting` may see, spent from one day to another, both included."""
    sql = f"SELECT user_id, day, min(day), {_PARTS} {_OF}{{these}} GROUP BY GROUPING SETS ((user_id), (day))"
    by_person, by_day, first_days = {}, {}, {}
    for user_id, day, first, *parts in _rows(acting, sql, user_ids, since=since, until=until):
        if day is None:
            by_person[user_id], first_days[user_id] = Spent(*parts), first
        else:
            by_day[day] = Spent(*parts)
    return Totals(by_person, by_day, added(by_day.values()), first_days)


def added(found: Iterable[Spent]) -> Spent:
    """All of them together."""
    columns = zip(*(astuple(one) for one in found), strict=True)
    return Spent(*map(sum, columns))


def totals_by_day(acting: Acting, *, since: date, until: date, user_ids: Collection[int] | None = None) -> Totals:
    """The same without its sums by person."""
    sql = f"SELECT day, {_PARTS} {_OF}{{these}} GROUP BY day"
    by_day = {day: Spent(*parts) for day, *parts in _rows(acting, sql, user_ids, since=since, until=until)}
    return Totals({}, by_day, added(by_day.values()), {})


def spent_days(
    acting: Acting, *, since: date, until: date, user_ids: Sequence[int], first: int = 0, most: int = 1_000_000
) -> list[SpentDay]:
    """The days of these people, newest first, and of each day in the order in which they are given."""
    sql = f"""
        SELECT user_id, day, first_at, last_at, {_PARTS} {_OF}{{these}}
        GROUP BY company_id, user_id, day
        ORDER BY day DESC, array_position(%(ids)s, user_id) OFFSET %(first)s LIMIT %(most)s
    """
    rows = _rows(acting, sql, user_ids, since=since, until=until, first=first, most=most)
    return [SpentDay(user, day, Spent(*parts), start, end) for user, day, start, end, *parts in rows]


def hours(
    acting: Acting, *, since: date, until: date, user_ids: Collection[int] | None = None
) -> dict[tuple[int, int], tuple[int, int]]:
    """Seconds worked, and of them at the computer, in each hour of each weekday; Monday is 0."""
    table = "activity_companyhour" if _whole_company(acting, user_ids) else "activity_dayhour"
    of = _OF.replace("activity_day", table)
    sql = f"""
        SELECT (extract(isodow FROM day) - 1)::int, hour, sum(worked_ms / 1000)::bigint, sum(active_ms / 1000)::bigint
        {of}{{these}} GROUP BY 1, 2
    """  # noqa: S608 - no words from outside
    rows = _rows(acting, sql, user_ids, since=since, until=until)
    return {(weekday, hour): (worked, active) for weekday, hour, worked, active in rows}


def names(
    acting: Acting, *, kind: SpanKind, since: date, until: date, user_ids: Collection[int] | None = None
) -> list[tuple[str, int]]:
    """How many seconds went to each application or website, most first."""
    table = "activity_daytop" if _whole_company(acting, user_ids) else "activity_dayusage"
    of = _OF.replace("activity_day", table)
    sql = f"""
        SELECT name, sum(ms / 1000)::bigint AS seconds {of}{{these}} AND kind = %(kind)s
        GROUP BY name HAVING sum(ms / 1000) > 0 ORDER BY seconds DESC, name
    """
    return [(name, seconds) for name, seconds in _rows(acting, sql, user_ids, since=since, until=until, kind=int(kind))]


def arrivals(
    acting: Acting,
    *,
    days: Sequence[date],
    zone: str,
    starts: Mapping[int, time],
    before: date,
    user_ids: Collection[int] | None = None,
) -> dict[int, Arrivals]:
    """How people came and went on these days, on the walls of this zone; `starts` is until when one is in time.

    Each day brings its midnight and by how much its clock is changed and when: asking PostgreSQL for the time in a
    zone, row by row, takes ten times as long.
    """
    walls = [_wall(day, ZoneInfo(zone)) for day in days]
    due = [starts.get(day.weekday()) for day in days]
    rows = _rows(
        acting,
        _ARRIVALS,
        user_ids,
        since=days[0],
        until=days[-1],
        before=before,
        days=list(days),
        midnights=[one[0] for one in walls],
        changes=[one[1] for one in walls],
        shifts=[one[2] for one in walls],
        starts=[None if one is None else float((one.hour * 60 + one.minute) * 60 + one.second) for one in due],
    )
    return {user_id: Arrivals(*parts) for user_id, *parts in rows}


_WALL = """date_part('epoch', {at}) - midnight
  + CASE WHEN date_part('epoch', {at}) >= change THEN shift ELSE 0 END"""
_ARRIVALS = f"""
    SELECT user_id,
      count(*) FILTER (WHERE start IS NOT NULL), count(*) FILTER (WHERE start IS NOT NULL AND day < %(before)s),
      count(*) FILTER (WHERE came > start), count(*), floor(avg(floor(came)))::int, floor(avg(floor(went)))::int
    FROM (
      SELECT user_id, day, start,
        {_WALL.format(at="first_at")} AS came, {_WALL.format(at="last_at")} AS went
      FROM activity_day JOIN unnest(
        %(days)s::date[], %(midnights)s::float8[], %(changes)s::float8[], %(shifts)s::float8[], %(starts)s::float8[]
      ) AS walls (day, midnight, change, shift, start) USING (day)
      WHERE company_id = %(company)s AND day BETWEEN %(since)s AND %(until)s{{these}}
    ) days GROUP BY user_id
"""  # noqa: S608 - words of this module


def _wall(day: date, place: ZoneInfo) -> tuple[float, float, float]:
    """When a day begins, when its clock is changed, and by how many seconds; never and none on most days."""
    start, end = (datetime.combine(one, time(), place) for one in (day, day + timedelta(days=1)))
    first, last = start.astimezone(UTC), end.astimezone(UTC)
    shift = (timedelta(days=1) - (last - first)).total_seconds()
    if not shift:
        return first.timestamp(), math.inf, 0.0
    offset = start.utcoffset()
    while last - first > timedelta(seconds=1):
        middle = first + (last - first) / 2
        if middle.astimezone(place).utcoffset() == offset:
            first = middle
        else:
            last = middle
    return start.timestamp(), float(math.floor(last.timestamp())), shift


def _whole_company(acting: Acting, user_ids: Collection[int] | None) -> bool:
    return user_ids is None and acting.role is Role.ADMIN


def _rows(acting: Acting, sql: str, user_ids: Collection[int] | None, **values: Any) -> list[tuple[Any, ...]]:
    """The rows of a query over these people; NotFound if `acting` may not see one of them."""
    company_id = company_of(acting)
    with acting_for(company_id), transaction.atomic(), connection.cursor() as cursor:
        ids = _allowed(acting, user_ids)
        these = "" if ids is None else _THESE
        cursor.execute(sql.format(these=these), {"company": company_id, "ids": ids, **values})
        return list(cursor.fetchall())


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
