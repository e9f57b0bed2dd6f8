"""Putting what other pages make straight into the vault: a report, a prepared file, everything about oneself."""

from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Conflict, Invalid
from sundial.server.lib.way_back import way_back
from sundial.server.vault import actions, queries
from sundial.server.vault.models import File
from sundial.server.vault.views import asked
from sundial.server.vault.views.rules import rule_context

IN_COMPANY = (Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)


@allow(*IN_COMPANY)
@require_http_methods(["GET", "POST"])
def keep(request: HttpRequest, kind: str) -> HttpResponse:
    """Ask whom the file opens for and where it lies; then make it and put it there."""
    what = actions.source_words(kind)
    if request.method != "POST":
        return _form(request, what)
    acting, now = acting_of_page(request), clock.now()
    try:
        with transaction.atomic():
            row = _put(request, acting, actions.make_file(kind, acting=acting, asked=request.GET.dict(), now=now), now)
    except Invalid as refusal:
        return _form(request, what, " ".join(refusal.fields.values()))
    except Conflict as refusal:
        return _form(request, what, refusal.message)
    messages.success(request, _("%(name)s is in the vault.") % {"name": row.name})
    return redirect("vault-file", row.pk)


def _put(request: HttpRequest, acting: Acting, made: actions.Made, now: datetime) -> File:
    try:
        return actions.put_file(
            acting=acting,
            name=made.name,
            length=made.length,
            pieces=made.pieces,
            folder_id=asked.id_of(request.POST.get("folder", "")),
            rule_text=request.POST.get("rule", ""),
            same_name="both",
            now=now,
        )
    finally:
        made.release()


def _form(request: HttpRequest, what: str, wrong: str = "") -> HttpResponse:
    acting = acting_of_page(request)
    context = {
        "what": what,
        "places": queries.folders_of(acting).all(),
        "folder": request.POST.get("folder", ""),
        "rule": request.POST.get("rule") or queries.rule_for_upload(acting, None),
        "wrong": wrong,
        **rule_context(acting),
        "back": way_back(request, "/", "/vault/"),
    }
    return render(request, "vault/keep.html", context, status=422 if wrong else 200)
