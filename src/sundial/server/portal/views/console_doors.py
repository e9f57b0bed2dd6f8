"""What the console's tables ask for; answers are JSON."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from sundial.server.companies import queries
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import SundialError
from sundial.server.lib.ids import ids_in
from sundial.server.lib.refusals import refused
from sundial.server.vault import queries as vault
from sundial.server.vault.types import FileView, Wanted

MOST_FILES = 10_000  # that the table holds
MOST_NAMED = 100  # files that one request may ask for by name; whoever wants more asks for all


def json_door(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A door for the page's own script: what an action refuses is said as the API says it, and nothing is half done."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        try:
            answer = view(request)
        except SundialError as error:
            transaction.set_rollback(True)
            answer = refused(error)
        answer["Cache-Control"] = "no-store"
        return answer

    return guarded


@allow(Role.ADMIN, Role.MANAGER)
@require_GET
@json_door
def rules(request: HttpRequest) -> HttpResponse:
    """Every file that the reader may see, with its rule, without its content; with `file=…`, those of these alone."""
    acting, now = acting_of_page(request), clock.now()
    if named := request.GET.getlist("file"):
        found = vault.files_of(acting, ids_in(named[:MOST_NAMED]), now=now)
        return JsonResponse({"items": _ruled(found), "count": len(found)})
    listed = vault.files_only(acting, Wanted(everywhere=True), now=now, page_size=MOST_FILES)
    return JsonResponse({"items": _ruled(listed.files), "count": listed.count})


def _ruled(files: Sequence[FileView]) -> list[dict[str, Any]]:
    owners = queries.names_of({one.owner_id for one in files})
    same = ("id", "name", "place", "owner", "revision", "updated_at")
    return [
        {
            **{name: getattr(one, name) for name in same},
            "owner_email": owners[one.owner_id].email if one.owner_id in owners else "",
            "policy": one.rule_text,
        }
        for one in files
    ]
