"""Founding a company: name, zone, plan, trial, and its first administrator."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from sundial.server.companies import actions as company_actions
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.companies.types import CompanyStatus
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import Invalid
from sundial.server.lifecycle import actions as lifecycle
from sundial.server.portal.views.owner.forms import DAYS_OF_TRIAL, FoundingForm

_PLACES = {
    "email": "admin_email",
    "first_name": "admin_first_name",
    "last_name": "admin_last_name",
    "trial_ends_at": "trial_ends",
}


@allow(Role.OWNER)
@require_http_methods(["GET", "POST"])
def new_company(request: HttpRequest) -> HttpResponse:
    """Found a company; the one-time link for its administrator is shown once and mailed."""
    last_day = clock.now().date() + timedelta(days=DAYS_OF_TRIAL)
    form = FoundingForm(request.POST or None, initial={"trial_ends": last_day})
    if request.method == "POST" and form.is_valid():
        asked = form.founding()
        asked["status"] = CompanyStatus(asked["status"])
        try:
            founded = lifecycle.found_company(acting=acting_of_page(request), now=clock.now(), **asked)
        except Invalid as refusal:
            for name, text in refusal.fields.items():
                field = _PLACES.get(name, name)
                form.add_error(field if field in form.fields else None, text)
        else:
            link = company_actions.invite(user_id=founded.admin_id, company_id=founded.company_id)
            context = {"founded": founded, "link": link, "form": form}
            return render(request, "portal/company_founded.html", context, status=201)
    return render(request, "portal/company_new.html", {"form": form}, status=422 if form.errors else 200)
