"""Links to a file for others in the company: made, ended, followed."""

from datetime import timedelta

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.errors import Conflict
from sundial.server.lib.numbers import whole_in
from sundial.server.vault import actions, gate, queries
from sundial.server.vault.types import Door
from sundial.server.vault.views.file import IN_COMPANY, MADE_TOKEN, refused


@allow(*IN_COMPANY)
@require_POST
def share(request: HttpRequest, file_id: int) -> HttpResponse:
    """Make a link; the page shows its address this once."""
    lasts = timedelta(seconds=whole_in(request.POST.get("lasts", "")) or 0)
    token = actions.share(acting=acting_of_page(request), file_id=file_id, lasts=lasts, now=clock.now())
    request.session[MADE_TOKEN] = [file_id, request.build_absolute_uri(reverse("vault-shared", args=[token]))]
    return redirect(f"{reverse('vault-file', args=[file_id])}#shares")


@allow(*IN_COMPANY)
@require_POST
def end(request: HttpRequest, share_id: int) -> HttpResponse:
    """End a link."""
    row = actions.end_share(acting=acting_of_page(request), share_id=share_id, now=clock.now())
    messages.success(request, _("The link has ended."))
    return redirect(f"{reverse('vault-file', args=[row.file_id])}#shares")


@transaction.non_atomic_requests  # that somebody was refused has to last
@allow(*IN_COMPANY)
@require_GET
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """Where a link leads: the file's name and the way to its content, or why it does not open."""
    acting, now = acting_of_page(request), clock.now()
    found = queries.shared(acting, token, now=now)
    try:
        gate.opened(acting=acting, file_id=found.file_id, share=token, now=now, door=Door.SHARE, reading=False)
    except (gate.Denied, gate.LinkOver) as refusal:
        return refused(request, refusal)
    with transaction.atomic():
        return render(request, "vault/shared.html", {"shared": found, "token": token, "as_of": now})


@transaction.non_atomic_requests  # that somebody was refused has to last
@allow(*IN_COMPANY)
@require_safe
def content(request: HttpRequest, token: str) -> HttpResponseBase:
    """The content behind a link; the rule is asked as everywhere."""
    acting, now = acting_of_page(request), clock.now()
    found = queries.shared(acting, token, now=now)
    try:
        return gate.answer(request, acting=acting, file_id=found.file_id, share=token, now=now, door=Door.SHARE)
    except (gate.Denied, gate.LinkOver, gate.Closed, Conflict) as refusal:
        return refused(request, refusal)
