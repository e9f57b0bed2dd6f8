"""`Idempotency-Key`: a POST that is sent again, after a lost answer, is done once and answered the same."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from sundial.server.lib import clock
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Invalid
from sundial.server.portal import actions
from sundial.server.portal.actions import Answer
from sundial.server.portal.api import forms

HEADER = "Idempotency-Key"
REPEATED = "Idempotent-Replayed"

_KEY = re.compile(r"[\x21-\x7e]{1,200}")

PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Any text of your own; the same one within a day does nothing new and answers the same.",
    "schema": {"type": "string", "pattern": r"^[!-~]{1,200}$"},
}


def once(request: HttpRequest, view: Callable[[], HttpResponse]) -> HttpResponse:
    """The view's answer, or the one it gave when this key was first shown."""
    key = request.headers.get(HEADER)
    acting: Acting | None = getattr(request, "acting", None)
    if request.method != "POST" or key is None or acting is None:
        return view()
    if not _KEY.fullmatch(key):
        raise Invalid({HEADER: "1 to 200 printable ASCII characters."})
    return _once(request, acting, key, view)


def _once(request: HttpRequest, acting: Acting, key: str, view: Callable[[], HttpResponse]) -> HttpResponse:
    given: list[HttpResponse] = []

    def do() -> Answer | None:
        given.append(view())
        return Answer(given[0].status_code, given[0].content) if given[0].status_code < 400 else None

    asked = f"{request.get_full_path()}\n".encode() + forms.digest_of(request)
    kept = actions.once(acting=acting, key=key, request=asked, do=do, now=clock.now())
    if given or kept is None:
        return given[0]
    again = HttpResponse(kept.body, status=kept.status, content_type="application/json; charset=utf-8")
    again[REPEATED] = "true"
    return again
