"""How long people worked on tasks, from the sums of their days."""

from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet, Sum

from sundial.server.activity.models import DayTask
from sundial.server.activity.queries.visible import company_of
from sundial.server.companies import queries as companies
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.scope import acting_for


def task_time(acting: Acting, task_ids: Iterable[int]) -> dict[int, dict[int, int]]:
    """Milliseconds by task and person, of those whom `acting` may see; a task nobody worked on is not among them.

    A query of ids may be given in place of the ids: then PostgreSQL joins the two.
    """
    found: dict[int, dict[int, int]] = defaultdict(dict)
    with acting_for(company_of(acting)), transaction.atomic():
        rows = DayTask.objects.filter(task_id__in=task_ids if isinstance(task_ids, QuerySet) else list(task_ids))
        if acting.role is not Role.ADMIN:
            rows = rows.filter(user_id__in=companies.visible_user_ids(acting))
        for task_id, user_id, ms in rows.order_by().values_list("task_id", "user_id").annotate(Sum("ms")):
            found[task_id][user_id] = ms
    return dict(found)
