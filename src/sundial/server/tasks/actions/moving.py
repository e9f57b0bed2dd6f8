"""Status and progress of a task: by whoever has it, from page, program or agent, and by those who run it."""

from datetime import datetime

from django.db import transaction

from sundial.server.devices.types import DeviceActing
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.tasks import rules
from sundial.server.tasks.actions.checks import checked_progress, checked_status
from sundial.server.tasks.actions.holding import held, held_by_person
from sundial.server.tasks.actions.telling import log_task, tell
from sundial.server.tasks.models import Task
from sundial.server.tasks.types import Status


def set_status(*, acting: Acting, task_id: int, status: str, now: datetime) -> Task:
    """Move a task; done is whole, opened again begins anew. It stands there already: nothing is done."""
    with acting_for(acting.company_id or 0), transaction.atomic():
        row, wanted = held(acting, task_id), checked_status(status)
        return _move(row, wanted, rules.progress_of(wanted, row.progress), acting, now)


def set_progress(*, acting: Acting, task_id: int, progress: int, now: datetime) -> Task:
    """Say how far a task is, in per cent; a hundred is done, less is not."""
    with acting_for(acting.company_id or 0), transaction.atomic():
        row, wanted = held(acting, task_id), checked_progress(progress)
        return _move(row, rules.status_of(wanted, Status(row.status)), wanted, acting, now)


def set_own_status(*, acting: Acting, task_id: int, status: str, now: datetime) -> Task:
    """Move one's own task, whatever one's role: the first system's door."""
    if acting.company_id is None or acting.id is None:
        raise NotFound
    with acting_for(acting.company_id), transaction.atomic():
        row, wanted = held_by_person(acting.id, task_id), checked_status(status)
        return _move(row, wanted, rules.progress_of(wanted, row.progress), acting, now)


def set_status_from_device(*, device: DeviceActing, task_id: int, status: str, now: datetime) -> Task:
    """Move a task of the device's person."""
    with acting_for(device.company_id), transaction.atomic():
        row, wanted = held_by_person(device.user_id, task_id), checked_status(status)
        return _move(row, wanted, rules.progress_of(wanted, row.progress), device.acting, now)


def _move(row: Task, status: Status, progress: int, acting: Acting, now: datetime) -> Task:
    old = {"status": row.status, "progress": row.progress}
    if old == {"status": str(status), "progress": progress}:
        return row
    before, moved = row.status, row.status != status
    row.status, row.progress, row.changed_at = status, progress, now
    if moved:
        row.completed_at = now if status is Status.DONE else None
    row.save(update_fields=["status", "progress", "completed_at", "changed_at"])
    action = "TASK_CHANGED" if not moved else "TASK_DONE" if status is Status.DONE else "TASK_STATUS_CHANGED"
    words = f"moved from {_spoken(before)} to {_spoken(status)}" if moved else f"is {progress} % done"
    new = {"status": str(status), "progress": progress}
    log_task(action, words, row, acting, now, old_values=old, new_values=new)
    tell(row, acting, now, words="moved your task")
    return row


def _spoken(status: str) -> str:
    return status.replace("_", " ").lower()
