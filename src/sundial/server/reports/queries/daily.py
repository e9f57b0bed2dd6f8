"""Daily: who worked how long on which day, from when to when."""

from typing import Any

from django.utils.translation import gettext as _

from sundial.server.activity.queries import whole
from sundial.server.activity.queries.whole import SpentDay, Totals
from sundial.server.reports import rules
from sundial.server.reports.queries import columns
from sundial.server.reports.queries.frame import Frame
from sundial.server.reports.types import Cell, Column, Cut, Drawing, Line
from sundial.server.ui.types import Chart, Series


def daily(frame: Frame, cut: Cut | None) -> dict[str, Any]:
    """One line a person and day, newest first."""
    found = whole.totals_by_day(frame.acting, since=frame.period.since, until=frame.period.until, user_ids=frame.ids)
    return {
        "title": _("Daily"),
        "columns": _columns(),
        "lines": _lines(frame, found, cut or Cut(0, found.whole.days)),
        "count": found.whole.days,
        "total": (_("Total"), None, *columns.spent_cells(found.whole), None, None),
        "drawings": (_by_hour(frame) if frame.period.days == 1 else columns.spent_by_day(frame, found.by_day),),
        "notes": (
            _("Worked is active, away and private together. Breaks are not worked. Manual time is part of worked."),
        ),
    }


def _columns() -> tuple[Column, ...]:
    return (
        Column("day", _("Day"), "day"),
        Column("person", _("Person")),
        *columns.spent(),
        Column("first", _("First"), "clock"),
        Column("last", _("Last"), "clock"),
    )


def _lines(frame: Frame, found: Totals, cut: Cut) -> list[Line]:
    counts = {day: one.days for day, one in found.by_day.items()}
    place = rules.window(counts, cut.first, cut.most)
    if place is None:
        return []
    rows = whole.spent_days(
        frame.acting,
        since=place.since,
        until=place.until,
        user_ids=[one.id for one in frame.people],
        first=place.skip,
        most=cut.most,
    )
    names = {one.id: one.name for one in frame.people}
    return [Line(_cells(row, names.get(row.user_id, ""), frame.zone), row.user_id, row.day) for row in rows]


def _cells(row: SpentDay, name: str, zone: str) -> tuple[Cell, ...]:
    ends = (columns.clock(row.first_at, row.day, zone), columns.clock(row.last_at, row.day, zone))
    return (row.day, name, *columns.spent_cells(row.spent), *ends)


def _by_hour(frame: Frame) -> Drawing:
    found = whole.hours(frame.acting, since=frame.period.since, until=frame.period.until, user_ids=frame.ids)
    by_hour = {hour: worked for (_weekday, hour), worked in found.items()}
    values = tuple(float(by_hour.get(hour, 0)) for hour in range(24)) if by_hour else ()
    labels = tuple(f"{hour:02}" for hour in range(24)) if by_hour else ()
    chart = Chart(labels, (Series(_("Worked"), values, "work"),), head=_("Hour"), zone=frame.zone)
    return Drawing("bars", _("Time worked, by hour"), chart)
