"""A refusal as JSON, in the one shape of the API and of the pages' own scripts: `{"error": {"code", "message", …}}`."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, JsonResponse

from sundial.server.lib.errors import Conflict, Invalid, SundialError, TooMany

STALE = 412


def refusal(status: int, code: str, message: str, **more: Mapping[str, Any]) -> HttpResponse:
    """A refusal; `fields` and `difference` are left out where there are none."""
    told = {"code": code, "message": message, **{name: dict(value) for name, value in more.items() if value}}
    return JsonResponse({"error": told}, status=status)


def refused(error: SundialError) -> HttpResponse:
    """What an action refused, with all that it says about it."""
    if isinstance(error, Conflict) and error.difference:
        return refusal(STALE, "stale", error.message, difference=error.difference)
    fields = error.fields if isinstance(error, Invalid) else {}
    answer = refusal(error.status, error.code, error.message, fields=fields)
    if isinstance(error, TooMany):
        answer["Retry-After"] = str(error.retry_after)
    return answer
