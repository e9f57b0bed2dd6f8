"""What addresses ask of reports: whatever cannot be meant is left out, and somebody who cannot be is nobody."""

from collections.abc import Mapping
from datetime import date

from sundial.server.lib.ids import id_in
from sundial.server.lib.words import storable
from sundial.server.reports.rules.periods import month_of, period_from
from sundial.server.reports.types import Asked, Report

_DEFAULT = {Report.DAILY: "today", Report.ATTENDANCE: "week"}
_LONGEST_SEARCH = 200


def asked_from(report: Report, told: Mapping[str, str], today: date) -> Asked:
    """The question behind an address's query."""
    default = _DEFAULT.get(report, "month")
    period = period_from(told.get("range", ""), day_in(told, "from"), day_in(told, "to"), today, default)
    if report is Report.MONTHLY:
        period = month_of(min(_month_in(told) or period.since, today))
    return Asked(
        report=report,
        period=period,
        person=_id_in(told, "person"),
        team=_id_in(told, "team"),
        department=_id_in(told, "department"),
        search=storable(told.get("search", ""), _LONGEST_SEARCH).strip(),
        ordering=told.get("ordering", ""),
        kind="website" if told.get("kind") == "website" else "app",
        by="department" if told.get("by") == "department" else "team",
    )


def address_of(asked: Asked) -> dict[str, str]:
    """The query that asks the same again, its days spelled out."""
    told = {"from": asked.period.since.isoformat(), "to": asked.period.until.isoformat()}
    for name in ("person", "team", "department"):
        if (value := getattr(asked, name)) is not None:
            told[name] = str(value)
    told |= {name: value for name in ("search", "ordering") if (value := getattr(asked, name))}
    if asked.report is Report.TOP:
        told["kind"] = asked.kind
    if asked.report is Report.COMPARISON:
        told["by"] = asked.by
    return told


def day_in(told: Mapping[str, str], name: str) -> date | None:
    """The day that is named there, if one is."""
    text = told.get(name, "")
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def _month_in(told: Mapping[str, str]) -> date | None:
    text = told.get("month", "")
    return day_in({"month": f"{text}-01"}, "month") if len(text) == 7 else None


def _id_in(told: Mapping[str, str], name: str) -> int | None:
    text = told.get(name, "")
    return id_in(text) if text else None
