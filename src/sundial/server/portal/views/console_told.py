"""What the console's script says to the doors for many at once, and what they answer it."""

import json
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from sundial.server.lib.errors import Invalid
from sundial.server.lib.outcomes import Outcome

MOST_FAILURES = 100  # that are named one by one


def body_of(request: HttpRequest) -> dict[str, Any]:
    """What was asked; raises Invalid for what is no JSON object."""
    try:
        asked = json.loads(request.body)
    except ValueError as error:
        raise Invalid({"body": _("This cannot be read.")}) from error
    if not isinstance(asked, dict):
        raise Invalid({"body": _("This cannot be read.")})
    return asked


def told(done: int, items: Sequence[Outcome], undo: str = "") -> HttpResponse:
    """How many changed, who did not and why, and the way back."""
    failed = [{"id": one.id, "done": False, "message": one.message} for one in items if not one.done]
    return JsonResponse({"done": done, "failures": len(failed), "failed": failed[:MOST_FAILURES], "undo": undo})
