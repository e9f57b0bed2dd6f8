"""A task that is held until the change is committed; the log is locked after it, never before."""

from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotFound
from sundial.server.tasks import rules
from sundial.server.tasks.models import Task
from sundial.server.tasks.queries.visible import visible


def held(acting: Acting, task_id: int, *, deleted: bool = False) -> Task:
    """The task, or the one that was deleted, if `acting` may see it; NotFound else. In the company's scope."""
    if acting.company_id is None or acting.kind != "person" or acting.role not in rules.INSIDE:
        raise NotFound
    rows = visible(acting, deleted=deleted)
    found = rows.select_for_update(of=("self",), no_key=True).filter(id=task_id).first()
    if found is None:
        raise NotFound
    return found


def held_by_person(user_id: int, task_id: int) -> Task:
    """This person's own task, for their agent or an older client; NotFound else. In the company's scope."""
    rows = Task.objects.filter(deleted_at__isnull=True, assigned_to_id=user_id)
    found = rows.select_for_update(of=("self",), no_key=True).filter(id=task_id).first()
    if found is None:
        raise NotFound
    return found
