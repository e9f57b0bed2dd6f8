"""Lists of tasks, one task, its comments, and what happened to it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from sundial.server.audit import queries as audit
from sundial.server.audit.types import Page, Subject
from sundial.server.companies import queries as companies
from sundial.server.companies.types import Person
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.lib.words import storable
from sundial.server.tasks import rules
from sundial.server.tasks.models import Comment, Task
from sundial.server.tasks.queries.visible import company_of, visible, visible_task
from sundial.server.tasks.types import CommentView, Due, Happened, Status, TaskView, Wanted, Whose

HISTORY = (
    "TASK_CREATED", "TASK_CHANGED", "TASK_ASSIGNED", "TASK_STATUS_CHANGED", "TASK_DONE", "TASK_COMMENTED",
    "TASK_DELETED", "TASK_RESTORED",
)  # fmt: skip
_LONGEST_HISTORY = 100
_STAGE = Case(
    *(When(status=str(one), then=Value(place)) for place, one in enumerate(Status)),
    output_field=IntegerField(),
)
_ORDERINGS: dict[str, Any] = {
    "title": F("title"),
    "due_date": F("due_date"),
    "status": _STAGE,
    "progress": F("progress"),
    "project": F("project__name"),
    "created_at": F("created_at"),
    "changed_at": F("changed_at"),
    "id": F("id"),
}
ORDERINGS = tuple(_ORDERINGS)


def tasks(
    acting: Acting, wanted: Wanted, *, ordering: str = "due_date", page: int = 1, page_size: int = 20
) -> Page[TaskView]:
    """The tasks that `acting` may see, soonest due first; a page past the end is the last."""
    with acting_for(company_of(acting)), transaction.atomic():
        rows = _ordered(_narrowed(visible(acting), acting, wanted), ordering)
        count = rows.count()
        pages = max(1, -(-count // page_size))
        page = min(max(page, 1), pages)
        found = list(rows.select_related("project")[(page - 1) * page_size : page * page_size])
        return Page(views(found), count, page, pages)


def task(acting: Acting, task_id: int) -> TaskView:
    """One task that `acting` may see; raises NotFound."""
    with acting_for(acting.company_id or 0), transaction.atomic():
        return views([visible_task(acting, task_id)])[0]


def deleted_task(acting: Acting, task_id: int) -> TaskView | None:
    """A task that was deleted and that `acting` may bring back, or None."""
    with acting_for(company_of(acting)), transaction.atomic():
        found = visible(acting, deleted=True).select_related("project").filter(id=task_id).first()
        return views([found])[0] if found else None


def task_or(acting: Acting, task_id: int, before: TaskView) -> TaskView:
    """The task as it is now; as it was, for somebody who has just given it away and may not see it any more."""
    try:
        return task(acting, task_id)
    except NotFound:
        return before


def open_tasks_of(company_id: int, user_id: int, limit: int) -> list[TaskView]:
    """What one person has still to do, soonest due first, for their own agent and page."""
    with acting_for(company_id), transaction.atomic():
        rows = Task.objects.filter(deleted_at__isnull=True, assigned_to_id=user_id).exclude(status=Status.DONE)
        return views(list(_ordered(rows, "due_date").select_related("project")[:limit]))


def own_tasks(company_id: int, user_id: int, limit: int) -> list[TaskView]:
    """All tasks of one person, newest first, for the first system's clients."""
    with acting_for(company_id), transaction.atomic():
        rows = Task.objects.filter(deleted_at__isnull=True, assigned_to_id=user_id)
        return views(list(rows.select_related("project").order_by("-id")[:limit]))


def titles_of(acting: Acting, task_ids: Iterable[int]) -> dict[int, str]:
    """What these tasks are called, deleted ones too: whoever may see the time worked on one may read its name."""
    with acting_for(company_of(acting)), transaction.atomic():
        return dict(Task.objects.filter(id__in=set(task_ids)).values_list("id", "title"))


def comments(acting: Acting, task_id: int, *, search: str = "", ordering: str = "id") -> list[CommentView]:
    """What was said, with these words, about a task that `acting` may see, by id; raises NotFound."""
    with acting_for(acting.company_id or 0), transaction.atomic():
        visible_task(acting, task_id)
        found = Comment.objects.filter(task_id=task_id).order_by(ordering)
        for word in storable(search).split():
            found = found.filter(text__icontains=word)
        rows = list(found)
        people = companies.names_of(row.author_id for row in rows)
        return [as_comment(row, people) for row in rows]


def own_comments(acting: Acting) -> list[tuple[int, datetime, str]]:
    """Task, moment and words of everything that the reader said, eldest first."""
    with acting_for(company_of(acting)), transaction.atomic():
        return list(Comment.objects.filter(author_id=acting.id).order_by("id").values_list("task_id", "at", "text"))


def history(acting: Acting, task_id: int) -> list[Happened]:
    """What happened to a task that `acting` may see, newest first, from the audit log; raises NotFound."""
    company_id = acting.company_id or 0
    with acting_for(company_id), transaction.atomic():
        visible_task(acting, task_id)
        told = audit.told_about(company_id, Subject("task", task_id), actions=HISTORY, limit=_LONGEST_HISTORY)
        return [Happened(one.at, one.action, one.by, one.details) for one in told]


def as_comment(row: Comment, people: dict[int, Person]) -> CommentView:
    """A comment as it is read."""
    return CommentView(row.pk, row.author_id, _name(people, row.author_id), row.text, row.at)


def views(rows: Sequence[Task]) -> list[TaskView]:
    """Tasks as lists show them; inside the company's scope, with their projects at hand."""
    people = companies.names_of({one for row in rows for one in (row.assigned_to_id, row.assigned_by_id) if one})
    return [_view(row, people) for row in rows]


def _view(row: Task, people: dict[int, Person]) -> TaskView:
    return TaskView(
        id=row.pk,
        title=row.title,
        description=row.description,
        status=Status(row.status),
        progress=row.progress,
        due_date=row.due_date,
        estimate_minutes=row.estimate_minutes,
        project_id=row.project_id,
        project=row.project.name if row.project else "",
        project_hue=row.project.hue if row.project else 0,
        assigned_to_id=row.assigned_to_id,
        assigned_to=_name(people, row.assigned_to_id),
        assigned_by=_name(people, row.assigned_by_id),
        created_by_id=row.created_by_id,
        created_at=row.created_at,
        completed_at=row.completed_at,
        deleted=row.deleted_at is not None,
    )


def _name(people: dict[int, Person], user_id: int | None) -> str:
    return people[user_id].name if user_id in people else ""


def _ordered(rows: QuerySet[Task], ordering: str) -> QuerySet[Task]:
    field = _ORDERINGS.get(ordering.removeprefix("-"), _ORDERINGS["due_date"])
    first = field.desc(nulls_last=True) if ordering.startswith("-") else field.asc(nulls_last=True)
    return rows.order_by(first, "-id")


def _narrowed(rows: QuerySet[Task], acting: Acting, wanted: Wanted) -> QuerySet[Task]:
    rows = _of_whom(rows, acting, wanted)
    if (status := rules.status_from(wanted.status)) is not None:
        rows = rows.filter(status=status)
    elif wanted.status == "unfinished":
        rows = rows.exclude(status=Status.DONE)
    if wanted.project is not None:
        rows = rows.filter(project_id=wanted.project)
    return _with_words(_due(rows, wanted), storable(wanted.search).split())


def _of_whom(rows: QuerySet[Task], acting: Acting, wanted: Wanted) -> QuerySet[Task]:
    if wanted.whose == Whose.MINE:
        rows = rows.filter(assigned_to_id=acting.id)
    elif wanted.whose == Whose.TEAM:
        rows = rows.filter(assigned_to_id__isnull=False).exclude(assigned_to_id=acting.id)
    elif wanted.whose == Whose.NOBODY:
        rows = rows.filter(assigned_to_id__isnull=True)
    return rows if wanted.person is None else rows.filter(assigned_to_id=wanted.person)


def _due(rows: QuerySet[Task], wanted: Wanted) -> QuerySet[Task]:
    if wanted.due == Due.NONE:
        return rows.filter(due_date__isnull=True)
    since, until = rules.days_due(wanted.due, wanted.today)
    if since is not None:
        rows = rows.filter(due_date__gte=since)
    if until is not None:
        rows = rows.filter(due_date__lte=until)
    return rows.exclude(status=Status.DONE) if wanted.due == Due.OVERDUE else rows


def _with_words(rows: QuerySet[Task], words: Iterable[str]) -> QuerySet[Task]:
    for word in words:
        rows = rows.filter(Q(title__icontains=word) | Q(description__icontains=word) | Q(project__name__icontains=word))
    return rows
