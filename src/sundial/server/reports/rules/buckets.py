"""Days taken together where there are too many to draw one by one."""

from collections.abc import Sequence
from datetime import date, timedelta

from sundial.server.reports.types import Period

MOST_DAYS, MOST_WEEKS = 31, 26


def buckets(period: Period) -> list[Period]:
    """Its days, weeks or months, whichever a chart has room for; the first and the last may be cut."""
    if period.days <= MOST_DAYS:
        return [Period(day, day) for day in _days(period)]
    weeks = period.days <= 7 * MOST_WEEKS
    begins = [day for day in _days(period)[1:] if (day.weekday() == 0 if weeks else day.day == 1)]
    starts = [period.since, *begins]
    ends = [start - timedelta(days=1) for start in starts[1:]]
    return [Period(since, until) for since, until in zip(starts, [*ends, period.until], strict=True)]


def _days(period: Period) -> Sequence[date]:
    return [period.since + timedelta(days=count) for count in range(period.days)]
