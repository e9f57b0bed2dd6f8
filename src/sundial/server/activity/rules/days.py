"""Local days and their hours, in UTC: a day begins at midnight on the wall, whatever the clock did that day."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sundial.server.activity.rules.ranges import Range, at_ms, moment_of

QUARTER = 15 * 60 * 1000  # milliseconds; every zone's midnight and every full hour lies on one of UTC


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """When this day begins and ends in this zone, in UTC; 23 or 25 hours where the clock is changed.

    Not in the zone itself: Python takes the difference of two times of one zone from the walls' clocks.
    """
    place = ZoneInfo(zone)
    bounds = (datetime.combine(one, time(), place) for one in (day, day + timedelta(days=1)))
    start, end = (one.astimezone(UTC) for one in bounds)
    return start, end


def local_day(moment: datetime, zone: str) -> date:
    """The date that people in this zone read on the wall."""
    return moment.astimezone(ZoneInfo(zone)).date()


@lru_cache(maxsize=4000)
def window(day: date, zone: str) -> Range:
    """When this day begins and ends in this zone."""
    start, end = day_bounds(day, zone)
    return at_ms(start), at_ms(end)


@lru_cache(maxsize=4000)
def hours_of(day: date, zone: str) -> tuple[tuple[int, int, int], ...]:
    """The hours on the wall of this day: from, to, and which; one that a changed clock repeats comes twice."""
    low, high = window(day, zone)
    place = ZoneInfo(zone)
    found: list[tuple[int, int, int]] = []
    for start in range(low, high, QUARTER):
        hour = moment_of(start).astimezone(place).hour
        if found and found[-1][2] == hour:
            found[-1] = (found[-1][0], start + QUARTER, hour)
        else:
            found.append((start, start + QUARTER, hour))
    return tuple(found)
