"""A company's plan: what it is on, what another would mean, and its invoices."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from sundial.server.billing import actions, queries, rules
from sundial.server.billing.views.plans import shown
from sundial.server.companies import queries as companies
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Conflict, NotFound
from sundial.server.lib.ids import id_in

NO_PLAN = "none"


@allow(Role.OWNER)
@require_http_methods(["GET", "POST"])
def company_plan(request: HttpRequest, company_id: int) -> HttpResponse:
    """Choose a plan for a company: `?plan=` shows what it would mean, sending the form does it."""
    acting = acting_of_page(request)
    if request.method == "POST":
        return _change(request, acting, company_id)
    company = companies.company_facts(acting, company_id)
    chosen = request.GET.get("plan", "")
    found = queries.plans()
    current = queries.plan_of(company_id)
    context = {
        "company": company,
        "plans": [(one, shown(one)) for one in found],
        "current": current,
        "chosen": chosen,
        "chosen_name": next((one.name for one in found if str(one.id) == chosen), ""),
        "meaning": _meaning(acting, company_id, chosen) if chosen else None,
        "use": _use(company_id),
        "terms": [(term, rules.money(term.price_cents, term.currency)) for term in queries.terms(acting, company_id)],
    }
    return render(request, "billing/company_plan.html", context)


def _meaning(acting: Acting, company_id: int, chosen: str) -> list[object]:
    return list(actions.preview(acting=acting, company_id=company_id, plan_id=_plan_id(chosen)))


def _plan_id(text: str) -> int | None:
    if text == NO_PLAN:
        return None
    if not (plan := id_in(text)):
        raise NotFound
    return plan


def _use(company_id: int) -> list[tuple[str, str, str, bool, bool]]:
    """What is used of each limit: its word, the figure, the limit, whether that is near, and whether there is none."""
    use, limits = queries.use_of(company_id), companies.limits_of(company_id)
    seats = _("no limit") if limits.seats is None else str(limits.seats)
    room = _("no limit") if limits.storage_mb is None else rules.size(limits.storage_mb)
    kept = _("no limit") if limits.retention_days is None else _("%(days)s days") % {"days": limits.retention_days}
    near = rules.near(use.storage_mb, limits.storage_mb)
    return [
        (_("Seats"), str(use.seats), seats, rules.near(use.seats, limits.seats), limits.seats is None),
        (_("Room for screenshots"), rules.size(use.storage_mb), room, near, limits.storage_mb is None),
        (_("Data is kept at most"), kept, "", False, False),
    ]


def _change(request: HttpRequest, acting: Acting, company_id: int) -> HttpResponse:
    companies.company_for(acting, company_id)
    plan_id = _plan_id(request.POST.get("plan", ""))
    try:
        actions.change_plan(acting=acting, company_id=company_id, plan_id=plan_id, now=clock.now())
    except Conflict as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The plan was changed. Its limits hold from now on."))
    return redirect("owner-company-plan", company_id)


@allow(Role.ADMIN)
@require_GET
def my_plan(request: HttpRequest) -> HttpResponse:
    """What the plan of the reader's own company allows, how much is used, and its invoices."""
    acting = acting_of_page(request)
    if acting.company_id is None:
        raise NotFound
    current = queries.plan_of(acting.company_id)
    found = queries.invoices(acting, company_id=acting.company_id)
    context = {
        "company": companies.company_facts(acting, acting.company_id),
        "limits": companies.limits_of(acting.company_id),
        "current": (current, shown(current)) if current else None,
        "use": _use(acting.company_id),
        "invoices": [(one, rules.money(one.cents, one.currency)) for one in found],
    }
    return render(request, "billing/my_plan.html", context)
