"""Local days: where they begin, and how much was worked on each."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta

from sundial.protocol import spans
from sundial.protocol.spans import Span, What

ZoneOffset = Callable[[datetime], int]  # minutes that local time is ahead of UTC at an instant


def day_of(instant: datetime, zone_offset: ZoneOffset) -> date:
    """The local day."""
    return (instant.astimezone(UTC) + timedelta(minutes=zone_offset(instant))).date()


def cut_for_telling(span: Span[What], zone_offset: ZoneOffset) -> list[Span[What]]:
    """Cut at quarters of an hour in UTC and at local midnight.

    Clocks are put forward and back on a quarter of an hour everywhere, so no part reaches across that either.
    """
    quarters = spans.cut_at_borders([span])
    return [part for quarter in quarters for part in spans.cut(quarter, [_next_midnight(quarter.start, zone_offset)])]


def by_day(parts: Iterable[Span[What]], zone_offset: ZoneOffset) -> dict[date, timedelta]:
    """Lengths by local day, of parts that were cut for telling."""
    return spans.totals(Span(part.start, part.end, day_of(part.start, zone_offset)) for part in parts)


def _next_midnight(instant: datetime, zone_offset: ZoneOffset) -> datetime:
    following = datetime.combine(day_of(instant, zone_offset) + timedelta(days=1), time(), UTC)
    return following - timedelta(minutes=zone_offset(instant))
