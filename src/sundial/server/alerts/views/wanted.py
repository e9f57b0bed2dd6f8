"""What a company wants to be told from when on, and when the reader wants to be written to."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sundial.server.alerts import actions, queries
from sundial.server.alerts.forms import WantedForm, form_of
from sundial.server.alerts.types import Mails
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Role


@allow(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def wanted(request: HttpRequest) -> HttpResponse:
    """From when on the company wants to know."""
    acting = acting_of_page(request)
    if request.method != "POST":
        return _page(request, form_of(queries.thresholds(acting.company_id or 0)))
    form = WantedForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    actions.change_thresholds(acting=acting, wanted=form.wanted(), now=clock.now())
    messages.success(request, _("Saved. The next look is within a minute."))
    return redirect("alerts")


def _page(request: HttpRequest, form: WantedForm, status: int = 200) -> HttpResponse:
    return render(request, "alerts/wanted.html", {"form": form}, status=status)


@allow(*queries.READERS)
@require_POST
def mails(request: HttpRequest) -> HttpResponse:
    """When the reader wants to be written to."""
    chosen = request.POST.get("mails", "")
    if chosen in set(Mails):
        actions.choose_mails(acting=acting_of_page(request), mails=Mails(chosen))
        messages.success(request, _("Saved."))
    return redirect("alerts")
