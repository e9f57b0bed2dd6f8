"""Comparison: teams or departments side by side."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from sundial.server.activity.queries import whole
from sundial.server.activity.queries.whole import Spent, Totals
from sundial.server.companies import queries as companies
from sundial.server.companies.types import RosterRow
from sundial.server.lib.acting import Role
from sundial.server.reports import rules
from sundial.server.reports.queries import columns
from sundial.server.reports.queries.frame import Frame
from sundial.server.reports.queries.sorting import in_order
from sundial.server.reports.types import Cell, Column, Cut, Drawing, Line
from sundial.server.ui.types import Chart, Series

_DRAWN = 20


def comparison(frame: Frame, cut: Cut | None) -> dict[str, Any]:
    """One line a team or department; people in several teams count in each, and once in the total."""
    found = whole.totals(frame.acting, since=frame.period.since, until=frame.period.until, user_ids=frame.ids)
    of_departments = frame.asked.by == "department"
    label = _("Department") if of_departments else _("Team")
    heads = _columns(label)
    people = [one for one in frame.people if one.id in found.by_person]
    lines = [Line((name, *_cells(members, found))) for name, members in _groups(frame, people) if members]
    several = _("Who is in several teams counts in each of them, and once in the total.")
    return {
        "title": _("Departments") if of_departments else _("Teams"),
        "columns": heads,
        "lines": in_order(lines, heads, frame.asked.ordering, cut),
        "count": len(lines),
        "total": (_("Everyone, once"), *_sums(len(people), found.whole)),
        "drawings": (_drawing(lines, label),),
        "notes": () if of_departments else (several,),
    }


def _columns(label: str) -> tuple[Column, ...]:
    return (
        Column("group", label, sortable=True),
        Column("people", _("People"), "count", sortable=True),
        columns.length("worked", _("Worked")),
        columns.length("active", _("Active")),
        columns.length("away", _("Away")),
        columns.length("private", _("Private")),
        columns.length("day", _("A day, on average")),
        Column("activity", _("Active of worked"), "share", sortable=True),
    )


def _groups(frame: Frame, people: list[RosterRow]) -> Iterable[tuple[str, list[RosterRow]]]:
    if frame.asked.by == "department":
        for row in companies.tree():
            yield row.path, [one for one in people if one.department_id == row.id]
        yield _("No department"), [one for one in people if one.department_id is None]
        return
    named = (
        {one.pk: one.name for one in companies.teams(frame.acting)} if frame.acting.role is not Role.EMPLOYEE else {}
    )
    for team_id, name in named.items():
        yield name, [one for one in people if team_id in one.team_ids]
    yield _("No team"), [one for one in people if not set(one.team_ids) & set(named)]


def _cells(members: list[RosterRow], found: Totals) -> tuple[Cell, ...]:
    spent = [found.by_person[one.id] for one in members]
    whole = Spent(
        days=sum(one.days for one in spent),
        worked=sum(one.worked for one in spent),
        active=sum(one.active for one in spent),
        away=sum(one.away for one in spent),
        private=sum(one.private for one in spent),
    )
    return _sums(len(members), whole)


def _sums(people: int, spent: Spent) -> tuple[Cell, ...]:
    a_day = spent.worked // spent.days if spent.days else None
    active = rules.part_of(spent.active, spent.worked)
    return (people, spent.worked, spent.active, spent.away, spent.private, a_day, active)


def _drawing(lines: list[Line], label: str) -> Drawing:
    shown = [(str(line.cells[0]), line.cells[6]) for line in lines[:_DRAWN]]
    values = tuple(float(cell) if isinstance(cell, int) else None for _name, cell in shown)
    chart = Chart(tuple(name for name, _cell in shown), (Series(_("A day, on average"), values, "work"),), head=label)
    return Drawing("across", _("Worked by one person on a day, on average"), chart)
