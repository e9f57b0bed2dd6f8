"""One company as its owner sees it: its state, its sums, its agents in numbers, what may be done."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sundial.server.billing import queries as billing
from sundial.server.billing.queries import near, size
from sundial.server.billing.queries.plans import MEGABYTE
from sundial.server.companies import queries as companies
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.companies.types import CompanyStatus
from sundial.server.devices import queries as devices
from sundial.server.devices.queries.across import agent_numbers
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lifecycle import queries as lifecycle
from sundial.server.portal.forms import CompanySettingsForm
from sundial.server.portal.views.owner.company_charts import drawn
from sundial.server.portal.views.owner.forms import AdminForm, KeyForm, TrialForm
from sundial.server.portal.views.policy_words import counts_of
from sundial.server.tracking import queries as tracking

SETTINGS = ("name", "time_zone", "policy_delegated", "classic_clients")
DAYS = timedelta(days=29)


@allow(Role.OWNER)
@require_GET
def company(request: HttpRequest, company_id: int) -> HttpResponse:
    """One company: its state, its agents in numbers, what may be done."""
    return company_page(request, company_id)


def company_page(request: HttpRequest, company_id: int, refused: Form | None = None) -> HttpResponse:
    """The page; with a form that was refused in its place."""
    acting, now = acting_of_page(request), clock.now()
    row = companies.company_facts(acting, company_id)
    head = tracking.head(company_id)
    numbers = agent_numbers(acting, [company_id], now=now)[company_id]
    initial = {name: getattr(row, name) for name in SETTINGS}
    context = {
        "company": row,
        "near_limit": near(row.people, row.seats_limit),
        "form": _form(refused, CompanySettingsForm(initial=initial)),
        "trial_form": _form(refused, TrialForm()),
        "key_form": _form(refused, KeyForm()),
        "admin_form": _form(refused, AdminForm()),
        "agents": numbers,
        "presence": numbers.presence,
        "counts": counts_of(devices.progress(company_id, head.etag, now=now)),
        "head": head,
        "halted": devices.halted(company_id, now=now) if row.status is CompanyStatus.SUSPENDED else None,
        "last": tracking.last_change(acting, company_id),
        "exports": lifecycle.exports(acting, company_id)[:3],
        "closing": lifecycle.closing(company_id) if row.closed_at else None,
        "as_of": now,
        **_sums(acting, row.id, now.astimezone(ZoneInfo(row.time_zone)).date(), row.time_zone),
    }
    return render(request, "portal/company.html", context, status=422 if refused else 200)


def _form(refused: Form | None, fresh: Form) -> Form:
    return refused if type(refused) is type(fresh) and refused is not None else fresh


def _sums(acting: Acting, company_id: int, today: date, zone: str) -> dict[str, Any]:
    """What the company came to in the last thirty days, and how it stands."""
    found = billing.days_of(acting, company_id, since=today - DAYS, until=today)
    days = [today - DAYS + timedelta(days=n) for n in range(DAYS.days + 1)]
    newest = found[-1] if found else None
    return {
        "newest": newest,
        "storage": size(-(-newest.storage_bytes // MEGABYTE)) if newest else "",
        "charts": drawn(days, found, zone) if found else [],
    }
