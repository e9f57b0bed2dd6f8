"""The tasks' doors under `/agent/v1/`: what the device's person has to do, and where one of those tasks stands."""

from collections.abc import Callable
from datetime import date
from hashlib import sha256

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from sundial.protocol import codec, etags, messages
from sundial.server.companies import queries as companies
from sundial.server.companies.types import CompanyStatus
from sundial.server.devices.auth import answer, for_devices, refusal
from sundial.server.devices.types import DeviceActing
from sundial.server.lib import clock
from sundial.server.lib.errors import NotFound
from sundial.server.tasks import actions, queries
from sundial.server.tasks.models import Task
from sundial.server.tasks.types import TaskView

BODY_LIMIT = 4 * 1024
SHOWN_AT_ONCE = 200

DeviceView = Callable[[HttpRequest, DeviceActing], HttpResponse]


@csrf_exempt
def tasks(request: HttpRequest) -> HttpResponse:
    """The open tasks of the device's person, soonest due first: 304 for whoever has this very list."""
    return _answered(request, "GET", _tasks)


@csrf_exempt
def change(request: HttpRequest, task_id: int) -> HttpResponse:
    """Move one of the person's tasks; the answer is the task. 404 for one that is not theirs."""
    return _answered(request, "POST", lambda request, device: _changed(request, device, task_id))


def _answered(request: HttpRequest, method: str, view: DeviceView) -> HttpResponse:
    if request.method != method:
        made = refusal(405, "method_not_allowed", f"Only {method} is answered here.")
        made["Allow"] = method
        return made
    return for_devices(_of_companies_at_work(view))(request)


def _of_companies_at_work(view: DeviceView) -> DeviceView:
    def guarded(request: HttpRequest, device: DeviceActing) -> HttpResponse:
        if companies.company(device.company_id).status == CompanyStatus.SUSPENDED:
            return refusal(403, "suspended", "This company is suspended.")
        return view(request, device)

    return guarded


def _tasks(request: HttpRequest, device: DeviceActing) -> HttpResponse:
    found = queries.open_tasks_of(device.company_id, device.user_id, SHOWN_AT_ONCE)
    made = answer(messages.TasksAnswer([_item(one) for one in found]))
    etag = sha256(made.content).hexdigest()[:32]
    if etags.matches(request.headers.get("If-None-Match", ""), etag):
        made = HttpResponse(status=304)
        made["Cache-Control"] = "no-store"
    made["ETag"] = etags.quoted(etag)
    return made


def _item(one: TaskView) -> messages.TaskItem:
    return _as_told(one.id, one.title, one.project, one.status, one.due_date)


def _changed(request: HttpRequest, device: DeviceActing, task_id: int) -> HttpResponse:
    if int(request.META.get("CONTENT_LENGTH") or 0) > BODY_LIMIT:
        return refusal(413, "too_large", f"At most {BODY_LIMIT} bytes are taken here.")
    try:
        said = codec.decode(messages.TaskUpdate, request.body)
        row = actions.set_status_from_device(device=device, task_id=task_id, status=said.status, now=clock.now())
    except (codec.Malformed, UnreadablePostError) as error:
        return refusal(400, "malformed", str(error))
    except NotFound as error:
        return refusal(404, "not_found", error.message)
    return answer(_told(row))


def _told(row: Task) -> messages.TaskItem:
    return _as_told(row.pk, row.title, row.project.name if row.project else "", row.status, row.due_date)


def _as_told(task_id: int, title: str, project: str, status: str, due: date | None) -> messages.TaskItem:
    words = due.isoformat() if due else None
    return messages.TaskItem(task_id, title, project, status, words)  # type: ignore[arg-type] # one of the three words
