"""Which days hold a page of a list that goes from the newest day to the eldest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Window:
    """The days to read, and how many of their lines come before the page."""

    since: date
    until: date
    skip: int


def window(counts: Mapping[date, int], first: int, most: int) -> Window | None:
    """Where the lines from `first` on lie, at most so many of them; None where there are none."""
    passed, newest, skip = 0, None, 0
    for day in sorted(counts, reverse=True):
        if newest is None and passed + counts[day] > first:
            newest, skip = day, first - passed
        passed += counts[day]
        if newest is not None and passed >= first + most:
            return Window(day, newest, skip)
    return Window(min(counts), newest, skip) if newest is not None else None
