"""One change to several tasks."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from sundial.server.lib.acting import Acting
from sundial.server.lib.scope import acting_for
from sundial.server.tasks.actions.making import edit_task
from sundial.server.tasks.actions.moving import set_status
from sundial.server.tasks.queries.visible import company_of, visible

NOBODY = 0


def change_several(
    *, acting: Acting, task_ids: Iterable[int], status: str = "", assigned_to_id: int | None = None, now: datetime
) -> int:
    """Move these tasks, or give them to somebody (NOBODY takes them away), or both; how many there were.

    Those that `acting` may not see are passed over. All are held before the log is, in one order: two who change the
    same ones at once wait for one another and not for ever.
    """
    with acting_for(company_of(acting)), transaction.atomic():
        rows = visible(acting).filter(id__in=list(task_ids)).order_by("id")
        held = list(rows.select_for_update(of=("self",), no_key=True).values_list("id", flat=True))
        for task_id in held:
            if status:
                set_status(acting=acting, task_id=task_id, status=status, now=now)
            if assigned_to_id is not None:
                changes = {"assigned_to_id": assigned_to_id or None}
                edit_task(acting=acting, task_id=task_id, changes=changes, now=now)
    return len(held)
