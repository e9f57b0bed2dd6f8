"""Networks that rules know by name: a name and its ranges of addresses, one a line."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sundial.server.companies import actions, queries
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import Invalid
from sundial.server.portal.views.people import company_of

LONGEST = 20_000


@allow(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def networks(request: HttpRequest) -> HttpResponse:
    """Name the networks of one's company."""
    acting = acting_of_page(request)
    kept = queries.company(company_of(acting)).networks
    written, error = _written(kept), ""
    if request.method == "POST":
        written = request.POST.get("networks", "")
        try:
            changed = actions.change_ways(acting=acting, changes={"networks": _read(written)}, now=clock.now())
        except Invalid as refusal:
            error = " ".join(refusal.fields.values())
        else:
            messages.success(request, _("Saved.") if changed else _("Nothing was changed."))
            return redirect("networks")
    context = {"written": written, "error": error, "address": acting.ip or "", "longest": LONGEST}
    return render(request, "portal/networks.html", context, status=422 if error else 200)


def _written(kept: Mapping[str, list[str]]) -> str:
    return "\n".join(f"{name} = {', '.join(ranges)}" for name, ranges in kept.items())


def _read(text: str) -> dict[str, list[str]]:
    """The lines that say something; a name that stands twice has the ranges of both."""
    found: dict[str, list[str]] = {}
    for line in text[:LONGEST].splitlines():
        name, _sign, ranges = line.partition("=")
        if line.strip():
            found.setdefault(name.strip(), []).extend(one.strip() for one in ranges.split(",") if one.strip())
    return found
