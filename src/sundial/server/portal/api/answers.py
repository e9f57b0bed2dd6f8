"""One shape for every refusal: `{"error": {"code", "message", "fields"?}}`."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, JsonResponse
from ninja import Schema

from sundial.server.lib.errors import Conflict, Invalid, NotAllowed, NotFound, SundialError, TooMany


class Problem(Schema):
    """What went wrong, in plain words; `fields` says it for each field, `difference` what someone else changed."""

    code: str
    message: str
    fields: dict[str, str] | None = None
    difference: dict[str, Any] | None = None


class Refusal(Schema):
    """The body of every answer that is not a success."""

    error: Problem


_KNOWN: dict[type[SundialError], tuple[int, str]] = {
    NotAllowed: (403, "forbidden"),
    NotFound: (404, "not_found"),
    Invalid: (422, "invalid"),
    Conflict: (409, "conflict"),
    TooMany: (429, "too_many_requests"),
}
STALE = 412

# Every operation may answer these; the table is what the description of the API is made from.
_ALWAYS = (400, 401, 403, 404, 422, 429, 500, 503)


class Refused(Exception):
    """A refusal with a status and a code of its own."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def refusal(status: int, code: str, message: str, **more: Mapping[str, Any]) -> HttpResponse:
    """A refusal; `fields` and `difference` are left out where there are none."""
    told = {"code": code, "message": message, **{name: dict(value) for name, value in more.items() if value}}
    return JsonResponse({"error": told}, status=status)


def refused(error: SundialError) -> HttpResponse:
    """The refusal of an action in the words of the API; a particular one may have a `code` of its own."""
    status, usual = next(_KNOWN[kind] for kind in type(error).__mro__ if kind in _KNOWN)
    code: str = getattr(error, "code", usual)
    if isinstance(error, Invalid):
        return refusal(status, code, error.message, fields=error.fields)
    if isinstance(error, Conflict) and error.difference:
        return refusal(STALE, "stale", error.message, difference=error.difference)
    answer = refusal(status, code, error.message)
    if isinstance(error, TooMany):
        answer["Retry-After"] = str(error.retry_after)
    return answer


def not_found() -> HttpResponse:
    """The same bytes for a foreign id, an unknown one, one that is none, and a path that leads nowhere."""
    return refused(NotFound())


def answers(success: Any, status: int = 200, *others: int) -> dict[int, Any]:
    """The answers of an operation, for its declaration: one success, and every refusal."""
    return {status: success, **dict.fromkeys(sorted({*_ALWAYS, *others}), Refusal)}


def creates(success: Any, status: int = 201) -> dict[int, Any]:
    """The answers of a POST: as `answers`, with what a body and an Idempotency-Key may add."""
    return answers(success, status, 409, 413, 415)


def changes(success: Any, *others: int) -> dict[int, Any]:
    """The answers of a change."""
    return answers(success, 200, 409, 413, 415, *others)
