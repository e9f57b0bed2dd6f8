"""Uploads that may be cut and gone on with: the door of tus 1.0 (https://tus.io), for pages and programs.

Each request does one thing that lasts; a part that is refused or cut leaves the upload where it was.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from email.utils import format_datetime
from functools import wraps
from typing import ParamSpec, get_args
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from ninja.utils import check_csrf

from sundial.server.accounts.auth import api_token
from sundial.server.companies.access import View, acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import Invalid, SundialError, TooMany
from sundial.server.lib.ids import HIGHEST_ID, id_in
from sundial.server.lib.numbers import whole_in
from sundial.server.vault import actions
from sundial.server.vault.actions.uploads import SameName
from sundial.server.vault.models import Upload
from sundial.server.vault.types import LARGEST

P = ParamSpec("P")

IN_COMPANY = (Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)
VERSION = "1.0.0"
PART = "application/offset+octet-stream"
_READ = 1 << 18
_DIGITS = 19  # of an offset or a length: more than any file has
_SAME: tuple[SameName, ...] = get_args(SameName)


def door(*methods: str) -> Callable[[View[P]], View[P]]:
    """A view that speaks tus to whoever may upload; refusals are told as programs read them."""

    def made(view: View[P]) -> View[P]:
        @csrf_exempt  # asked for below, of pages alone: a program shows its token
        @transaction.non_atomic_requests
        @allow(*IN_COMPANY)  # type: ignore[arg-type] # the same call, with names
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            try:
                answer = _refusal_of(request, methods) or view(request, *args, **kwargs)
            except SundialError as error:
                answer = _refused(error)
            answer["Tus-Resumable"] = VERSION
            answer["Cache-Control"] = "no-store"
            return answer

        return guarded

    return made


@door("OPTIONS", "POST")
def uploads(request: HttpRequest) -> HttpResponse:
    """What is spoken here, and a new upload: its name, folder and rule come as metadata, its bytes later."""
    if request.method == "OPTIONS":
        return _headed(204, {"Tus-Version": VERSION, "Tus-Extension": "creation,termination,expiration",
                             "Tus-Max-Size": str(LARGEST)})  # fmt: skip
    length = whole_in(request.headers.get("Upload-Length", ""), _DIGITS)
    if length is None:
        return _problem(400, "length", "Say how long the file is, in Upload-Length.")
    told, acting, now = _metadata(request), acting_of_page(request), clock.now()
    row = actions.begin_upload(
        acting=acting,
        name=told.get("filename", ""),
        length=length,
        folder_id=_id(told, "folder"),
        rule_text=told.get("rule", ""),
        file_id=_id(told, "file"),
        same_name=next((one for one in _SAME if one == told.get("same")), "refuse"),
        now=now,
    )
    made = _headed(201, {"Location": reverse("vault-upload", args=[row.pk]), "Upload-Offset": "0"})
    if not length:  # nothing will follow: the file is there
        _row, file = actions.receive_part(acting=acting, upload_id=row.pk, offset=0, pieces=(), now=now)
        made["Sundial-File"] = str(file.pk if file else "")
    return _lasting(made, row.expires_at)


@door("HEAD", "PATCH", "DELETE")
def upload(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """How far an upload is, the part that follows, or its end; with the last part there is a file."""
    acting, now = acting_of_page(request), clock.now()
    if request.method == "DELETE":
        actions.cancel_upload(acting=acting, upload_id=upload_id, now=now)
        return _headed(204, {})
    if request.method == "HEAD":
        return _standing(actions.look_at_upload(acting=acting, upload_id=upload_id, now=now), 200)
    return _taken(request, upload_id, now)


def _taken(request: HttpRequest, upload_id: UUID, now: datetime) -> HttpResponse:
    offset = whole_in(request.headers.get("Upload-Offset", ""), _DIGITS)
    if request.content_type != PART:
        return _problem(415, "unsupported_media_type", f"Send parts as {PART}.")
    if offset is None:
        return _problem(400, "offset", "Say where the part begins, in Upload-Offset.")
    row, file = actions.receive_part(
        acting=acting_of_page(request), upload_id=upload_id, offset=offset, pieces=_pieces(request), now=now
    )
    made = _standing(row, 204)
    if file is not None:
        made["Sundial-File"] = str(file.pk)
    return made


def _pieces(request: HttpRequest) -> Iterator[bytes]:
    while piece := request.read(_READ):
        yield piece


def _standing(row: Upload, status: int) -> HttpResponse:
    made = _headed(status, {"Upload-Offset": str(row.received), "Upload-Length": str(row.length)})
    return _lasting(made, row.expires_at)


def _lasting(made: HttpResponse, until: datetime) -> HttpResponse:
    made["Upload-Expires"] = format_datetime(until, usegmt=True)
    return made


def _refusal_of(request: HttpRequest, methods: tuple[str, ...]) -> HttpResponse | None:
    """What keeps the request out before it is looked at."""
    if request.method not in methods:
        return _headed(405, {"Allow": ", ".join(methods)})
    if request.method == "OPTIONS":
        return None
    if request.headers.get("Tus-Resumable") != VERSION:
        return _headed(412, {"Tus-Version": VERSION})
    if request.method != "HEAD" and api_token(request) is None and check_csrf(request) is not None:
        return _problem(403, "csrf", "This came without its CSRF token. Reload the page.")
    return None


def _refused(error: SundialError) -> HttpResponse:
    fields = error.fields if isinstance(error, Invalid) else {}
    code = next(iter(fields), error.code) if type(error) is Invalid else error.code
    made = _problem(error.status, code, " ".join(fields.values()) or error.message)
    if isinstance(error, TooMany):
        made["Retry-After"] = str(error.retry_after)
    return made


def _problem(status: int, code: str, message: str) -> HttpResponse:
    body = json.dumps({"error": {"code": code, "message": message}})
    return HttpResponse(body, status=status, content_type="application/json")


def _headed(status: int, headers: dict[str, str]) -> HttpResponse:
    return HttpResponse(status=status, headers=headers)


def _metadata(request: HttpRequest) -> dict[str, str]:
    """What goes with an upload: `name base64, …`; what cannot be read is left out."""
    found = {}
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        name, _space, value = pair.strip().partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            continue
    return found


def _id(told: dict[str, str], name: str) -> int | None:
    """The id that was told; one that nothing has for words that are none, None for nothing."""
    text = told.get(name, "")
    if not text:
        return None
    return id_in(text) or HIGHEST_ID
