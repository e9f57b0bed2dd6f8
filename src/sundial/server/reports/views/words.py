"""What the pages of reports say: names of reports and of stretches of days."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sundial.server.reports.types import Period, Report


@dataclass(frozen=True)
class Named:
    """A report as the list of them shows it."""

    report: Report
    title: str
    text: str
    icon: str


def named() -> dict[Report, Named]:
    """Every report with its title and what it answers."""
    told = {
        Report.DAILY: (_("Daily"), _("Who worked how long on which day, and from when to when."), "clock"),
        Report.MONTHLY: (_("Monthly"), _("Each person's days of a month against the target, for payroll."), "document"),
        Report.ATTENDANCE: (_("Attendance"), _("Who came when, who was late, who was not there."), "person"),
        Report.UTILISATION: (_("Utilisation"), _("Worked and active time against working days."), "chart"),
        Report.HEATMAP: (_("Activity heatmap"), _("When in the week people work."), "fold"),
        Report.TOP: (_("Top applications and websites"), _("What most time went to."), "window"),
        Report.COMPARISON: (_("Comparison"), _("Teams or departments side by side."), "people"),
    }
    return {report: Named(report, *words) for report, words in told.items()}


def preset_words() -> dict[str, str]:
    """The names of stretches."""
    return {
        "today": _("Today"),
        "yesterday": _("Yesterday"),
        "week": _("This week"),
        "last-week": _("Last week"),
        "month": _("This month"),
        "last-month": _("Last month"),
    }


def period_words(period: Period) -> str:
    """A stretch as people write it."""
    since, until = period.since, period.until
    if period.days == 1:
        return date_format(since, "l j F Y")
    if since.year != until.year:
        return f"{date_format(since, 'j F Y')} – {date_format(until, 'j F Y')}"
    if since.month != until.month:
        return f"{date_format(since, 'j F')} – {date_format(until, 'j F Y')}"
    if since.day == 1 and (until + timedelta(days=1)).day == 1:
        return date_format(since, "F Y")
    return f"{date_format(since, 'j')} – {date_format(until, 'j F Y')}"
