"""The owner's companies: who is on which plan, who grows, who stopped; a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sundial.server.billing import queries as billing
from sundial.server.billing.queries import Growth, near
from sundial.server.billing.types import DayFacts
from sundial.server.companies import queries as companies
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.companies.queries import CLOSED, CompanyFacts
from sundial.server.companies.types import CompanyStatus
from sundial.server.devices.queries.across import AgentNumbers, agent_numbers
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.lists import FORMATS, as_csv, narrowed, paged
from sundial.server.tracking import queries as tracking
from sundial.server.ui.types import Chart, Filter, Series

ORDERINGS = {"name", "-name", "created_at", "-created_at", "status", "-status"}
SHOWN_DAYS = timedelta(days=29)
_CSV_HEAD = (
    "id", "name", "status", "plan", "time zone", "people", "seats", "online", "offline", "never synced", "last sync",
    "active minutes, 7 days", "active minutes, 7 days before", "screenshots today", "storage MB", "agent versions",
    "policy delegated", "trial ends", "created",
)  # fmt: skip


@dataclass(frozen=True)
class CompanyRow:
    """A company in the owner's list, with how it stands."""

    company: CompanyFacts
    agents: AgentNumbers
    growth: Growth
    policy_version: int
    day: DayFacts | None

    @property
    def nearly_full(self) -> bool:
        """Whether its seats are nearly taken."""
        return near(self.company.people, self.company.seats_limit)


def _rows(acting: Acting, found: Sequence[CompanyFacts], now: datetime) -> list[CompanyRow]:
    ids = [company.id for company in found]
    agents, newest = agent_numbers(acting, ids, now=now), billing.newest(acting, ids)
    growth, versions = billing.growth(acting, today=now.date()), tracking.version_numbers(ids)
    return [
        CompanyRow(one, agents[one.id], growth.get(one.id, Growth(0, 0)), versions.get(one.id, 0), newest.get(one.id))
        for one in found
    ]


def _filters() -> tuple[Filter, ...]:
    words = (
        (str(CompanyStatus.TRIAL), _("Trial")),
        (str(CompanyStatus.ACTIVE), _("Active")),
        (str(CompanyStatus.SUSPENDED), _("Suspended")),
        (CLOSED, _("Closed")),
    )
    plans = tuple((plan.name, plan.name) for plan in billing.plans())
    return (Filter("status", _("Status"), words), Filter("plan", _("Plan"), plans))


@allow(Role.OWNER)
@require_GET
def owner(request: HttpRequest) -> HttpResponseBase:
    """All companies, with live counts of their agents."""
    acting, now = acting_of_page(request), clock.now()
    ordering = request.GET.get("ordering", "name")
    found = companies.companies_of(
        acting,
        search=request.GET.get("search", ""),
        status=request.GET.get("status", ""),
        plan=request.GET.get("plan", ""),
        ordering=ordering if ordering in ORDERINGS else "name",
    )
    if request.GET.get("format") == "csv":
        return as_csv("companies", _CSV_HEAD, [_line(row) for row in _rows(acting, found, now)])
    page = paged(request, found)
    rows, chart = _rows(acting, list(page.object_list), now), _active_chart(acting, now.date())
    context = {
        "page": page,
        "rows": rows,
        "filters": _filters(),
        "formats": FORMATS,
        "any": bool(found) or narrowed(request),
        "people": sum(company.people for company in found),
        "online": sum(row.agents.presence.online for row in rows),
        "offline": sum(row.agents.presence.offline for row in rows),
        "active_chart": chart,
        "active_today": f"{(chart.series[0].values[-1] or 0) / 3600:.1f}" if chart else "0.0",
        "as_of": now,
    }
    return render(request, "portal/owner.html", context)


def _active_chart(acting: Acting, today: date) -> Chart | None:
    """Active time of all companies, for each of the last thirty days; None while nothing was counted."""
    found = billing.platform_days(acting, since=today - SHOWN_DAYS, until=today)
    known = {row["day"]: row["all_active_ms"] / 1000 for row in found}
    days = [today - SHOWN_DAYS + timedelta(days=n) for n in range(SHOWN_DAYS.days + 1)]
    series = Series(_("Active"), tuple(known.get(day) for day in days))
    return Chart(tuple(f"{day:%-d %b}" for day in days), (series,), "length", _("Day"), "UTC") if known else None


def _line(row: CompanyRow) -> tuple[object, ...]:
    company, day = row.company, row.day
    return (
        company.id, company.name, CLOSED if company.closed_at else company.status, company.plan_name,
        company.time_zone, company.people, company.seats_limit,
        row.agents.presence.online, row.agents.presence.offline, row.agents.presence.never_synced,
        row.agents.last_sync_at,
        row.growth.active_ms // 60_000, row.growth.before_ms // 60_000,
        day.screenshots if day else 0, day.storage_bytes // 1_000_000 if day else 0,
        " ".join(f"{version}:{n}" for version, n in sorted(row.agents.versions.items())),
        company.policy_delegated, company.trial_ends_at,
        company.created_at,
    )  # fmt: skip
