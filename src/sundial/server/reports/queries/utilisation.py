"""Utilisation: what was worked and active, against what was expected."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from sundial.server.activity.queries import whole
from sundial.server.activity.queries.whole import Spent, Totals
from sundial.server.companies.types import RosterRow
from sundial.server.reports import rules
from sundial.server.reports.queries import columns
from sundial.server.reports.queries.frame import Frame
from sundial.server.reports.queries.monthly import notes, reported
from sundial.server.reports.queries.sorting import in_order
from sundial.server.reports.types import Cell, Column, Cut, Drawing, Line
from sundial.server.ui.types import Chart, Series


def utilisation(frame: Frame, cut: Cut | None) -> dict[str, Any]:
    """One line a person."""
    found = whole.totals(frame.acting, since=frame.period.since, until=frame.period.until, user_ids=frame.ids)
    people, working = reported(frame, found), frame.working
    targets = {one.id: frame.target(one, working, found) for one in people}
    lines = [_line(one, found.by_person.get(one.id, Spent()), targets[one.id]) for one in people]
    heads = _columns()
    due = sum(target or 0 for target in targets.values()) if frame.hours.known else None
    return {
        "title": _("Utilisation"),
        "columns": heads,
        "lines": in_order(lines, heads, frame.asked.ordering, cut),
        "count": len(lines),
        "total": (_("Total"), *_cells(found.whole, due)),
        "drawings": (_drawing(frame, found, people, working),),
        "notes": notes(frame),
    }


def _columns() -> tuple[Column, ...]:
    return (
        columns.person(),
        Column("days", _("Days worked"), "count", sortable=True),
        columns.length("worked", _("Worked")),
        columns.length("target", _("Target")),
        Column("utilised", _("Of target"), "share", sortable=True),
        columns.length("active", _("Active")),
        Column("activity", _("Active of worked"), "share", sortable=True),
    )


def _line(person: RosterRow, spent: Spent, target: int | None) -> Line:
    return Line((person.name, *_cells(spent, target)), person.id)


def _cells(spent: Spent, target: int | None) -> tuple[Cell, ...]:
    of_target = rules.part_of(spent.worked, target or 0)
    return (spent.days, spent.worked, target, of_target, spent.active, rules.part_of(spent.active, spent.worked))


def _drawing(frame: Frame, found: Totals, people: list[RosterRow], working: list[date]) -> Drawing:
    """Shares of each day, week or month; a gap where nothing was expected, or nothing worked."""
    expected = rules.expected_people((frame.stay(one, found) for one in people), working)
    pieces = rules.buckets(frame.period)
    target, active = [], []
    for piece in pieces:
        days = rules.days_of(piece)
        spent = [found.by_day[day] for day in days if day in found.by_day]
        worked = sum(one.worked for one in spent)
        due = sum(expected.get(day, 0) for day in days) * frame.hours.day_seconds
        target.append(rules.part_of(worked, due))
        active.append(rules.part_of(sum(one.active for one in spent), worked))
    series = [Series(_("Active of worked"), tuple(active), "work")]
    if frame.hours.known:
        series.insert(0, Series(_("Worked of target"), tuple(target), "1"))
    labels = tuple(map(columns.day_words, pieces))
    return Drawing("line", _("Utilisation, by day"), Chart(labels, tuple(series), "share", _("Day"), frame.zone))
