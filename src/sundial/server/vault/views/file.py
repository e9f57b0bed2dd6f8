"""One file: what is in it, its versions, who may open it, who did, and who was refused."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from sundial.access import Decision
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Conflict, Invalid, SundialError
from sundial.server.lib.numbers import whole_in
from sundial.server.lib.pictures import FORMATS, Unreadable, remake
from sundial.server.lib.scope import acting_for
from sundial.server.vault import actions, gate, queries, rules
from sundial.server.vault.types import SHARE_LASTS, Door, FileView

IN_COMPANY = (Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)
MADE_TOKEN = "vault-made-link"  # noqa: S105 - the name of a place in the session
TEXT_SHOWN = 64 << 10  # bytes of a text that are shown
IMAGE_SHOWN = 20 << 20  # the largest image that is shown
PDF_SHOWN = 50 << 20
_PICTURES = {f"image/{name.lower()}" for name in FORMATS}
_QUALITY = 85


@dataclass(frozen=True)
class Preview:
    """How a file is shown: `image`, `pdf`, `text`, `none`, or `closed` to this reader; `why` says why it is not."""

    kind: str
    why: str = ""
    text: str = ""
    cut: bool = False


@transaction.non_atomic_requests  # that somebody was refused has to last
@allow(*IN_COMPANY)
@require_GET
def file(request: HttpRequest, file_id: int) -> HttpResponse:
    """What is known of a file, and, for whom it opens, what is in it."""
    acting, now = acting_of_page(request), clock.now()
    decision = gate.access_of(acting=acting, file_id=file_id, now=now)
    known = queries.details(acting, file_id, opens=decision.allowed, now=now)
    shown = _preview(acting, known.file, decision)
    with transaction.atomic():
        context = _told(acting, known, now) | {"decision": decision, "preview": shown, "made": _made(request, file_id)}
        return render(request, "vault/file.html", context)


def _told(acting: Acting, known: queries.Details, now: datetime) -> dict[str, Any]:
    one, places = known.file, known.folders
    keeps = rules.may_change(acting, one.owner_id)
    return {
        "file": one,
        "kind": _kind_word(one.kind),
        "folders": places.path(one.folder_id),
        "places": places.all() if keeps else [],
        "versions": known.versions,
        "shares": known.shares,
        "readers": known.readings,
        "denials": known.denials,
        "keeps": keeps,
        "may_rule": rules.may_rule(acting),
        "lasts": [(int(length.total_seconds()), text) for length, text in zip(SHARE_LASTS, _lasting(), strict=True)],
        "as_of": now,
    }


def _made(request: HttpRequest, file_id: int) -> str:
    """The address of a link that was made a moment ago; it is told this once."""
    made = request.session.pop(MADE_TOKEN, None)
    return str(made[1]) if made and made[0] == file_id else ""


def _kind_word(kind: str) -> str:
    return {
        "image": _("Picture"),
        "pdf": _("PDF document"),
        "text": _("Text"),
        "sheet": _("Spreadsheet"),
        "document": _("Document"),
        "media": _("Sound or film"),
        "archive": _("Archive"),
    }.get(kind, _("File"))


def _lasting() -> tuple[str, ...]:
    return _("an hour"), _("a day"), _("a week"), _("30 days")


def _preview(acting: Acting, one: FileView, decision: Decision) -> Preview:
    if not decision.allowed:
        return Preview("closed", decision.reason)
    if one.media_type in _PICTURES:
        return Preview("image") if one.size <= IMAGE_SHOWN else Preview("none", _("This picture is too large to show."))
    if one.kind == "pdf":
        return Preview("pdf") if one.size <= PDF_SHOWN else Preview("none", _("This document is too large to show."))
    if one.kind == "text":
        return _text(acting, one)
    return Preview("none", _("Files of this kind are not shown here. Download it to open it."))


def _text(acting: Acting, one: FileView) -> Preview:
    try:
        found = gate.previewed(acting=acting, file_id=one.id, most=TEXT_SHOWN, now=clock.now())
    except SundialError as refusal:  # it was closed, or its seal is broken, since the page began
        return Preview("closed", refusal.message)
    return Preview("text", text=found.decode("utf-8", "replace"), cut=one.size > len(found))


@transaction.non_atomic_requests  # that somebody was refused has to last
@allow(*IN_COMPANY)
@require_safe
def content(request: HttpRequest, file_id: int) -> HttpResponseBase:
    """The content itself, to keep; whole or in part."""
    acting, version = acting_of_page(request), whole_in(request.GET.get("version", ""))
    try:
        return gate.answer(request, acting=acting, file_id=file_id, version=version, now=clock.now(), door=Door.PAGE)
    except (gate.Denied, gate.Closed, Conflict) as refusal:
        return refused(request, refusal)


def refused(request: HttpRequest, refusal: Exception) -> HttpResponse:
    """Why this person may not open it, in words."""
    status = 409 if isinstance(refusal, Conflict) else 403
    words = refusal.message if isinstance(refusal, SundialError) else str(refusal)
    with transaction.atomic():
        return render(request, "vault/denied.html", {"message": words, "broken": status == 409}, status=status)


@transaction.non_atomic_requests  # that somebody was refused has to last
@allow(*IN_COMPANY)
@require_GET
def preview(request: HttpRequest, file_id: int) -> HttpResponse:
    """An image, decoded and encoded anew by a process of its own: nothing of the file itself reaches the browser."""
    acting, now = acting_of_page(request), clock.now()
    one = queries.file(acting, file_id, now=now)
    try:
        if one.media_type not in _PICTURES or one.size > IMAGE_SHOWN:
            raise Unreadable(_("This file is not shown."))
        made = remake(gate.previewed(acting=acting, file_id=file_id, most=IMAGE_SHOWN, now=now), _QUALITY).picture
    except gate.Denied as refusal:
        return _plain(refusal.message, 403)
    except Unreadable as error:
        return _plain(str(error), 415)
    answer = HttpResponse(made, content_type="image/webp")
    for name, value in gate.GUARDED.items():
        answer[name] = value
    return answer


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)


@allow(*IN_COMPANY)
@require_GET
def standing(request: HttpRequest, file_id: int) -> JsonResponse:
    """Whether the file is open to this person at this moment; an open page asks again and again."""
    found = gate.access_of(acting=acting_of_page(request), file_id=file_id, now=clock.now())
    return JsonResponse({"open": found.allowed, "reason": "" if found.allowed else found.reason})


@allow(*IN_COMPANY)
@require_POST
def make_current(request: HttpRequest, file_id: int) -> HttpResponse:
    """Have another version be read from now on."""
    number, revision = _number(request, "number") or 0, _number(request, "revision")
    acting, now = acting_of_page(request), clock.now()
    try:
        actions.make_current(acting=acting, file_id=file_id, number=number, revision=revision, now=now)
    except Conflict as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Version %(number)s is read from now on.") % {"number": number})
    return redirect("vault-file", file_id)


@allow(*IN_COMPANY)
@require_POST
def arrange(request: HttpRequest, file_id: int) -> HttpResponse:
    """Give a file another name, another folder, or both."""
    acting, now = acting_of_page(request), clock.now()
    name, folder, revision = request.POST.get("name", ""), _number(request, "folder"), _number(request, "revision")
    try:
        with acting_for(acting.company_id or 0), transaction.atomic():
            row = actions.rename(acting=acting, file_id=file_id, name=name, revision=revision, now=now)
            actions.move(acting=acting, file_id=file_id, folder_id=folder, revision=row.revision, now=now)
    except (Conflict, Invalid) as refusal:
        said = " ".join(refusal.fields.values()) if isinstance(refusal, Invalid) else refusal.message
        messages.error(request, said)
    else:
        messages.success(request, _("Saved."))
    return redirect("vault-file", file_id)


@allow(*IN_COMPANY)
@require_POST
def put_into_bin(request: HttpRequest, file_id: int) -> HttpResponse:
    """Put a file into the bin."""
    row = actions.bin_file(acting=acting_of_page(request), file_id=file_id, now=clock.now())
    messages.success(request, _("%(name)s is in the bin now.") % {"name": row.name})
    return redirect("/vault/")


def _number(request: HttpRequest, name: str) -> int | None:
    """A whole number that was sent; None for none."""
    return whole_in(request.POST.get(name, ""))
