"""The columns that several reports share, and cells of the same kind."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sundial.server.activity.queries.whole import Spent
from sundial.server.reports import rules
from sundial.server.reports.queries.frame import Frame
from sundial.server.reports.types import Column, Drawing, Period
from sundial.server.ui.types import Chart, Series

_DAY = timedelta(days=1)


def person() -> Column:
    """Who."""
    return Column("person", _("Person"), sortable=True)


def length(key: str, label: str) -> Column:
    """A length of time."""
    return Column(key, label, "length", sortable=True)


def spent() -> tuple[Column, ...]:
    """What time was spent on; `spent_cells` fills them."""
    return (
        length("worked", _("Worked")),
        length("active", _("Active")),
        length("away", _("Away")),
        length("private", _("Private")),
        length("breaks", _("Breaks")),
        length("manual", _("Manual")),
    )


def spent_cells(found: Spent) -> tuple[int, ...]:
    """The cells of `spent`."""
    return (found.worked, found.active, found.away, found.private, found.breaks, found.manual)


def clock(moment: datetime | None, day: date, zone: str) -> int | None:
    """A moment as seconds after the midnight at which its day begins; the midnight after is 24 hours."""
    if moment is None:
        return None
    there = moment.astimezone(ZoneInfo(zone))
    return (there.hour * 60 + there.minute) * 60 + there.second + (0 if there.date() == day else 24 * 3600)


def day_words(period: Period) -> str:
    """A stretch of days as a chart names it."""
    if period.days == 1:
        return f"{WEEKDAYS_ABBR[period.since.weekday()]} {period.since.day}"
    if period.since.day == 1 and (period.until + _DAY).day == 1:
        return date_format(period.since, "M Y")
    return f"{date_format(period.since, 'j M')}–{date_format(period.until, 'j M')}"


def by_day(frame: Frame, series: Mapping[str, tuple[str, Mapping[date, int]]]) -> Chart:
    """Seconds by day, week or month: of each series its colour and its seconds by day; a gap where there are none."""
    pieces = rules.buckets(frame.period)
    drawn = tuple(
        Series(label, tuple(_sum(values, piece) for piece in pieces), hue) for label, (hue, values) in series.items()
    )
    return Chart(tuple(map(day_words, pieces)), drawn, head=_("Day"), zone=frame.zone)


def _sum(values: Mapping[date, int], piece: Period) -> float | None:
    found = [values[day] for day in rules.days_of(piece) if day in values]
    return sum(found) if found else None


def spent_by_day(frame: Frame, days: Mapping[date, Spent]) -> Drawing:
    """How the time worked was spent, day by day."""
    parts = {
        _("Active"): ("work", {day: one.active for day, one in days.items()}),
        _("Away"): ("away", {day: one.away for day, one in days.items()}),
        _("Private"): ("other", {day: one.private for day, one in days.items()}),
    }
    return Drawing("bars", _("Time worked, by day"), by_day(frame, parts))
