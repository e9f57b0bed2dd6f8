"""A company's own day sums, from those of its people: a year's chart reads these, and the OWNER their numbers."""

from collections.abc import Collection
from datetime import date

from django.db import connection

from sundial.server.activity.actions.replacing import replacing

PARTS = (
    "worked_ms", "active_ms", "away_ms", "private_ms", "paused_ms", "break_ms", "manual_ms",
    "sessions", "keys", "clicks", "scrolls", "moved_s", "screenshots",
)  # fmt: skip
# What a person's day is in whole seconds; the active ones are the rest of those worked.
IN_SECONDS = {
    "worked_s": "worked_ms / 1000",
    "active_s": "worked_ms / 1000 - away_ms / 1000 - private_ms / 1000",
    "away_s": "away_ms / 1000",
    "private_s": "private_ms / 1000",
    "break_s": "break_ms / 1000",
    "manual_s": "manual_ms / 1000",
}
ADDED = ", ".join(f"sum({whole})::integer AS {name}" for name, whole in IN_SECONDS.items())


def sum_company(company_id: int, days: Collection[date]) -> None:
    """Make the company's rows of these days anew; in its scope, one at a time."""
    with connection.cursor() as cursor:
        for statement in (_DAYS, _HOURS, _TOP):
            cursor.execute(statement, {"company": company_id, "days": sorted(days)})


_TOUCHED = "t.day = ANY(%(days)s)"
_DAYS = replacing(
    "activity_companyday",
    ("day",),
    (*PARTS, "people", "days", *IN_SECONDS),
    touched=_TOUCHED,
    fresh=f"""SELECT day, {", ".join(f"sum({name}) AS {name}" for name in PARTS)},
        count(*) FILTER (WHERE worked_ms > 0) AS people, count(*) AS days, {ADDED}
        FROM activity_day WHERE day = ANY(%(days)s) GROUP BY day""",
)
_HOURS = replacing(
    "activity_companyhour",
    ("day", "hour"),
    ("worked_ms", "active_ms", "people"),
    touched=_TOUCHED,
    fresh="""SELECT h.day, h.hour, sum(h.worked_ms) AS worked_ms, sum(h.active_ms) AS active_ms, count(*) AS people
        FROM activity_day d JOIN activity_dayhour h ON h.user_id = d.user_id AND h.day = d.day
        WHERE d.day = ANY(%(days)s) GROUP BY 1, 2""",
)
# By person first: that is how the index of usage begins. Whoever has usage on a day has a row of that day.
_TOP = replacing(
    "activity_daytop",
    ("day", "kind", "name"),
    ("ms", "people"),
    touched=_TOUCHED,
    fresh="""SELECT u.day, u.kind, u.name, sum(u.ms) AS ms, count(*) AS people
        FROM activity_day d JOIN activity_dayusage u ON u.user_id = d.user_id AND u.day = d.day
        WHERE d.day = ANY(%(days)s) GROUP BY 1, 2, 3""",
)
