"""One task: read, made, changed, moved, talked about, deleted and brought back."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sundial.server.companies import queries as companies
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid
from sundial.server.lib.numbers import whole_in
from sundial.server.tasks import actions, queries, rules
from sundial.server.tasks.forms import CommentForm, TaskForm
from sundial.server.tasks.types import TaskView
from sundial.server.tasks.views import asked, words
from sundial.server.tasks.views.listing import IN_COMPANY, STRUCK, here

_MOST = 2000


@allow(*IN_COMPANY)
@require_GET
def task(request: HttpRequest, task_id: int) -> HttpResponse:
    """One task, what was said about it, what happened to it, and who worked on it."""
    return _page(request, task_id, CommentForm())


def _page(request: HttpRequest, task_id: int, form: CommentForm) -> HttpResponse:
    acting, now = acting_of_page(request), clock.now()
    one = queries.task(acting, task_id)
    told = queries.history(acting, task_id)
    names = _names(told)
    today = asked.today(now)
    spent = queries.spent_on(acting, [task_id])
    context = {
        **words.row(acting, one, today),
        "statuses": words.statuses(),
        "estimate": words.estimate_word(one.estimate_minutes),
        "comments": queries.comments(acting, task_id),
        "history": [words.happened(line, names) for line in told],
        "spent": spent,
        "spent_ms": sum(line.ms for line in spent),
        "form": form,
        "runs": acting.role in rules.RUNS,
        "as_of": now,
    }
    return render(request, "tasks/task.html", context, status=422 if form.errors else 200)


def _names(told: list[Any]) -> dict[int, str]:
    """The people of whom the history speaks."""
    ids = {one.details.get("assigned_to") for one in told}
    ids |= {(one.details.get("new_values") or {}).get("assigned_to") for one in told}
    return {key: person.name for key, person in companies.names_of(one for one in ids if one).items()}


@allow(Role.ADMIN, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new task; the address may name whose it is and of which project."""
    acting = acting_of_page(request)
    initial = {"assigned_to_id": request.GET.get("person", ""), "project_id": request.GET.get("project", "")}
    form = _form(request, acting, initial)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.create_task(acting=acting, now=clock.now(), **form.fields_of_task())
        except Invalid as refusal:
            show(form, refusal)
        else:
            made = queries.task(acting, row.pk)
            said = _("%(name)s has it now and is told.") % {"name": made.assigned_to}
            messages.success(request, said if made.assigned_to_id else _("The task was made; nobody has it yet."))
            return redirect("task", row.pk)
    return render(request, "tasks/task_form.html", {"form": form}, status=422 if form.errors else 200)


@allow(Role.ADMIN, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, task_id: int) -> HttpResponse:
    """Change what a task says, or whose it is."""
    acting = acting_of_page(request)
    one = queries.task(acting, task_id)
    form = _form(request, acting, _initial(one), one)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_task(acting=acting, task_id=task_id, changes=form.fields_of_task(), now=clock.now())
        except Invalid as refusal:
            show(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("task", task_id)
    return render(request, "tasks/task_form.html", {"form": form, "task": one}, status=422 if form.errors else 200)


def _initial(one: TaskView) -> dict[str, Any]:
    hours = None if one.estimate_minutes is None else (Decimal(one.estimate_minutes) / 60).quantize(Decimal("0.01"))
    same = ("title", "description", "assigned_to_id", "project_id", "due_date")
    return {**{name: getattr(one, name) for name in same}, "hours": hours}


def _form(request: HttpRequest, acting: Acting, initial: dict[str, Any], one: TaskView | None = None) -> TaskForm:
    people, projects = asked.people_of(acting, _MOST), asked.projects_of(acting, _MOST)
    if one and one.assigned_to_id and one.assigned_to_id not in dict(people):
        people = [*people, (one.assigned_to_id, one.assigned_to)]
    if one and one.project_id and one.project_id not in dict(projects):
        projects = [*projects, (one.project_id, one.project)]
    return TaskForm(request.POST or None, initial=initial, people=people, projects=projects)


def show(form: forms.Form, refusal: Invalid) -> None:
    """Say beside its field what an action refused."""
    for name, text in refusal.fields.items():
        form.add_error(name if name in form.fields else None, text)


@allow(*IN_COMPANY)
@require_POST
def move(request: HttpRequest, task_id: int) -> HttpResponse:
    """Say where a task stands: a status, or how far it is."""
    acting, now = acting_of_page(request), clock.now()
    progress = request.POST.get("progress", "")
    try:
        if request.POST.get("status"):
            actions.set_status(acting=acting, task_id=task_id, status=request.POST["status"], now=now)
        else:
            number = whole_in(progress)
            actions.set_progress(acting=acting, task_id=task_id, progress=-1 if number is None else number, now=now)
    except Invalid as refusal:
        messages.error(request, " ".join(refusal.fields.values()))
        return _back(request, task_id)
    now_is = queries.task(acting, task_id)
    where = {"word": words.status_word(now_is.status), "progress": now_is.progress}
    messages.success(request, _("It is %(word)s now, %(progress)s %% done.") % where)
    return _back(request, task_id)


def _back(request: HttpRequest, task_id: int) -> HttpResponse:
    return redirect(here(request)) if request.POST.get("back") else redirect("task", task_id)


@allow(*IN_COMPANY)
@require_POST
def comment(request: HttpRequest, task_id: int) -> HttpResponse:
    """Say something about a task."""
    acting, form = acting_of_page(request), CommentForm(request.POST)
    if form.is_valid():
        try:
            said = actions.comment(acting=acting, task_id=task_id, text=form.cleaned_data["text"], now=clock.now())
        except Invalid as refusal:
            show(form, refusal)
        else:
            return redirect(f"{reverse('task', args=[task_id])}#comment-{said.pk}")
    return _page(request, task_id, form)


@allow(Role.ADMIN, Role.MANAGER)
@require_POST
def delete(request: HttpRequest, task_id: int) -> HttpResponse:
    """Take a task out of every list; the list then offers to bring it back."""
    row = actions.delete_task(acting=acting_of_page(request), task_id=task_id, now=clock.now())
    request.session[STRUCK] = row.pk
    return redirect("tasks")


@allow(Role.ADMIN, Role.MANAGER)
@require_POST
def restore(request: HttpRequest, task_id: int) -> HttpResponse:
    """Bring a deleted task back."""
    actions.restore_task(acting=acting_of_page(request), task_id=task_id, now=clock.now())
    messages.success(request, _("The task is back as it was."))
    return redirect("task", task_id)
