"""Time that counts: what lies within a company's working hours, or all of it where none are set."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sundial.server.alerts.types import Hours

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LOOKED_AT = 62  # days; no threshold is longer


def working_minutes(since: datetime, until: datetime, hours: Hours) -> float:
    """How many minutes between the two moments count; of a stretch of months only its last two."""
    if until <= since:
        return 0.0
    if not hours.days:
        return (until - since).total_seconds() / 60
    zone = ZoneInfo(hours.zone)
    last = until.astimezone(zone).date()
    first = max(since.astimezone(zone).date(), last - timedelta(days=_LOOKED_AT))
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return sum(_within(day, since, until, hours, zone) for day in days)


def _within(day: date, since: datetime, until: datetime, hours: Hours, zone: ZoneInfo) -> float:
    said = hours.days.get(DAYS[day.weekday()])
    if said is None:
        return 0.0
    begin, end = (datetime.combine(day, time.fromisoformat(one), zone) for one in said)
    # Subtracting moments of one zone would count wall clocks and not time: summer time begins on such a day.
    inside = min(until.timestamp(), end.timestamp()) - max(since.timestamp(), begin.timestamp())
    return max(0.0, inside) / 60
