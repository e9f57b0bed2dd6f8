"""Activity heatmap: when in the week people work."""

from datetime import date, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sundial.server.activity.queries import whole
from sundial.server.reports.queries.frame import Frame
from sundial.server.reports.types import Column, Cut, Drawing, Line
from sundial.server.ui.types import Chart, Series

_A_MONDAY = date(2024, 1, 1)
_HOURS = range(24)


def heatmap(frame: Frame, cut: Cut | None) -> dict[str, Any]:
    """One line a weekday, a column an hour: seconds worked by everyone in all these weeks."""
    found = whole.hours(frame.acting, since=frame.period.since, until=frame.period.until, user_ids=frame.ids)
    grid = [[found.get((weekday, hour), 0) for hour in _HOURS] for weekday in range(7)]
    names = [date_format(_A_MONDAY + timedelta(days=weekday), "l") for weekday in range(7)]
    columns = (
        Column("weekday", _("Weekday")),
        *(Column(f"h{hour:02}", f"{hour:02}", "length") for hour in _HOURS),
        Column("worked", _("Worked"), "length"),
    )
    lines = [Line((name, *row, sum(row))) for name, row in zip(names, grid, strict=True)] if found else []
    by_hour = [sum(row[hour] for row in grid) for hour in _HOURS]
    shown = {day.weekday() for day in _days(frame)}
    drawn = tuple(
        Series(names[at][:3], tuple(float(cell) if at in shown else None for cell in row), "work")
        for at, row in enumerate(grid)
    )
    hours = tuple(f"{hour:02}" for hour in _HOURS)
    chart = Chart(hours, drawn if found else (), head=_("Weekday"), zone=frame.zone)
    return {
        "title": _("Activity heatmap"),
        "columns": columns,
        "lines": lines if cut is None else lines[cut.first : cut.first + cut.most],
        "count": len(lines),
        "total": (_("Total"), *by_hour, sum(by_hour)),
        "drawings": (Drawing("heat", _("Time worked, by weekday and hour"), chart),),
        "notes": (),
    }


def _days(frame: Frame) -> list[date]:
    return [frame.period.since + timedelta(days=count) for count in range(min(frame.period.days, 7))]
