"""The list of tasks, as a table or a board, and changes to several of them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid
from sundial.server.lib.ids import HIGHEST_ID, id_in, ids_in
from sundial.server.lib.lists import FORMATS, PAGE_SIZE, Counted, as_csv, narrowed, paged, wanted_page
from sundial.server.tasks import actions, queries, rules
from sundial.server.tasks.types import Status, TaskView
from sundial.server.tasks.views import asked, words

IN_COMPANY = (Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)
STRUCK = "struck_task"  # in the session: the task that was deleted a moment ago
_EXPORTED_AT_ONCE = 500
_MOST_PEOPLE = 2000
_CSV_HEAD = (
    "id", "task", "project", "person", "status", "progress %", "due", "estimate minutes", "assigned by", "created",
    "done", "worked seconds",
)  # fmt: skip


@allow(*IN_COMPANY)
@require_GET
def tasks(request: HttpRequest) -> HttpResponseBase:
    """The tasks the reader may see: all of the company, of their people, or their own."""
    acting, now = acting_of_page(request), clock.now()
    if request.GET.get("format") == "csv":
        return as_csv("tasks", _CSV_HEAD, list(_lines(request, acting, now)))
    board, runs = request.GET.get("view") == "board", acting.role in rules.RUNS
    people = asked.people_of(acting, _MOST_PEOPLE) if runs else []
    context = {
        **(_board(request, acting, now) if board else _list(request, acting, now)),
        "people": people,
        "filters": asked.filters(acting, people),
        "tabs": asked.tabs(request, acting),
        "looks": asked.looks(request),
        "formats": FORMATS,
        "nothing": _nothing(request, acting),
        "runs": runs,
        "wants_mail": queries.wants_mail(acting.id or 0),
        "struck": _struck(request, acting),
        "as_of": now,
    }
    return render(request, "tasks/board.html" if board else "tasks/tasks.html", context)


def _list(request: HttpRequest, acting: Acting, now: datetime) -> dict[str, Any]:
    wanted = asked.wanted(request, now)
    found = queries.tasks(acting, wanted, ordering=_ordering(request), page=wanted_page(request))
    worked = queries.worked_on(acting, [one.id for one in found.items])
    return {
        "page": paged(request, Counted(found.items, found.count, found.page)),
        "rows": [{**words.row(acting, one, wanted.today), "worked": worked.get(one.id, 0)} for one in found.items],
        "statuses": words.statuses(),
        "back": request.get_full_path(),
    }


def _board(request: HttpRequest, acting: Acting, now: datetime) -> dict[str, Any]:
    wanted = asked.wanted(request, now)
    columns = []
    for status in Status:
        if wanted.status not in {"", asked.UNFINISHED, status}:
            continue
        one = type(wanted)(**{**_fields(wanted), "status": str(status)})
        found = queries.tasks(acting, one, ordering="-changed_at" if status is Status.DONE else "due_date")
        rows = [words.row(acting, task, wanted.today) for task in found.items]
        more = max(0, found.count - PAGE_SIZE)
        columns.append({
            "key": str(status), "word": words.status_word(status), "count": found.count, "rows": rows, "more": more,
            "href": asked.with_status(request, str(status)),
        })  # fmt: skip
    return {"columns": columns, "back": request.get_full_path()}


def _fields(wanted: Any) -> dict[str, Any]:
    return {name: getattr(wanted, name) for name in wanted.__slots__}


def _ordering(request: HttpRequest) -> str:
    return request.GET.get("ordering", "due_date")


def _nothing(request: HttpRequest, acting: Acting) -> dict[str, str]:
    if narrowed(request):
        text = _("Try another word, or remove a filter. Done tasks are under the status Done.")
        return {"title": _("No task fits"), "text": text, "action": _("Show all tasks"), "href": reverse("tasks")}
    if acting.role in rules.RUNS:
        text = _("Give somebody a task: they see it in their agent and on their page within a second.")
        return {"title": _("Nothing to do"), "text": text, "action": _("New task"), "href": reverse("task-new")}
    text = _("When somebody gives you a task it appears here and in your agent.")
    return {"title": _("Nothing to do"), "text": text, "action": "", "href": ""}


def _struck(request: HttpRequest, acting: Acting) -> TaskView | None:
    """The task that the reader deleted a moment ago, to be told once, with a way back."""
    task_id = request.session.pop(STRUCK, None)
    return queries.deleted_task(acting, task_id) if isinstance(task_id, int) else None


def _lines(request: HttpRequest, acting: Acting, now: datetime) -> Iterator[tuple[object, ...]]:
    page, pages, wanted = 1, 1, asked.wanted(request, now)
    while page <= pages:
        found = queries.tasks(acting, wanted, ordering=_ordering(request), page=page, page_size=_EXPORTED_AT_ONCE)
        worked = queries.worked_on(acting, [one.id for one in found.items])
        yield from (_line(one, worked.get(one.id, 0)) for one in found.items)
        page, pages = page + 1, found.pages


def _line(one: TaskView, ms: int) -> tuple[object, ...]:
    due = one.due_date.isoformat() if one.due_date else ""
    what = (one.id, one.title, one.project, one.assigned_to, str(one.status), one.progress, due)
    return (*what, one.estimate_minutes or "", one.assigned_by, one.created_at, one.completed_at, ms // 1000)


@allow(*IN_COMPANY)
@require_POST
def several(request: HttpRequest) -> HttpResponse:
    """Move the chosen tasks, or give them to somebody."""
    acting = acting_of_page(request)
    chosen = ids_in(request.POST.getlist("ids")[:500])
    person = request.POST.get("assigned_to_id", "")
    if not request.POST.get("status") and not person:
        messages.info(request, _("Choose a status or a person first; nothing was changed."))
        return redirect(here(request))
    try:
        count = actions.change_several(
            acting=acting,
            task_ids=chosen,
            status=request.POST.get("status", ""),
            assigned_to_id=(0 if person == "0" else id_in(person) or HIGHEST_ID) if person else None,
            now=clock.now(),
        )
    except Invalid as refusal:
        messages.error(request, f"{refusal.message} {' '.join(refusal.fields.values())}")
        return redirect(here(request))
    said = ngettext("%(n)s task was changed.", "%(n)s tasks were changed.", count) % {"n": count}
    messages.success(request, said)
    return redirect(here(request))


def here(request: HttpRequest) -> str:
    """The list that the form was sent from; never another site."""
    back = request.POST.get("back", "")
    return back if back.startswith("/tasks/") and "\\" not in back else reverse("tasks")


@allow(*IN_COMPANY)
@require_POST
def mail(request: HttpRequest) -> HttpResponse:
    """Whether the reader wants to be written to when a task is given to them."""
    wanted = request.POST.get("wanted") == "on"
    actions.wish_mail(acting=acting_of_page(request), wanted=wanted, now=clock.now())
    said = _("You get a mail when somebody gives you a task.") if wanted else _("You get no mails about new tasks.")
    messages.success(request, said)
    return redirect(here(request))
