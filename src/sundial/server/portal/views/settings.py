"""How one's company works: zone, hours, length of a day, what people may do; by its administrators."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import dates
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sundial.server.companies import actions, queries
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.companies.types import WEEKDAYS
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import Invalid
from sundial.server.portal.forms import WaysForm
from sundial.server.portal.views.people import company_of, show_refusal


@allow(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """How the company works, and the way to everything else that is set."""
    acting = acting_of_page(request)
    row = queries.company(company_of(acting))
    names = ("time_zone", "day_minutes", "people_delete_screenshots")
    initial = {name: getattr(row, name) for name in names} | _hours(row.working_hours)
    form = WaysForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.change_ways(acting=acting, changes=form.changes, now=clock.now())
        except Invalid as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Saved.") if changed else _("Nothing was changed."))
            return redirect("settings")
    context = {
        "form": form,
        "company": row,
        "week": [_day(form, index, day) for index, day in enumerate(WEEKDAYS)],
        "seats_used": queries.seats_used(row.pk),
    }
    return render(request, "portal/settings.html", context, status=422 if form.errors else 200)


def _hours(kept: Mapping[str, Any]) -> dict[str, str]:
    """The hours of the week as the form has them."""
    return {f"{day}_{end}": pair[at] for day, pair in kept.items() for at, end in enumerate(("from", "to"))}


def _day(form: WaysForm, index: int, day: str) -> tuple[str, BoundField, BoundField]:
    return str(dates.WEEKDAYS[index]), form[f"{day}_from"], form[f"{day}_to"]
