"""What surrounds every operation: refusals in one shape, nothing half done, a repeated POST done once."""

import logging
from collections.abc import Callable
from functools import wraps

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from sundial.server.lib.errors import SundialError
from sundial.server.lib.refusals import refusal, refused
from sundial.server.portal.api import forms, repeating
from sundial.server.portal.api.answers import Refused, not_found

View = Callable[..., HttpResponse]

_WITH_BODY = {"POST", "PUT", "PATCH"}
_log = logging.getLogger(__name__)


def framed(view: View) -> View:
    """The view, whose every failure is JSON and undoes all that the request did."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            answer = _answered(view, request, *args, **kwargs)
        except Exception as error:
            answer = in_words(error)
        if answer.status_code >= 400 and connection.in_atomic_block:
            transaction.set_rollback(True)
        if answer.status_code == 401:
            answer["WWW-Authenticate"] = "Token"
        answer["Cache-Control"] = "no-store"
        return answer

    return guarded


def _answered(view: View, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    if request.method in _WITH_BODY and not forms.is_form(request) and _is_other(request):
        raise Refused(415, "unsupported_media_type", "Send JSON, as application/json.")
    answer = repeating.once(request, lambda: view(request, *args, **kwargs))
    if answer.status_code == 405:
        allowed = answer["Allow"]
        answer = refusal(405, "method_not_allowed", f"Only {allowed} is answered here.")
        answer["Allow"] = allowed
    return answer


def _is_other(request: HttpRequest) -> bool:
    """Whether there is a body, and it is no JSON."""
    return bool(request.body) and request.content_type != "application/json"


def in_words(error: Exception) -> HttpResponse:
    """The refusal that this failure is."""
    if isinstance(error, SundialError):
        return refused(error)
    if isinstance(error, Refused):
        return refusal(error.status, error.code, error.message)
    if isinstance(error, Http404):
        return not_found()
    if isinstance(error, RequestDataTooBig):
        return refusal(413, "too_large", "The body is too large.")
    if isinstance(error, BadRequest | SuspiciousOperation | MultiPartParserError | UnreadablePostError):
        return refusal(400, "bad_request", "The request cannot be read.")
    _log.error("an operation of the API failed", exc_info=error)
    return refusal(500, "internal", "Something went wrong here. Nothing was changed.")
