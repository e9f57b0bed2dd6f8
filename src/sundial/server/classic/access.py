"""The frame of every door of the first system: which methods it answers, and refusals in its own words."""

import logging
from collections.abc import Callable
from functools import wraps

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from sundial.server.classic.auth import NotSignedIn
from sundial.server.classic.forms import BODY_LIMIT, BadBody, Body, read
from sundial.server.lib.errors import Conflict, Invalid, SundialError

View = Callable[[HttpRequest, Body], HttpResponse]
Door = Callable[[HttpRequest], HttpResponse]

_log = logging.getLogger(__name__)


def door(method: str, limit: int = BODY_LIMIT) -> Callable[[View], Door]:
    """Answer this method only; what the view refuses undoes all it did, and is said in JSON."""

    def make(view: View) -> Door:
        @csrf_exempt  # tokens are shown, never sent by the browser on its own
        @wraps(view)
        def guarded(request: HttpRequest) -> HttpResponse:
            if request.method != method and (request.method, method) != ("HEAD", "GET"):
                answer = refusal(405, f"Only {method} is answered here.")
                answer["Allow"] = method
                return answer
            answer = _answered(view, request, limit)
            answer["Cache-Control"] = "no-store"
            return answer

        guarded.method = method  # type: ignore[attr-defined] # read by the table of routes
        return guarded

    return make


def _answered(view: View, request: HttpRequest, limit: int) -> HttpResponse:
    try:
        return view(request, read(request, limit))
    except (BadBody, NotSignedIn, SundialError) as error:
        transaction.set_rollback(True)
        return _refused(error)
    except Exception:  # whatever it is, the client reads JSON and nothing was changed
        _log.exception("a door of the first system failed")
        transaction.set_rollback(True)
        return refusal(500, "Something went wrong here. Nothing was changed.")


def _refused(error: BadBody | NotSignedIn | SundialError) -> HttpResponse:
    if isinstance(error, BadBody):
        return refusal(error.status, error.message)
    if isinstance(error, NotSignedIn):
        return refusal(401, str(error))
    if isinstance(error, Conflict):
        return refusal(422, error.message)  # clients of the first system were never told 409
    words = error.message
    if isinstance(error, Invalid):
        words = " ".join([words, *(f"{name}: {text}" for name, text in error.fields.items())])
    return refusal(error.status, words)


def refusal(status: int, message: str) -> HttpResponse:
    """A refusal in the first system's words."""
    return JsonResponse({"status": False, "message": message}, status=status)
