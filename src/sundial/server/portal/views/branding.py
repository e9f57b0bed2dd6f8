"""How a company looks: chosen by its administrators, and served to its own people as a style sheet and a picture."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_http_methods, require_safe

from sundial.server.billing import actions as billing_actions
from sundial.server.billing import queries as billing
from sundial.server.companies import actions, queries
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.companies.types import Feature, Looks
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import Invalid, NotFound
from sundial.server.portal.forms import LooksForm
from sundial.server.portal.views.people import company_of, show_refusal

_IN_COMPANY = (Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)


@allow(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def branding(request: HttpRequest) -> HttpResponse:
    """Choose name, colour and logo; a colour that is hard to see is refused, with the nearest that is not."""
    acting = acting_of_page(request)
    company = queries.company(company_of(acting))
    looks = queries.looks(company.pk)
    initial = {"display_name": "" if looks.name == company.name else looks.name, "colour": looks.colour}
    closed = billing.why_not(company.pk, Feature.BRANDING)
    form = LooksForm(request.POST or None, request.FILES or None, initial=initial)
    for field in ("colour", "logo"):
        form.fields[field].disabled = bool(closed)
    instead = ""
    if request.method == "POST" and form.is_valid():
        try:
            billing_actions.change_looks(acting=acting, now=clock.now(), **_asked(request, form, closed))
        except Invalid as refusal:
            show_refusal(form, refusal)
            instead = actions.nearest_colour(request.POST.get("colour", "")) if "colour" in refusal.fields else ""
        else:
            messages.success(request, _("Saved."))
            return redirect("branding")
    context = {"form": form, "looks": looks, "instead": instead, "company": company, "closed": closed}
    return render(request, "portal/branding.html", context, status=422 if form.errors else 200)


def _asked(request: HttpRequest, form: LooksForm, closed: str) -> dict[str, Any]:
    if closed:
        return {"name": form.cleaned_data["display_name"], "colour": None}
    sent = form.cleaned_data["logo"]
    colour = request.POST.get("instead") or form.cleaned_data["colour"]
    return {
        "name": form.cleaned_data["display_name"],
        "colour": colour,
        "logo": sent.read() if sent else None,
        "drop_logo": "drop_logo" in request.POST,
    }


def _own_looks(request: HttpRequest, company_id: int) -> Looks:
    """The looks of one's own company; another's are not there."""
    if acting_of_page(request).company_id != company_id:
        raise NotFound
    return queries.looks(company_id)


def _etag(request: HttpRequest, company_id: int) -> str:
    return f'"{_own_looks(request, company_id).mark}"'


@allow(*_IN_COMPANY)
@require_safe
@condition(etag_func=_etag)
def style(request: HttpRequest, company_id: int) -> HttpResponse:
    """The company's colour, as a style sheet; its address changes with it."""
    sheet = queries.style_of(_own_looks(request, company_id))
    return _kept(HttpResponse(sheet, content_type="text/css; charset=utf-8"))


@allow(*_IN_COMPANY)
@require_safe
@condition(etag_func=_etag)
def logo(request: HttpRequest, company_id: int) -> HttpResponse:
    """The company's logo."""
    picture = _own_looks(request, company_id).logo
    if not picture:
        raise NotFound
    return _kept(HttpResponse(picture, content_type="image/png"))


def _kept(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "private, max-age=86400"
    return answer
