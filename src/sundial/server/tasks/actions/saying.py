"""Comments."""

from datetime import datetime

from django.db import transaction

from sundial.server.lib.acting import Acting
from sundial.server.lib.scope import acting_for
from sundial.server.tasks.actions.checks import checked_comment
from sundial.server.tasks.actions.holding import held
from sundial.server.tasks.actions.telling import log_task, tell
from sundial.server.tasks.models import Comment
from sundial.server.tasks.queries.visible import person_of


def comment(*, acting: Acting, task_id: int, text: str, now: datetime) -> Comment:
    """Say something about a task that one may see; the log knows that it was said, not what."""
    with acting_for(acting.company_id or 0), transaction.atomic():
        row, words = held(acting, task_id), checked_comment(text)
        row.changed_at = now
        row.save(update_fields=["changed_at"])
        said = Comment.objects.create(
            company_id=row.company_id, task_id=row.pk, author_id=person_of(acting), text=words, at=now
        )
        log_task("TASK_COMMENTED", "was commented on", row, acting, now, comment=said.pk)
        tell(row, acting, now, words="commented on your task")
    return said
