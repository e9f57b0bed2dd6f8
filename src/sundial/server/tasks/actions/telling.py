"""What every change to a task ends with: the log, the pages, the agents of whom it concerns, a mail."""

from datetime import datetime
from typing import Any

from sundial.server.audit.actions import record
from sundial.server.companies import queries as companies
from sundial.server.devices import actions as devices
from sundial.server.lib import hints, jobs
from sundial.server.lib.acting import Acting
from sundial.server.tasks import queries
from sundial.server.tasks.models import Project, Task
from sundial.server.tasks.types import TOPIC

ASSIGNED_MAIL = "tasks.mail_assigned"


def log_task(action: str, words: str, row: Task, acting: Acting, now: datetime, **details: Any) -> None:
    """Write what happened to a task; people are named by their ids alone, so that erasing them leaves nothing."""
    record(
        acting=acting,
        company_id=row.company_id,
        action=action,
        description=f"Task {row.pk} {words}",
        details={"task": row.pk, **details},
        personal={"target": row.title},
        target_kind="task",
        target_id=row.pk,
        now=now,
    )


def log_project(action: str, words: str, row: Project, acting: Acting, now: datetime, **details: Any) -> None:
    """Write what happened to a project."""
    record(
        acting=acting,
        company_id=row.company_id,
        action=action,
        description=f"The project {row.name} {words}",
        details={"project": row.pk, **details},
        personal={"target": row.name},
        target_kind="project",
        target_id=row.pk,
        now=now,
    )


def refresh_pages(company_id: int) -> None:
    """Live pages ask again; at commit."""
    hints.send(TOPIC, str(company_id))


def tell(row: Task, acting: Acting, now: datetime, *, also: int | None = None, words: str = "") -> None:
    """Pages ask again, and so do the agents of whoever has the task, and of `also`, who had it before.

    `words` are told to a person who did not do it themselves; the task's title follows them.
    """
    refresh_pages(row.company_id)
    for user_id in sorted({one for one in (row.assigned_to_id, also) if one}):
        body: dict[str, Any] = {"task": row.pk}
        if words and user_id == row.assigned_to_id and user_id != acting.id:
            body["text"] = f"{name_of(acting)} {words}: {row.title}"
        devices.tell_person(company_id=row.company_id, user_id=user_id, kind="task_changed", body=body, now=now)


def mail_assigned(row: Task, acting: Acting) -> None:
    """Write to whom a task was given, if somebody else gave it and they want to be written to; by a job."""
    to = row.assigned_to_id
    if to is not None and to != acting.id and queries.wants_mail(to):
        jobs.defer(ASSIGNED_MAIL, company_id=row.company_id, task_id=row.pk, user_id=to, by=name_of(acting))


def name_of(acting: Acting) -> str:
    """How people call whoever acts."""
    found = companies.names_of([acting.id or 0]) if acting.kind == "person" else {}
    return found[acting.id or 0].name if found else acting.label
