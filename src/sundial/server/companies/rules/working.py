"""When a company works: hours of each weekday, and how long a full day is."""

import re
from collections.abc import Mapping
from typing import Any

from sundial.server.companies.types import WEEKDAYS

SHORTEST_DAY, LONGEST_DAY = 15, 24 * 60  # minutes
LONGEST_KEPT = 3650  # days that anything may be kept where the plan sets no limit

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_KIND = re.compile(r"[a-z_]{1,20}")


def hours_problem(hours: object) -> str:
    """What is wrong with these working hours; empty if they fit. A weekday that is not named is free."""
    if not isinstance(hours, Mapping) or not set(hours) <= set(WEEKDAYS):
        return "Give hours for mon, tue, wed, thu, fri, sat or sun."
    for day, pair in hours.items():
        if not (isinstance(pair, list | tuple) and len(pair) == 2 and all(_is_time(one) for one in pair)):
            return f"Write the hours of {day} like 09:00 and 17:30."
        if pair[0] >= pair[1]:
            return f"The hours of {day} end before they begin."
    return ""


def _is_time(text: object) -> bool:
    return isinstance(text, str) and _TIME.fullmatch(text) is not None


def minutes_problem(minutes: object) -> str:
    """What is wrong with this length of a day; empty if it fits."""
    fits = isinstance(minutes, int) and not isinstance(minutes, bool) and SHORTEST_DAY <= minutes <= LONGEST_DAY
    return "" if fits else f"A working day has {SHORTEST_DAY} to {LONGEST_DAY} minutes."


def retention_problem(kept: object, limit: int | None) -> str:
    """What is wrong with these days for each kind of data; empty if they fit the limit of the plan."""
    most = limit or LONGEST_KEPT
    if not isinstance(kept, Mapping):
        return "Give a number of days for each kind of data."
    for kind, days in kept.items():
        if not (isinstance(kind, str) and _KIND.fullmatch(kind)):
            return "There is no such kind of data."
        if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= most:
            return f"Data is kept for 1 to {most} days."
    return ""


def as_stored(hours: Mapping[str, Any]) -> dict[str, list[str]]:
    """Working hours in the order of the week, as they are kept."""
    return {day: [str(one) for one in hours[day]] for day in WEEKDAYS if day in hours}
