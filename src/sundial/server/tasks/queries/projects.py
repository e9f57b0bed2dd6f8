"""Projects, with how many tasks each has."""

from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from sundial.server.companies import queries as companies
from sundial.server.lib.acting import Acting
from sundial.server.lib.scope import acting_for
from sundial.server.lib.words import storable
from sundial.server.tasks.models import Project, Task
from sundial.server.tasks.queries.visible import require_to_run, visible, visible_project
from sundial.server.tasks.types import ProjectView, Status

PROJECT_ORDERINGS = ("name", "created_at", "id")
_DONE = Count("id", filter=Q(status=Status.DONE))


def projects(acting: Acting, *, search: str = "", state: str = "", ordering: str = "name") -> QuerySet[Project]:
    """The company's projects for those who run tasks; `state` is `active`, `archived` or empty for both."""
    require_to_run(acting)
    rows = Project.objects.all()
    if state in {"active", "archived"}:
        rows = rows.filter(archived_at__isnull=state == "active")
    for word in storable(search).split():
        rows = rows.filter(name__icontains=word)
    name = ordering.removeprefix("-")
    field = F(name if name in PROJECT_ORDERINGS else "name")
    return rows.order_by(field.desc() if ordering.startswith("-") else field.asc(), "id")


def project(acting: Acting, project_id: int) -> ProjectView:
    """One project, for those who run tasks; raises NotFound."""
    with acting_for(acting.company_id or 0), transaction.atomic():
        return project_views(acting, [visible_project(acting, project_id)])[0]


def project_views(acting: Acting, rows: list[Project]) -> list[ProjectView]:
    """These projects as lists show them; counted are the tasks that the reader may see."""
    people = companies.names_of(row.made_by_id for row in rows)
    counts = _counts(visible(acting), [row.pk for row in rows])
    return [
        ProjectView(
            id=row.pk,
            name=row.name,
            hue=row.hue,
            archived=row.archived_at is not None,
            made_by=people[row.made_by_id].name if row.made_by_id in people else "",
            made_by_id=row.made_by_id,
            created_at=row.created_at,
            open=counts.get(row.pk, (0, 0))[0],
            done=counts.get(row.pk, (0, 0))[1],
        )
        for row in rows
    ]


def task_ids_of(acting: Acting, project_id: int) -> QuerySet[Task, int]:
    """The ids of a project's tasks that the reader may see, as a query."""
    return visible(acting).filter(project_id=project_id).order_by().values_list("id", flat=True)


def _counts(rows: QuerySet[Task], project_ids: list[int]) -> dict[int, tuple[int, int]]:
    found: Any = rows.filter(project_id__in=project_ids).order_by().values_list("project_id")
    return {one: (every - done, done) for one, every, done in found.annotate(every=Count("id"), done=_DONE)}
