"""The owner's plans: what they allow, what they cost, who is on them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sundial.server.billing import actions, queries, rules
from sundial.server.billing.forms import PlanForm, initial_of
from sundial.server.billing.types import PlanFacts
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import Conflict, Invalid
from sundial.server.lib.lists import FORMATS, as_csv, narrowed, paged

_CSV_HEAD = (
    "id", "name", "description", "seats", "storage MB", "retention days", "features", "price", "currency", "companies",
)  # fmt: skip


@allow(Role.OWNER)
@require_GET
def plans(request: HttpRequest) -> HttpResponseBase:
    """All plans, the cheapest first."""
    found = queries.plans(search=request.GET.get("search", ""))
    if request.GET.get("format") == "csv":
        return as_csv("plans", _CSV_HEAD, [_line(plan) for plan in found])
    page = paged(request, found)
    rows = [(plan, shown(plan)) for plan in page.object_list]
    context = {"page": page, "rows": rows, "formats": FORMATS, "filtered": narrowed(request)}
    return render(request, "billing/plans.html", context)


def _line(plan: PlanFacts) -> tuple[object, ...]:
    return (
        plan.id, plan.name, plan.description, plan.seats, plan.storage_mb, plan.retention_days,
        " ".join(plan.features), plan.price_cents / 100, plan.currency, plan.companies,
    )  # fmt: skip


def shown(plan: PlanFacts) -> dict[str, Any]:
    """A plan in words."""
    return {
        "seats": _("no limit") if plan.seats is None else plan.seats,
        "storage": _("no limit") if plan.storage_mb is None else rules.size(plan.storage_mb),
        "retention": _("no limit")
        if plan.retention_days is None
        else _("%(days)s days") % {"days": plan.retention_days},
        "features": [words for feature, words in rules.FEATURE_WORDS.items() if feature in plan.features],
        "price": rules.money(plan.price_cents, plan.currency) if plan.price_cents else _("free"),
    }


@allow(Role.OWNER)
@require_http_methods(["GET", "POST"])
def new_plan(request: HttpRequest) -> HttpResponse:
    """Make a plan."""
    form = PlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            plan = actions.make_plan(acting=acting_of_page(request), values=form.values(), now=clock.now())
        except Invalid as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The plan %(name)s was made.") % {"name": plan.name})
            return redirect("plans")
    return render(request, "billing/plan_form.html", {"form": form}, status=422 if form.errors else 200)


@allow(Role.OWNER)
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Change a plan; companies on it have its new limits at once."""
    facts = queries.plan(plan_id)
    form = PlanForm(request.POST or None, initial=initial_of(facts))
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_plan(acting=acting_of_page(request), plan_id=plan_id, changes=form.values(), now=clock.now())
        except Invalid as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("plans")
    context = {"form": form, "plan": facts}
    return render(request, "billing/plan_form.html", context, status=422 if form.errors else 200)


@allow(Role.OWNER)
@require_POST
def delete_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Take a plan away that no company is on."""
    try:
        actions.delete_plan(acting=acting_of_page(request), plan_id=plan_id, now=clock.now())
    except Conflict as refusal:
        messages.error(request, refusal.message)
        return redirect("plan", plan_id)
    messages.success(request, _("The plan was deleted."))
    return redirect("plans")


def show_refusal(form: Any, refusal: Invalid) -> None:
    """Put what an action refused beside the fields it is about."""
    places = {"storage_mb": "storage_gb", "price_cents": "price"}
    for name, text in refusal.fields.items():
        field = places.get(name, name)
        form.add_error(field if field in form.fields else None, text)
