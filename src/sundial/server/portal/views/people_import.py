"""Taking people on from a list: a file is looked at first, and then taken as a whole or as far as it fits."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sundial.server.companies import actions
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.companies.types import LIST_TEMPLATE, NotAList
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import Invalid
from sundial.server.lib.lists import as_csv

_SHOWN = 200  # of each kind; a longer list is counted


@allow(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def import_list(request: HttpRequest) -> HttpResponse:
    """Choose a file; nothing is changed before it was looked at."""
    if request.method != "POST":
        return render(request, "portal/people_import.html", {})
    sent = request.FILES.get("list")
    try:
        if sent is None:
            raise NotAList(_("Choose a file first."))
        text = actions.text_of_list(sent.read())
        plan = actions.plan_import(acting=acting_of_page(request), text=text)
    except NotAList as refusal:
        return render(request, "portal/people_import.html", {"errors": [str(refusal)]}, status=422)
    return _preview(request, plan, text)


def _preview(request: HttpRequest, plan: actions.Plan, text: str, *, error: str = "") -> HttpResponse:
    context = {
        "plan": plan,
        "text": text,
        "lines": len(plan.good) + len(plan.bad),
        "good": plan.good[:_SHOWN],
        "more_good": max(0, len(plan.good) - _SHOWN),
        "bad": plan.bad[:_SHOWN],
        "more_bad": max(0, len(plan.bad) - _SHOWN),
        "errors": [error] if error else [],
    }
    return render(request, "portal/people_import_preview.html", context, status=422 if error else 200)


@allow(Role.ADMIN)
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """Take on those who were looked at: all, or with `only_good` those who fit."""
    acting, text = acting_of_page(request), request.POST.get("text", "")
    invite = request.POST.get("invite") == "on"
    try:
        plan = actions.import_people(
            acting=acting, text=text, only_good="only_good" in request.POST, invite=invite, now=clock.now()
        )
    except NotAList as refusal:
        return render(request, "portal/people_import.html", {"errors": [str(refusal)]}, status=422)
    except Invalid as refusal:
        plan = actions.plan_import(acting=acting, text=text)
        return _preview(request, plan, text, error=" ".join([refusal.message, *refusal.fields.values()]))
    count = len(plan.good)
    messages.success(request, ngettext("%(n)d person was added.", "%(n)d people were added.", count) % {"n": count})
    return redirect("people")


@allow(Role.ADMIN)
@require_GET
def template(request: HttpRequest) -> HttpResponseBase:
    """A list to fill in."""
    head, *rows = LIST_TEMPLATE
    return as_csv("people-to-add", head, rows)
