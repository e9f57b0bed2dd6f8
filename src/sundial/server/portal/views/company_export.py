"""Everything a company has, for those who run it to take away."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from sundial.server.billing.queries import size
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import Conflict
from sundial.server.lifecycle import actions as lifecycle
from sundial.server.lifecycle import queries

MEGABYTE = 1_000_000


@allow(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def company_exports(request: HttpRequest) -> HttpResponse:
    """The exports of the reader's company; sending the form asks for another."""
    acting = acting_of_page(request)
    company_id = acting.company_id or 0
    if request.method == "POST":
        try:
            lifecycle.ask_export(acting=acting, company_id=company_id, now=clock.now())
        except Conflict as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("The export is being made. You are written to when it is ready."))
        return redirect("company-exports")
    found = queries.exports(acting, company_id)
    context = {
        "rows": [(one, size(-(-one.bytes // MEGABYTE))) for one in found],
        "making": any(one.state in {"ASKED", "MAKING"} for one in found),
    }
    return render(request, "portal/company_exports.html", context)


@allow(Role.ADMIN)
@require_GET
def company_export(request: HttpRequest, export_id: int) -> StreamingHttpResponse:
    """The file itself; who fetched it stands in the log."""
    pieces = lifecycle.fetch_export(acting=acting_of_page(request), export_id=export_id, now=clock.now())
    answer = StreamingHttpResponse(pieces, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="company-{export_id}.zip"'
    answer["Cache-Control"] = "private, no-store"
    return answer
