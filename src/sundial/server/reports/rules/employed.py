"""Who belonged to a company on which days, and so what was expected of them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Stay:
    """From which day to which somebody belonged to the company; None: they still do."""

    since: date
    until: date | None = None


def belonged(stay: Stay, since: date, until: date) -> bool:
    """Whether somebody belonged there on one of these days."""
    return stay.since <= until and (stay.until is None or stay.until >= since)


def expected_days(stay: Stay, working: Sequence[date]) -> int:
    """On how many of these working days, which are in order, somebody belonged there."""
    last = len(working) if stay.until is None else bisect_right(working, stay.until)
    return max(0, last - bisect_left(working, stay.since))


def expected_people(stays: Iterable[Stay], working: Sequence[date]) -> dict[date, int]:
    """How many people belonged there on each working day."""
    steps = [0] * (len(working) + 1)
    for stay in stays:
        first = bisect_left(working, stay.since)
        last = len(working) if stay.until is None else bisect_right(working, stay.until)
        if first < last:
            steps[first] += 1
            steps[last] -= 1
    found, here = {}, 0
    for day, step in zip(working, steps, strict=False):
        here += step
        found[day] = here
    return found
