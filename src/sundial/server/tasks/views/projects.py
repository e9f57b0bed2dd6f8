"""Projects: the list, one of them with its tasks and the time worked on them, and changes."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid
from sundial.server.lib.lists import FORMATS, Counted, as_csv, narrowed, paged, wanted_page
from sundial.server.tasks import actions, queries
from sundial.server.tasks.forms import ProjectForm
from sundial.server.tasks.types import ProjectView, Wanted
from sundial.server.tasks.views import asked, words
from sundial.server.tasks.views.task import show
from sundial.server.ui.types import Filter

_RUNS = (Role.ADMIN, Role.MANAGER)
_CSV_HEAD = ("id", "project", "open tasks", "done tasks", "worked seconds", "made by", "created", "archived")
_SPENT_HEAD = ("project", "task", "person", "worked seconds")


@allow(*_RUNS)
@require_GET
def projects(request: HttpRequest) -> HttpResponseBase:
    """The company's projects."""
    acting = acting_of_page(request)
    found = queries.projects(
        acting,
        search=request.GET.get("search", ""),
        state=request.GET.get("state", "") or "active",
        ordering=request.GET.get("ordering", "name"),
    )
    if request.GET.get("format") == "csv":
        return as_csv("projects", _CSV_HEAD, [_line(*one) for one in _with_time(acting, list(found))])
    page = paged(request, found)
    context = {
        "page": page,
        "rows": _with_time(acting, list(page.object_list)),
        "filters": (Filter("state", _("State"), (("archived", _("Archived")), ("all", _("All")))),),
        "formats": FORMATS,
        "nothing": _nothing(request),
        "as_of": clock.now(),
    }
    return render(request, "tasks/projects.html", context)


def _with_time(acting: Acting, rows: list[Any]) -> list[tuple[ProjectView, int]]:
    worked = queries.worked_on_projects(acting, [row.pk for row in rows])
    return [(one, worked.get(one.id, 0)) for one in queries.project_views(acting, rows)]


def _line(one: ProjectView, ms: int) -> tuple[object, ...]:
    counts = (one.open, one.done, ms // 1000)
    return (one.id, one.name, *counts, one.made_by, one.created_at, "yes" if one.archived else "")


def _nothing(request: HttpRequest) -> dict[str, str]:
    if narrowed(request):
        text = _("Try another word, or remove a filter.")
        return {"title": _("No project fits"), "text": text, "action": _("Show all"), "href": reverse("projects")}
    text = _("A project is a name for tasks that belong together, with the time that went into them.")
    return {"title": _("No projects yet"), "text": text, "action": _("New project"), "href": reverse("project-new")}


@allow(*_RUNS)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new project."""
    form = ProjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.make_project(acting=acting_of_page(request), now=clock.now(), **form.cleaned_data)
        except Invalid as refusal:
            show(form, refusal)
        else:
            messages.success(request, _("The project is made; give it its first task."))
            return redirect("project", row.pk)
    return render(request, "tasks/project_form.html", {"form": form}, status=422 if form.errors else 200)


@allow(*_RUNS)
@require_GET
def project(request: HttpRequest, project_id: int) -> HttpResponseBase:
    """One project: its tasks, and who worked how long on them."""
    acting, now = acting_of_page(request), clock.now()
    one = queries.project(acting, project_id)
    if request.GET.get("format") == "csv":
        lines = queries.time_by_task(acting, project_id)
        return as_csv("project", _SPENT_HEAD, [(one.name, task, who, ms // 1000) for task, who, ms in lines])
    wanted = Wanted(asked.today(now), project=project_id)
    found = queries.tasks(acting, wanted, ordering=request.GET.get("ordering", "status"), page=wanted_page(request))
    worked = queries.worked_on(acting, [task.id for task in found.items])
    spent = queries.spent_on(acting, queries.task_ids_of(acting, project_id))
    context = {
        "project": one,
        "page": paged(request, Counted(found.items, found.count, found.page)),
        "rows": [{**words.row(acting, task, wanted.today), "worked": worked.get(task.id, 0)} for task in found.items],
        "spent": spent,
        "spent_ms": sum(line.ms for line in spent),
        "may_change": may_change(acting, one),
        "as_of": now,
    }
    return render(request, "tasks/project.html", context)


def may_change(acting: Acting, one: ProjectView) -> bool:
    """An ADMIN any project, a MANAGER what they made."""
    return acting.role is Role.ADMIN or one.made_by_id == acting.id


@allow(*_RUNS)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, project_id: int) -> HttpResponse:
    """Change a project's name or colour."""
    acting = acting_of_page(request)
    one = queries.project(acting, project_id)
    form = ProjectForm(request.POST or None, initial={"name": one.name, "hue": one.hue})
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_project(acting=acting, project_id=project_id, now=clock.now(), **form.cleaned_data)
        except Invalid as refusal:
            show(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("project", project_id)
    context = {"form": form, "project": one}
    return render(request, "tasks/project_form.html", context, status=422 if form.errors else 200)


@allow(*_RUNS)
@require_POST
def archive(request: HttpRequest, project_id: int) -> HttpResponse:
    """Put a project away, or take it out again."""
    archived = request.POST.get("archived") != "off"
    try:
        actions.archive_project(
            acting=acting_of_page(request), project_id=project_id, archived=archived, now=clock.now()
        )
    except Invalid as refusal:
        messages.error(request, " ".join(refusal.fields.values()))
    else:
        messages.success(request, _("The project was archived.") if archived else _("The project is in use again."))
    return redirect("project", project_id)
