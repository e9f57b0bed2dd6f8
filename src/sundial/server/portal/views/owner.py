"""The owner's companies: found, suspend, reactivate, delegate; numbers of agents, never a person."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sundial.server.companies import actions as company_actions
from sundial.server.companies import queries as companies
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.companies.queries import CompanyFacts
from sundial.server.companies.types import CompanyStatus
from sundial.server.devices import queries as devices
from sundial.server.devices.types import PresenceCounts
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import Conflict, Invalid
from sundial.server.lib.lists import FORMATS, as_csv, narrowed, paged
from sundial.server.lifecycle import actions as lifecycle
from sundial.server.portal.forms import CompanyForm, CompanySettingsForm
from sundial.server.portal.views.policy_words import counts_of
from sundial.server.tracking import queries as tracking
from sundial.server.ui.types import Filter

_ORDERINGS = {"name", "-name", "created_at", "-created_at", "status", "-status"}
_CSV_HEAD = ("id", "name", "status", "time zone", "people", "policy delegated", "created")
_SETTINGS = ("name", "time_zone", "policy_delegated", "classic_clients")


@dataclass(frozen=True)
class CompanyRow:
    """A company in the owner's list, with how its agents stand now."""

    company: CompanyFacts
    presence: PresenceCounts
    policy_version: int


def _row(company: CompanyFacts, now: datetime) -> CompanyRow:
    counts = devices.presence_counts(company.id, now=now)
    return CompanyRow(company, counts, tracking.head(company.id).version)


def _status_filter() -> Filter:
    words = {
        CompanyStatus.TRIAL: _("Trial"),
        CompanyStatus.ACTIVE: _("Active"),
        CompanyStatus.SUSPENDED: _("Suspended"),
    }
    return Filter("status", _("Status"), tuple((str(status), word) for status, word in words.items()))


@allow(Role.OWNER)
@require_GET
def owner(request: HttpRequest) -> HttpResponseBase:
    """All companies, with live counts of their agents."""
    ordering = request.GET.get("ordering", "name")
    found = companies.companies_of(
        acting_of_page(request),
        search=request.GET.get("search", ""),
        status=request.GET.get("status", ""),
        ordering=ordering if ordering in _ORDERINGS else "name",
    )
    if request.GET.get("format") == "csv":
        lines = [
            (c.id, c.name, c.status, c.time_zone, c.people, c.policy_delegated, c.created_at.isoformat()) for c in found
        ]
        return as_csv("companies", _CSV_HEAD, lines)
    now, page = clock.now(), paged(request, found)
    rows = [_row(company, now) for company in page.object_list]
    context = {
        "page": page,
        "rows": rows,
        "filters": (_status_filter(),),
        "formats": FORMATS,
        "any": bool(found) or narrowed(request),
        "people": sum(company.people for company in found),
        "online": sum(row.presence.online for row in rows),
        "offline": sum(row.presence.offline for row in rows),
        "as_of": now,
    }
    return render(request, "portal/owner.html", context)


@allow(Role.OWNER)
@require_http_methods(["GET", "POST"])
def new_company(request: HttpRequest) -> HttpResponse:
    """Found a company; the one-time link for its administrator is shown once and mailed."""
    form = CompanyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            founded = lifecycle.found_company(acting=acting_of_page(request), now=clock.now(), **form.cleaned_data)
        except Invalid as refusal:
            for name, text in refusal.fields.items():
                form.add_error(_form_field(name), text)
        else:
            link = company_actions.invite(user_id=founded.admin_id, company_id=founded.company_id)
            context = {"founded": founded, "link": link, "form": form}
            return render(request, "portal/company_founded.html", context, status=201)
    status = 422 if form.errors else 200
    return render(request, "portal/company_new.html", {"form": form}, status=status)


def _form_field(name: str) -> str | None:
    names = {"email": "admin_email", "first_name": "admin_first_name", "last_name": "admin_last_name"}
    return names.get(name, name if name in CompanyForm.base_fields else None)


@allow(Role.OWNER)
@require_GET
def company(request: HttpRequest, company_id: int) -> HttpResponse:
    """One company: its state, its agents in numbers, what may be done."""
    return _company_page(request, company_id)


def _company_page(request: HttpRequest, company_id: int, form: CompanySettingsForm | None = None) -> HttpResponse:
    acting, now = acting_of_page(request), clock.now()
    row = companies.company_facts(acting, company_id)
    head = tracking.head(company_id)
    context = {
        "company": row,
        "form": form or CompanySettingsForm(initial={name: getattr(row, name) for name in _SETTINGS}),
        "presence": devices.presence_counts(company_id, now=now),
        "counts": counts_of(devices.progress(company_id, head.etag, now=now)),
        "head": head,
        "halted": devices.halted(company_id, now=now) if row.status is CompanyStatus.SUSPENDED else None,
        "last": tracking.last_change(acting, company_id),
        "as_of": now,
    }
    return render(request, "portal/company.html", context, status=422 if form else 200)


@allow(Role.OWNER)
@require_POST
def suspend(request: HttpRequest, company_id: int) -> HttpResponse:
    """Suspend a company, with a reason."""
    try:
        lifecycle.suspend_company(
            acting=acting_of_page(request),
            company_id=company_id,
            reason=request.POST.get("reason", ""),
            now=clock.now(),
        )
    except Conflict as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Suspended. Its agents are being told to stop recording."))
    return redirect("owner-company", company_id)


@allow(Role.OWNER)
@require_POST
def reactivate(request: HttpRequest, company_id: int) -> HttpResponse:
    """Let a suspended company work again."""
    try:
        lifecycle.reactivate_company(acting=acting_of_page(request), company_id=company_id, now=clock.now())
    except Conflict as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Reactivated. Its agents are being told."))
    return redirect("owner-company", company_id)


@allow(Role.OWNER)
@require_POST
def switches(request: HttpRequest, company_id: int) -> HttpResponse:
    """Change the name, zone and switches of a company."""
    row = companies.company_facts(acting_of_page(request), company_id)
    form = CompanySettingsForm(request.POST, initial={name: getattr(row, name) for name in _SETTINGS})
    if not form.is_valid():
        return _company_page(request, company_id, form)
    try:
        company_actions.change_company(
            acting=acting_of_page(request), company_id=company_id, changes=form.cleaned_data, now=clock.now()
        )
    except Invalid as refusal:
        for name, text in refusal.fields.items():
            form.add_error(name if name in form.fields else None, text)
        return _company_page(request, company_id, form)
    messages.success(request, _("Saved."))
    return redirect("owner-company", company_id)
