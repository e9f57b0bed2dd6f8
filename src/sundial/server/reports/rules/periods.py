"""Stretches of days that people have names for; weeks begin on Monday."""

from datetime import date, timedelta

from sundial.server.reports.types import Period

PRESETS = ("today", "yesterday", "week", "last-week", "month", "last-month")
LONGEST_DAYS = 366
_DAY = timedelta(days=1)
FIRST_DAY = date(2000, 1, 1)


def month_of(day: date) -> Period:
    """The month in which a day lies."""
    first = day.replace(day=1)
    return Period(first, (first + timedelta(days=31)).replace(day=1) - _DAY)


def month_before(day: date) -> Period:
    """The month before the one in which a day lies."""
    return month_of(day.replace(day=1) - _DAY)


def named(preset: str, today: date) -> Period:
    """The stretch of that name; one that goes on ends today."""
    monday = today - timedelta(days=today.weekday())
    ends = {
        "today": (today, today),
        "yesterday": (today - _DAY, today - _DAY),
        "week": (monday, today),
        "last-week": (monday - 7 * _DAY, monday - _DAY),
        "month": (month_of(today).since, today),
        "last-month": (month_before(today).since, month_before(today).until),
    }
    return Period(*ends[preset], preset)


def period_from(preset: str, since: date | None, until: date | None, today: date, default: str) -> Period:
    """What was asked for: two days if at least one is given, else the preset, else the default; never what lies ahead.

    The days may come the wrong way round; a stretch that is too long keeps its end.
    """
    if since is None and until is None:
        return named(preset if preset in PRESETS else default, today)
    first, last = sorted(min(max(day, FIRST_DAY), today) for day in (since or until or today, until or today))
    return Period(max(first, last - timedelta(days=LONGEST_DAYS - 1)), last)


def neighbours(period: Period, today: date) -> tuple[Period, Period | None]:
    """The stretch before, and the one after unless it lies ahead; of a month, or a month so far, whole months."""
    month = month_of(period.since)
    if period.since == month.since and period.until in {month.until, today} and period.days > 1:
        before, after = month_before(period.since), month_of(month.until + _DAY)
    else:
        length = timedelta(days=period.days)
        before = Period(period.since - length, period.since - _DAY)
        after = Period(period.until + _DAY, period.until + length)
    return before, Period(after.since, min(after.until, today)) if after.since <= today else None


def days_of(period: Period) -> list[date]:
    """Each of its days."""
    return [period.since + timedelta(days=count) for count in range(period.days)]
