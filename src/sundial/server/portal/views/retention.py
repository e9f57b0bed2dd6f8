"""How long a company keeps what was recorded, and what goes in the nights to come."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sundial.server.activity import queries as activity
from sundial.server.activity.types import DataKind
from sundial.server.audit import queries as audit
from sundial.server.companies import actions, queries
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import Invalid
from sundial.server.portal.forms import ArchiveRuleForm, RetentionForm


@dataclass(frozen=True)
class Shorter:
    """A kind of which more goes tonight than would have gone."""

    words: str
    count: int


@allow(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def retention(request: HttpRequest) -> HttpResponse:
    """Each kind of data, for how long, and what goes when; a shorter time is confirmed before it is saved."""
    acting, now = acting_of_page(request), clock.now()
    company = queries.company(acting.company_id or 0)
    form = RetentionForm(request.POST or None, limit=company.retention_limit_days, initial=company.retention)
    context: dict[str, Any] = {"form": form, "limit": company.retention_limit_days, "as_of": now}
    archived_after = audit.archived_after(company.id) or 0
    context |= {"archive_form": ArchiveRuleForm(initial={"months": archived_after}), "show_archives": True}
    kept = activity.keeping(acting, now=now)
    if request.method == "POST" and form.is_valid():
        shorter = _shorter(kept, activity.keeping(acting, now=now, own=form.wanted))
        if shorter and "confirmed" not in request.POST:
            return render(request, "portal/retention.html", context | _shown(kept) | {"shorter": shorter})
        try:
            actions.change_ways(acting=acting, changes={"retention": form.wanted}, now=now)
        except Invalid as refusal:
            form.add_error(None, " ".join(refusal.fields.values()))
        else:
            messages.success(request, _("Saved. The first night that it holds for is the next."))
            return redirect("retention")
    status = 422 if form.errors else 200
    return render(request, "portal/retention.html", context | _shown(kept), status=status)


def _shown(kept: list[activity.Keeping]) -> dict[str, Any]:
    """A row a night, a cell a kind under its word; None where a kind is kept for ever."""
    words = {DataKind.SCREENSHOTS: _("Screenshots"), DataKind.ACTIVITY: _("To the minute"), DataKind.SUMS: _("Sums")}
    nights = sorted({night.after for one in kept for night in one.nights})
    cells = {one.kind: {night.after: night for night in one.nights} for one in kept}
    rows = [(night, [(words[one.kind], cells[one.kind].get(night)) for one in kept]) for night in nights]
    return {"kinds": [words[one.kind] for one in kept], "nights": rows}


def _shorter(now: list[activity.Keeping], then: list[activity.Keeping]) -> list[Shorter]:
    words = {
        DataKind.SCREENSHOTS: _("screenshots"),
        DataKind.ACTIVITY: _("days of people, to the minute"),
        DataKind.SUMS: _("days of people from every report"),
    }
    found = []
    for old, new in zip(now, then, strict=True):
        more = (new.tonight.count if new.tonight else 0) - (old.tonight.count if old.tonight else 0)
        if more > 0:
            found.append(Shorter(words[new.kind], more))
    return found
