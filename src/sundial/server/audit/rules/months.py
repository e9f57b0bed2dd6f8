"""Whole months, in UTC: archives are made of them."""

from datetime import UTC, datetime, timedelta

SHORTEST, LONGEST = 12, 120  # months after which entries may be archived


def start_of(moment: datetime) -> datetime:
    """When the month of this moment began."""
    return moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def end_of(moment: datetime) -> datetime:
    """When the month of this moment ends, and the next one begins."""
    return start_of(start_of(moment) + timedelta(days=32))


def line(now: datetime, months: int) -> datetime:
    """What was made before this moment is older than so many months, whole ones."""
    start = start_of(now)
    number = start.year * 12 + start.month - 1 - months
    return start.replace(year=number // 12, month=number % 12 + 1)
