"""Months that are over, and which of them lie whole in some days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

_A_MONTH = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Whole:
    """Whole months in a stretch of days: from the first day of the first to the day after the last."""

    low: date
    high: date


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def month_after(month: date) -> date:
    """The first day of the month after the one that begins here."""
    return month_of(month + _A_MONTH)


def months_of(first: date, last: date) -> Iterable[date]:
    """The first days of the months that these days lie in."""
    month = month_of(first)
    while month <= last:
        yield month
        month = month_after(month)


def whole_months(since: date, until: date, made_until: date | None) -> Whole:
    """The months that lie whole in these days and whose sums are made; where there are none, nothing after the end."""
    past = until + timedelta(days=1)
    low = since if since.day == 1 else month_after(month_of(since))
    high = min(month_of(past), made_until or date.min)
    return Whole(low, high) if low < high else Whole(past, past)
