"""What the plays of this folder share: tasks, projects, and what became of them."""

from datetime import datetime
from typing import Any

from django.db import transaction

from sundial.server.devices.models import Notice
from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from sundial.server.tasks import actions
from sundial.server.tasks.models import Project, Task
from tests.cast import Player


def give(by: Player, to: Player | None = None, title: str = "Proof the catalogue", **more: Any) -> int:
    """A task made by one and given to another; its id."""
    now: datetime = more.pop("now", None) or clock.now()
    assigned = {"assigned_to_id": to.id} if to else {}
    return actions.create_task(acting=by.acting, title=title, now=now, **assigned, **more).pk


def project(by: Player, name: str = "Catalogue", **more: Any) -> int:
    """A project; its id."""
    made: Project = actions.make_project(acting=by.acting, name=name, now=clock.now(), **more)
    return made.pk


def stored(player: Player, task_id: int) -> Task:
    """The task as it stands in the company of this person."""
    with acting_for(player.acting.company_id or 0), transaction.atomic():
        return Task.objects.select_related("project").get(id=task_id)


def notices(company_id: int, device_id: int) -> list[tuple[str, dict[str, Any]]]:
    """What a device was told, eldest first."""
    with acting_for(company_id), transaction.atomic():
        rows = Notice.objects.filter(device_id=device_id).order_by("id")
        return list(rows.values_list("kind", "body"))
