"""What teams and departments lend the people in them."""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from sundial.server.companies import actions, queries
from sundial.server.companies.access import acting_of_page
from sundial.server.companies.types import Held, Lender
from sundial.server.lib import clock
from sundial.server.lib.errors import Invalid
from sundial.server.portal.views.attributes import end_sent, last_day


@dataclass(frozen=True)
class Refused:
    """What somebody wanted a team or department to lend, and why it does not."""

    typed: str
    words: str


def lent_context(lender: Lender, lender_id: int, refused: Refused | None = None) -> dict[str, Any]:
    """What `portal/lends.html` shows of a team or department; what was refused stands there as it was typed."""
    lent = queries.lent_by(lender, [lender_id], now=clock.now()).get(lender_id, [])
    return {
        "lent": [(one, last_day(one)) for one in lent],
        "lent_text": refused.typed if refused else ", ".join(one.text for one in lent),
        "lends_error": refused.words if refused else "",
        "lends_href": reverse(f"{lender}-lends", args=[lender_id]),
        "lendable": list(queries.pool()),
    }


def lend(request: HttpRequest, lender: Lender, lender_id: int) -> Refused | None:
    """Lend exactly what was sent."""
    acting, now = acting_of_page(request), clock.now()
    before = {one.name: one for one in queries.lent_by(lender, [lender_id], now=now).get(lender_id, [])}
    try:
        held = [replace(one, expires_at=end_sent(request, one, before.get(one.name))) for one in _sent(request)]
        changed = actions.lend_attributes(acting=acting, lender=lender, lender_id=lender_id, held=held, now=now)
    except Invalid as refusal:
        return Refused(request.POST.get("attributes", ""), " ".join(refusal.fields.values()))
    messages.success(request, _("Saved.") if changed else _("Nothing was changed."))
    return None


def _sent(request: HttpRequest) -> list[Held]:
    texts = [text.strip() for text in request.POST.get("attributes", "").split(",")]
    return [Held.from_text(text) for text in texts if text]
