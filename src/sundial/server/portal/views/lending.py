"""What teams and departments lend the people in them."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sundial.server.companies import actions, queries
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.companies.types import Held, Lender
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import Invalid
from sundial.server.portal.views.attributes import end_sent, last_day


def lent_context(lender: Lender, lender_id: int) -> dict[str, Any]:
    """What `portal/lends.html` shows of a team or department."""
    lent = queries.lent_by(lender, [lender_id], now=clock.now()).get(lender_id, [])
    return {
        "lent": [(one, last_day(one)) for one in lent],
        "lent_text": ", ".join(one.text for one in lent),
        "lends_href": reverse(f"{lender}-lends", args=[lender_id]),
        "lendable": list(queries.pool()),
    }


@allow(Role.ADMIN)
@require_POST
def by_team(request: HttpRequest, team_id: int) -> HttpResponse:
    """Lend the people of a team exactly these."""
    return _lend(request, Lender.TEAM, team_id)


@allow(Role.ADMIN)
@require_POST
def by_department(request: HttpRequest, department_id: int) -> HttpResponse:
    """Lend the people of a department, and of those beneath it, exactly these."""
    return _lend(request, Lender.DEPARTMENT, department_id)


def _lend(request: HttpRequest, lender: Lender, lender_id: int) -> HttpResponse:
    acting, now = acting_of_page(request), clock.now()
    before = {one.name: one for one in queries.lent_by(lender, [lender_id], now=now).get(lender_id, [])}
    try:
        held = [replace(one, expires_at=end_sent(request, one, before.get(one.name))) for one in _sent(request)]
        changed = actions.lend_attributes(acting=acting, lender=lender, lender_id=lender_id, held=held, now=now)
    except Invalid as refusal:
        messages.error(request, " ".join(refusal.fields.values()))
    else:
        messages.success(request, _("Saved.") if changed else _("Nothing was changed."))
    return redirect(str(lender), lender_id)


def _sent(request: HttpRequest) -> list[Held]:
    texts = [text.strip() for text in request.POST.get("attributes", "").split(",")]
    return [Held.from_text(text) for text in texts if text]
