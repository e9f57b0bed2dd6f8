"""Deleting a task, and taking that back."""

from contextlib import suppress
from datetime import datetime

from django.db import transaction

from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.tasks import rules
from sundial.server.tasks.actions.holding import held
from sundial.server.tasks.actions.telling import log_task, tell
from sundial.server.tasks.models import Task


def delete_task(*, acting: Acting, task_id: int, now: datetime) -> Task:
    """Take a task out of every list, by somebody who runs it; the time worked on it stays counted."""
    with acting_for(acting.company_id or 0), transaction.atomic():
        row = held(acting, task_id)
        if acting.role not in rules.RUNS:
            raise NotAllowed("Only an administrator or a manager may delete a task.")
        row.deleted_at = row.changed_at = now
        row.save(update_fields=["deleted_at", "changed_at"])
        log_task("TASK_DELETED", "was deleted", row, acting, now)
        tell(row, acting, now, words="deleted your task")
    return row


def restore_task(*, acting: Acting, task_id: int, now: datetime) -> Task:
    """Bring a deleted task back as it was, by somebody who runs it; it was not deleted: nothing is done."""
    with acting_for(acting.company_id or 0), transaction.atomic():
        if acting.role not in rules.RUNS:
            held(acting, task_id)
            raise NotAllowed("Only an administrator or a manager may bring a task back.")
        with suppress(NotFound):
            return _brought_back(held(acting, task_id, deleted=True), acting, now)
        return held(acting, task_id)


def _brought_back(row: Task, acting: Acting, now: datetime) -> Task:
    row.deleted_at, row.changed_at = None, now
    row.save(update_fields=["deleted_at", "changed_at"])
    log_task("TASK_RESTORED", "was brought back", row, acting, now)
    tell(row, acting, now, words="brought back your task")
    return row
