"""The sums of some people's days made anew: what was told is counted by `rules.parts`, and written where it differs."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from sundial.server.activity import rules
from sundial.server.activity.actions.replacing import replacing
from sundial.server.activity.queries.told import Asked, told_of
from sundial.server.activity.rules.days import window
from sundial.server.activity.rules.parts import Told, by_hour, parts_of, tasks_between
from sundial.server.activity.rules.ranges import length, moment_of

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Window:
    """Some local days of one person, in a row."""

    user_id: int
    first: date
    last: date

    def days(self) -> Iterator[date]:
        for n in range((self.last - self.first).days + 1):
            yield self.first + n * DAY


@dataclass(frozen=True, slots=True)
class DayRow:
    """A row of `activity_day`, as it is sent to the database."""

    user_id: int
    day: str
    worked_ms: int
    active_ms: int
    away_ms: int
    private_ms: int
    paused_ms: int
    break_ms: int
    manual_ms: int
    sessions: int
    first_at: str | None
    last_at: str | None


@dataclass(slots=True)
class _Sums:
    days: list[DayRow]
    hours: list[dict[str, Any]]
    tasks: list[dict[str, Any]]


def sum_people(company_id: int, zone: str, windows: Sequence[tuple[int, date, date]]) -> None:
    """Make the rows of these days of these people anew, from first to last day each; who calls holds them."""
    asked = [_Window(*one) for one in windows]
    bounds = [Asked(one.user_id, *_bounds(one, zone)) for one in asked]
    sums = _Sums([], [], [])
    for one, told in zip(asked, told_of(bounds, None), strict=True):
        _count(sums, one, told, zone)
    touched = [(one.user_id, day) for one in asked for day in one.days()]
    places = {
        "company": company_id,
        "zone": zone,
        "users": [user_id for user_id, _day in touched],
        "days": [day for _user_id, day in touched],
        "lows": [moment_of(window(day, zone)[0]) for _user_id, day in touched],
        "highs": [moment_of(window(day, zone)[1]) for _user_id, day in touched],
    }
    _write(_DAYS, places, [_as_dict(row) for row in sums.days])
    _write(_HOURS, places, sums.hours)
    _write(_TASKS, places, sums.tasks)
    _write(_USAGE, places, [])


def _bounds(one: _Window, zone: str) -> tuple[datetime, datetime]:
    return rules.day_bounds(one.first, zone)[0], rules.day_bounds(one.last, zone)[1]


def _count(sums: _Sums, one: _Window, told: Told, zone: str) -> None:
    whole = parts_of(told)
    for day in one.days():
        low, high = window(day, zone)
        parts = whole.between(low, high)
        began = sum(start < high and end > low for start, end in told.sessions)
        if not (parts.worked or parts.rest or began):
            continue
        sums.days.append(
            DayRow(
                user_id=one.user_id,
                day=day.isoformat(),
                worked_ms=length(parts.worked),
                active_ms=length(parts.active),
                away_ms=length(parts.away),
                private_ms=length(parts.private),
                paused_ms=length(parts.paused),
                break_ms=length(parts.rest),
                manual_ms=length(parts.manual),
                sessions=began,
                first_at=_iso(parts.worked[0][0]) if parts.worked else None,
                last_at=_iso(parts.worked[-1][1]) if parts.worked else None,
            )
        )
        place = {"user_id": one.user_id, "day": day.isoformat()}
        for hour, (worked, active) in by_hour(parts, day, zone).items():
            sums.hours.append({**place, "hour": hour, "worked_ms": worked, "active_ms": active})
        for task, ms in tasks_between(told, whole, low, high).items():
            sums.tasks.append({**place, "task_id": task, "ms": ms})


def _iso(milliseconds: int) -> str:
    return moment_of(milliseconds).isoformat()


def _as_dict(row: DayRow) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in fields(row)}


def _write(statement: str, places: dict[str, Any], made: list[dict[str, Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, {**places, "made": json.dumps(made)})


# The days that are asked about.
_PLACES = """place AS MATERIALIZED (
        SELECT * FROM unnest(%(users)s::bigint[], %(days)s::date[], %(lows)s::timestamptz[], %(highs)s::timestamptz[])
            AS place(user_id, day, low, high)
    )"""
# Looked up day by day: OFFSET keeps the planner from going through a whole year of a person for each of its days.
_USED = """LATERAL (
        SELECT kind, name, ms, keys, clicks, scrolls, moved_s FROM activity_usage u
        WHERE u.company_id = %(company)s AND u.user_id = place.user_id AND u.bucket >= low AND u.bucket < high OFFSET 0
    ) used"""
_TOUCHED = "(t.user_id, t.day) IN (SELECT user_id, day FROM place)"
_MADE_DAYS = ", ".join(
    f"{field.name} {kind}"
    for field, kind in zip(
        fields(DayRow), ("bigint", "date", *("bigint",) * 8, "timestamptz", "timestamptz"), strict=True
    )
)
_PARTS = tuple(field.name for field in fields(DayRow))[2:]
_COUNTS = ("keys", "clicks", "scrolls", "moved_s")
_COALESCED = ", ".join(f"coalesce({name}, 0) AS {name}" for name in (*_PARTS[:-2], *_COUNTS, "screenshots"))
_ON_THE_WALL = "(extract(epoch FROM ({} AT TIME ZONE %(zone)s) - day::timestamp) * 1000)::integer"
_DAYS = replacing(
    "activity_day",
    ("user_id", "day"),
    (*_PARTS, "came_ms", "went_ms", *_COUNTS, "screenshots"),
    touched=_TOUCHED,
    given=f"""{_PLACES}, made AS (SELECT * FROM json_to_recordset(%(made)s) AS m({_MADE_DAYS})
    ), inputs AS (
        SELECT user_id, day, {", ".join(f"(sum({name}) FILTER (WHERE kind = 5))::bigint AS {name}" for name in _COUNTS)}
        FROM place, {_USED} GROUP BY 1, 2
    ), pictures AS (
        SELECT user_id, day, screenshots FROM place, LATERAL (
            SELECT count(*)::integer AS screenshots FROM activity_screenshot s
            WHERE s.company_id = %(company)s AND s.user_id = place.user_id AND s.taken_at >= low AND s.taken_at < high
              AND s.state IN ('received', 'ready')
        ) counted WHERE screenshots > 0
    )""",
    fresh=f"""SELECT user_id, day, {_COALESCED}, first_at, last_at,
            {_ON_THE_WALL.format("first_at")} AS came_ms, {_ON_THE_WALL.format("last_at")} AS went_ms
        FROM made FULL JOIN inputs USING (user_id, day) FULL JOIN pictures USING (user_id, day)""",
)
_HOURS = replacing(
    "activity_dayhour",
    ("user_id", "day", "hour"),
    ("worked_ms", "active_ms"),
    touched=_TOUCHED,
    given=_PLACES,
    fresh="""SELECT * FROM json_to_recordset(%(made)s)
        AS m(user_id bigint, day date, hour smallint, worked_ms bigint, active_ms bigint)""",
)
_TASKS = replacing(
    "activity_daytask",
    ("user_id", "day", "task_id"),
    ("ms",),
    touched=_TOUCHED,
    given=_PLACES,
    fresh="SELECT * FROM json_to_recordset(%(made)s) AS m(user_id bigint, day date, task_id bigint, ms bigint)",
)
_USAGE = replacing(
    "activity_dayusage",
    ("user_id", "day", "kind", "name"),
    ("ms",),
    touched=_TOUCHED,
    given=_PLACES,
    fresh=f"""SELECT user_id, day, kind, name, sum(ms)::bigint AS ms
        FROM place, {_USED} WHERE kind <> 5
        GROUP BY 1, 2, 3, 4 HAVING sum(ms) > 0""",
)
