"""Monthly: each person's days of a month side by side, with what was expected; for payroll."""

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sundial.server.activity.queries import whole
from sundial.server.activity.queries.whole import Totals
from sundial.server.companies.types import RosterRow
from sundial.server.reports import rules
from sundial.server.reports.queries import columns
from sundial.server.reports.queries.frame import Frame
from sundial.server.reports.types import Cell, Column, Cut, Line


def monthly(frame: Frame, cut: Cut | None) -> dict[str, Any]:
    """One line a person: worked on each day, in all, and against the target."""
    days = rules.days_of(frame.period)
    found = whole.totals(frame.acting, since=days[0], until=days[-1], user_ids=frame.ids)
    people = reported(frame, found)
    shown = people if cut is None else people[cut.first : cut.first + cut.most]
    working = frame.working
    return {
        "title": _("Monthly"),
        "columns": _columns(days),
        "lines": _lines(frame, shown, days, found, working),
        "count": len(people),
        "total": _total(frame, people, days, found, working),
        "drawings": (columns.spent_by_day(frame, found.by_day),),
        "notes": notes(frame),
    }


def reported(frame: Frame, found: Totals) -> list[RosterRow]:
    """Whom a report by person lists: who worked, and everyone but administrators who belonged here then."""
    since, until = frame.period.since, min(frame.period.until, frame.today)
    return [
        one
        for one in frame.people
        if one.id in found.by_person or (one.role != "ADMIN" and rules.belonged(frame.stay(one, found), since, until))
    ]


def notes(frame: Frame) -> tuple[str, ...]:
    """What targets mean, or why there are none."""
    if not frame.hours.known:
        return (_("There is no target: the company's working hours are not set."), set_hours())
    return (_("The target is the company's working days up to today. Holidays and leave are not known to Sundial."),)


def set_hours() -> str:
    """The way out where hours are missing."""
    return _("An administrator can set them under Settings.")


def _columns(days: list[date]) -> tuple[Column, ...]:
    return (
        Column("person", _("Person")),
        *(Column(day.isoformat(), date_format(day, "D j"), "length") for day in days),
        Column("worked", _("Worked"), "length"),
        Column("target", _("Target"), "length"),
        Column("over", _("Over"), "length"),
        Column("short", _("Short"), "length"),
    )


def _lines(frame: Frame, shown: list[RosterRow], days: list[date], found: Totals, working: list[date]) -> list[Line]:
    rows = whole.spent_days(frame.acting, since=days[0], until=days[-1], user_ids=[one.id for one in shown])
    by_place = {(row.user_id, row.day): row.spent.worked for row in rows}
    lines = []
    for one in shown:
        spent = found.by_person.get(one.id)
        balance = _balance(spent.worked if spent else 0, frame.target(one, working, found))
        lines.append(Line((one.name, *(by_place.get((one.id, day)) for day in days), *balance), one.id))
    return lines


def _balance(worked: int, target: int | None) -> tuple[Cell, ...]:
    if target is None:
        return (worked, None, None, None)
    return (worked, target, max(0, worked - target), max(0, target - worked))


def _total(
    frame: Frame, people: list[RosterRow], days: list[date], found: Totals, working: list[date]
) -> tuple[Cell, ...]:
    by_day = [found.by_day[day].worked if day in found.by_day else None for day in days]
    if not frame.hours.known:
        return (_("Total"), *by_day, found.whole.worked, None, None, None)
    sums = [0, 0, 0]
    for one in people:
        spent = found.by_person.get(one.id)
        balance = _balance(spent.worked if spent else 0, frame.target(one, working, found))
        sums = [total + int(str(part)) for total, part in zip(sums, balance[1:], strict=True)]
    return (_("Total"), *by_day, found.whole.worked, *sums)
