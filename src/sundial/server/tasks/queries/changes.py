"""When a company's tasks changed last, for pages that show them."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from sundial.server.lib.scope import acting_for
from sundial.server.tasks.models import Comment, Project, Task


def last_change(company_id: int, now: datetime) -> dict[str, Any]:
    """A mark that is another one after every change to a task, comment or project; it says nothing else."""
    with acting_for(company_id), transaction.atomic():
        changed = Task.objects.aggregate(at=Max("changed_at"))["at"]
        said = Comment.objects.aggregate(last=Max("id"))["last"]
        names = Project.objects.aggregate(last=Max("id"))["last"]
    return {"company_id": company_id, "mark": f"{changed.isoformat() if changed else ''}/{said or 0}/{names or 0}"}
