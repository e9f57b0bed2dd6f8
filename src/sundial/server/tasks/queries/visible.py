"""Which tasks somebody may see, and which of them they may run."""

from django.db.models import Q, QuerySet

from sundial.server.companies import queries as companies
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotAllowed, NotFound
from sundial.server.tasks import rules
from sundial.server.tasks.models import Project, Task


def company_of(acting: Acting) -> int:
    """The company whose tasks this person may list; NotAllowed for the OWNER, who sees no person's work."""
    if acting.company_id is None or acting.kind != "person" or acting.role not in rules.INSIDE:
        raise NotAllowed("Tasks are visible inside their own company only.")
    return acting.company_id


def person_of(acting: Acting) -> int:
    """Who acts, as a person of a company; NotAllowed for anybody else."""
    company_of(acting)
    return acting.id or 0


def require_to_run(acting: Acting) -> int:
    """The company in which this person makes and gives tasks; NotAllowed for anyone else."""
    company_id = company_of(acting)
    if acting.role not in rules.RUNS:
        raise NotAllowed("Only an administrator or a manager may do this.")
    return company_id


def visible(acting: Acting, *, deleted: bool = False) -> QuerySet[Task]:
    """All of the company for an ADMIN; of their people, and what they made, for a MANAGER; their own for an EMPLOYEE.

    Inside the company's scope; only what was not deleted or, for whoever undoes that, only what was.
    """
    rows = Task.objects.filter(deleted_at__isnull=not deleted)
    if acting.role is Role.ADMIN:
        return rows
    return rows.filter(_of(acting))


def _of(acting: Acting) -> Q:
    if acting.role is not Role.MANAGER:
        return Q(assigned_to_id=acting.id)
    return Q(assigned_to_id__in=companies.visible_user_ids(acting)) | Q(created_by_id=acting.id)


def visible_task(acting: Acting, task_id: int) -> Task:
    """One task that `acting` may see; NotFound else. Inside the company's scope."""
    if acting.company_id is None or acting.kind != "person" or acting.role not in rules.INSIDE:
        raise NotFound
    found = visible(acting).select_related("project").filter(id=task_id).first()
    if found is None:
        raise NotFound
    return found


def visible_project(acting: Acting, project_id: int) -> Project:
    """One project, for those who run tasks; NotFound else."""
    if acting.company_id is None or acting.role not in rules.RUNS:
        raise NotFound
    found = Project.objects.filter(id=project_id).first()
    if found is None:
        raise NotFound
    return found
