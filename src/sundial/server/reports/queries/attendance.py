"""Attendance: who came when, who was late, who was not there, by the company's working hours."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from sundial.server.activity.queries import whole
from sundial.server.activity.queries.whole import Arrivals, Totals
from sundial.server.companies.types import RosterRow
from sundial.server.reports import rules
from sundial.server.reports.queries import columns
from sundial.server.reports.queries.frame import Frame
from sundial.server.reports.queries.monthly import reported, set_hours
from sundial.server.reports.queries.sorting import in_order
from sundial.server.reports.types import Cell, Column, Cut, Drawing, Line, Period
from sundial.server.ui.types import Chart, Series

_NEVER = Arrivals(0, 0, 0, 0, None, None)


def attendance(frame: Frame, cut: Cut | None) -> dict[str, Any]:
    """One line a person."""
    period = frame.period
    found = whole.totals(frame.acting, since=period.since, until=period.until, user_ids=frame.ids)
    came = whole.arrivals(frame.acting, since=period.since, until=period.until, before=frame.today, user_ids=frame.ids)
    people, heads, working = reported(frame, found), _columns(), frame.working
    over = [day for day in working if day < frame.today]
    lines = []
    for one in people:
        how = came.get(one.id, _NEVER)
        known = frame.hours.known
        cells = _cells(frame.stay(one, found), how, working, over) if known else _without_hours(how)
        lines.append(Line((one.name, *cells), one.id))
    return {
        "title": _("Attendance"),
        "columns": heads,
        "lines": in_order(lines, heads, frame.asked.ordering, cut),
        "count": len(lines),
        "total": _total(lines),
        "drawings": (_drawing(frame, found, people),),
        "notes": _notes(frame),
    }


def _columns() -> tuple[Column, ...]:
    return (
        columns.person(),
        Column("expected", _("Working days"), "count", sortable=True),
        Column("present", _("There"), "count", sortable=True),
        Column("late", _("Late"), "count", sortable=True),
        Column("absent", _("Not there"), "count", sortable=True),
        Column("extra", _("On free days"), "count", sortable=True),
        Column("first", _("First, on average"), "clock", sortable=True),
        Column("last", _("Last, on average"), "clock", sortable=True),
    )


def _cells(stay: rules.Stay, came: Arrivals, working: list[date], over: list[date]) -> tuple[Cell, ...]:
    """What is known of somebody who was expected on the working days, and missed on those that are over."""
    absent = max(0, rules.expected_days(stay, over) - came.before)
    expected = rules.expected_days(stay, working)
    return (expected, came.present, came.late, absent, came.days - came.present, came.first, came.last)


def _without_hours(came: Arrivals) -> tuple[Cell, ...]:
    return (None, came.days, None, None, None, came.first, came.last)


def _total(lines: list[Line]) -> tuple[Cell, ...]:
    sums: list[Cell] = []
    for at in range(1, 6):
        counts = [cell for line in lines if isinstance(cell := line.cells[at], int)]
        sums.append(sum(counts) if counts else None)
    return (_("Total"), *sums, None, None)


def _drawing(frame: Frame, found: Totals, people: list[RosterRow]) -> Drawing:
    days = [day for day in rules.days_of(frame.period) if day <= frame.today]
    there = tuple(float(found.by_day[day].days) if day in found.by_day else 0.0 for day in days)
    series = [Series(_("People who worked"), there, "work")]
    if frame.hours.known:
        expected = rules.expected_people((frame.stay(one, found) for one in people), frame.working)
        due = (expected.get(day, 0) if day < frame.today else 0 for day in days)
        missing = tuple(max(0.0, people - count) for people, count in zip(due, there, strict=True))
        series.append(Series(_("Not there"), missing, "other"))
    if not any(there):
        series, days = [], []
    labels = tuple(columns.day_words(Period(day, day)) for day in days)
    return Drawing("bars", _("People, by day"), Chart(labels, tuple(series), "count", _("Day"), frame.zone))


def _notes(frame: Frame) -> tuple[str, ...]:
    if not frame.hours.known:
        return (_("Nobody can be late or missing: the company's working hours are not set."), set_hours())
    return (
        _("Late is more than five minutes after the working day begins; today counts as missed only tomorrow."),
        _("Holidays and leave are not known to Sundial: on such a day people are not there."),
    )
