"""The first system's doors of a person's own tasks; always open, for they record nothing."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from sundial.server.classic.access import door
from sundial.server.classic.auth import caller_of, require_acting
from sundial.server.classic.forms import BadBody, Body
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotAllowed
from sundial.server.tasks import actions, queries
from sundial.server.tasks.types import TaskView

MOST_TASKS = 500


@door("POST")
def get_tasks(request: HttpRequest, body: Body) -> HttpResponse:
    """The caller's own tasks, newest first, done ones included."""
    acting = _worker(request, body)
    found = queries.own_tasks(acting.company_id or 0, acting.id or 0, MOST_TASKS)
    return JsonResponse({"status": True, "data": [_shown(one) for one in found]})


@door("POST")
def update_task(request: HttpRequest, body: Body) -> HttpResponse:
    """Move one of the caller's own tasks; the answer's data is that task."""
    acting = _worker(request, body)
    task_id = body.id("task_id")
    if task_id is None:
        raise BadBody("`task_id` is needed.")
    actions.set_own_status(acting=acting, task_id=task_id, status=body.text("status"), now=clock.now())
    return JsonResponse({"status": True, "data": [_shown(queries.task(acting, task_id))]})


def _worker(request: HttpRequest, body: Body) -> Acting:
    acting = require_acting(caller_of(request, body))
    if acting.company_id is None:
        raise NotAllowed("You belong to no company.")
    return acting


def _shown(one: TaskView) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "description": one.description,
        "status": str(one.status),
        "due_date": one.due_date.isoformat() if one.due_date else None,
        "assigned_by": one.assigned_by,
        "created_at": _moment(one.created_at),
        "completed_at": _moment(one.completed_at) if one.completed_at else None,
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
