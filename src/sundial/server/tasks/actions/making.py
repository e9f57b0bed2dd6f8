"""Making tasks, changing what they say, and giving them to people."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotAllowed
from sundial.server.lib.scope import acting_for
from sundial.server.tasks import rules
from sundial.server.tasks.actions.checks import checked
from sundial.server.tasks.actions.holding import held
from sundial.server.tasks.actions.telling import log_task, mail_assigned, tell
from sundial.server.tasks.models import Task
from sundial.server.tasks.queries.visible import person_of, require_to_run

FIELDS = ("title", "description", "project_id", "due_date", "estimate_minutes", "assigned_to_id")
_SAID = {"project_id", "due_date", "estimate_minutes"}  # whose values may stand in the log for ever


def create_task(
    *,
    acting: Acting,
    title: str,
    description: str = "",
    project_id: int | None = None,
    due_date: date | None = None,
    estimate_minutes: int | None = None,
    assigned_to_id: int | None = None,
    by_mail: bool = True,
    now: datetime,
) -> Task:
    """A new task, given to one of one's people or to nobody yet: by an ADMIN, or a MANAGER.

    Without `by_mail` nobody is written to, as for tasks of long ago.
    """
    asked = {
        "title": title, "description": description, "project_id": project_id, "due_date": due_date,
        "estimate_minutes": estimate_minutes, "assigned_to_id": assigned_to_id,
    }  # fmt: skip
    company_id = require_to_run(acting)
    with acting_for(company_id), transaction.atomic():
        columns = checked(acting, asked)
        row = Task.objects.create(
            company_id=company_id,
            created_by_id=person_of(acting),
            assigned_by_id=acting.id if assigned_to_id else None,
            created_at=now,
            changed_at=now,
            **columns,
        )
        log_task("TASK_CREATED", "was created", row, acting, now, assigned_to=row.assigned_to_id)
        tell(row, acting, now, words="gave you a task")
        if by_mail:
            mail_assigned(row, acting)
    return row


def edit_task(*, acting: Acting, task_id: int, changes: Mapping[str, Any], now: datetime) -> Task:
    """Change what a task says or whose it is; `changes` names fields of FIELDS. Nothing changed: nothing written."""
    with acting_for(acting.company_id or 0), transaction.atomic():
        row = held(acting, task_id)
        if acting.role not in rules.RUNS:
            raise NotAllowed("You may change the status and progress of your task, and comment on it.")
        wanted = checked(acting, dict(changes), row)
        changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
        if not changed:
            return row
        before = {name: getattr(row, name) for name in changed}
        for name, value in changed.items():
            setattr(row, name, value)
        if "assigned_to_id" in changed:
            row.assigned_by_id = acting.id if row.assigned_to_id else None
        row.changed_at = now
        row.save(update_fields=[*changed, "assigned_by_id", "changed_at"])
        _tell(row, before, changed, acting, now)
    return row


def _tell(row: Task, before: dict[str, Any], changed: dict[str, Any], acting: Acting, now: datetime) -> None:
    given = "assigned_to_id" in changed
    if fields := sorted(set(changed) - {"assigned_to_id"}):
        said = [name for name in fields if name in _SAID]
        old, new = {name: before[name] for name in said}, {name: changed[name] for name in said}
        log_task("TASK_CHANGED", "was changed", row, acting, now, fields=fields, **_values(old, new) if said else {})
    if given:
        was, to = before["assigned_to_id"], row.assigned_to_id
        words = "was assigned" if to else "was taken from whoever had it"
        log_task("TASK_ASSIGNED", words, row, acting, now, **_values({"assigned_to": was}, {"assigned_to": to}))
        mail_assigned(row, acting)
    tell(row, acting, now, also=before.get("assigned_to_id"), words="gave you a task" if given else "changed a task")


def _values(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return {"old_values": old, "new_values": new}
