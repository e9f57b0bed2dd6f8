"""Files of reports: small ones at once, large ones prepared by the worker and fetched within a day."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Conflict
from sundial.server.reports import actions, queries
from sundial.server.reports.types import Asked, ExportState, Form, Report, TakenAway
from sundial.server.reports.views.words import period_words

IN_COMPANY = (Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)
_GOING = {ExportState.WAITING, ExportState.RUNNING}


def take(request: HttpRequest, acting: Acting, asked: Asked, form: Form, *, now: datetime) -> HttpResponse:
    """The file, or for one that is large the question whether to have it prepared; NotAllowed beyond the plan."""
    actions.require(acting, form)
    lines = actions.count_of(acting, asked, now=now)
    if not actions.is_large(form, lines):
        return _handed_over(actions.take_away(acting=acting, asked=asked, form=form, now=now))
    context = {
        "report": asked.report,
        "form": form,
        "lines": lines,
        "too_large": lines > actions.MOST_LINES,
        "most": actions.MOST_LINES,
        "period_words": period_words(asked.period),
        "query": request.GET.urlencode(),
        "back": reverse("report", args=[asked.report]),
    }
    return render(request, "reports/prepare.html", context)


@allow(*IN_COMPANY)
@require_http_methods(["GET", "POST"])
def exports(request: HttpRequest) -> HttpResponse:
    """One's own prepared files; a POST has one more prepared."""
    acting, now = acting_of_page(request), clock.now()
    if request.method == "POST":
        return _prepare(request, acting, now)
    found = queries.prepared(acting, now=now)
    rows = [(one, period_words(one.asked.period), one.state in _GOING) for one in found]
    return render(
        request,
        "reports/exports.html",
        {"rows": rows, "going": any(going for _one, _words, going in rows), "as_of": now},
    )


def _prepare(request: HttpRequest, acting: Acting, now: datetime) -> HttpResponse:
    report, form = request.POST.get("report", ""), request.GET.get("format", "")
    if report not in set(Report) or form not in set(Form):
        raise Http404
    asked = queries.ask(acting, Report(report), request.GET.dict(), now=now)
    actions.prepare(acting=acting, asked=asked, form=Form(form), now=now)
    messages.success(request, _("The file is being prepared. It can be fetched here for a day."))
    return redirect("report-exports")


@allow(*IN_COMPANY)
@require_GET
def export(request: HttpRequest, export_id: int) -> HttpResponse:
    """A file that was prepared for oneself."""
    try:
        return _handed_over(actions.fetch(acting=acting_of_page(request), export_id=export_id, now=clock.now()))
    except Conflict as refusal:
        messages.error(request, refusal.message)
        return redirect("report-exports")


def _handed_over(file: TakenAway) -> HttpResponse:
    answer = HttpResponse(file.body, content_type=file.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{file.name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
