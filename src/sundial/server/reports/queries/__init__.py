"""Reports, each from day sums by a constant number of questions to the database."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotAllowed
from sundial.server.reports import rules
from sundial.server.reports.queries.attendance import attendance
from sundial.server.reports.queries.choices import Choices, choices
from sundial.server.reports.queries.comparison import comparison
from sundial.server.reports.queries.daily import daily
from sundial.server.reports.queries.frame import Frame, frame, today_of
from sundial.server.reports.queries.heatmap import heatmap
from sundial.server.reports.queries.monthly import monthly
from sundial.server.reports.queries.prepared import as_view, prepared
from sundial.server.reports.queries.top import top
from sundial.server.reports.queries.utilisation import utilisation
from sundial.server.reports.types import Asked, Cut, Report, Sheet

__all__ = ["Choices", "as_view", "ask", "choices", "prepared", "readable", "sheet", "today_of"]

_MAKE: dict[Report, Callable[[Frame, Cut | None], dict[str, Any]]] = {
    Report.DAILY: daily,
    Report.MONTHLY: monthly,
    Report.TOP: top,
    Report.UTILISATION: utilisation,
    Report.HEATMAP: heatmap,
    Report.COMPARISON: comparison,
    Report.ATTENDANCE: attendance,
}


def readable(acting: Acting) -> tuple[Report, ...]:
    """The reports that this person may read; NotAllowed for the OWNER, who sees sums of companies."""
    if acting.company_id is None or acting.role not in {Role.ADMIN, Role.MANAGER, Role.EMPLOYEE}:
        raise NotAllowed("Reports are read inside the company that they are about.")
    return tuple(one for one in Report if acting.role is not Role.EMPLOYEE or one is not Report.COMPARISON)


def ask(acting: Acting, report: Report, told: Mapping[str, str], *, now: datetime) -> Asked:
    """The question behind an address's query; NotAllowed for a report that this person may not read."""
    if report not in readable(acting):
        raise NotAllowed
    return rules.asked_from(report, told, today_of(acting, now))


def sheet(acting: Acting, asked: Asked, *, now: datetime, cut: Cut | None = None) -> Sheet:
    """The report that is asked for, or one page of it; NotFound for a person or team that one may not see."""
    found = frame(acting, asked, now=now)
    made = _MAKE[asked.report](found, cut)
    return Sheet(
        report=asked.report,
        period=asked.period,
        zone=found.zone,
        today=found.today,
        as_of=found.as_of,
        about=found.about,
        **made,
    )
