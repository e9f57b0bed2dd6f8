"""Saying whether one wants to be written to."""

from datetime import datetime

from django.db import transaction

from sundial.server.audit.actions import record
from sundial.server.lib.acting import Acting
from sundial.server.lib.scope import acting_for
from sundial.server.tasks import queries
from sundial.server.tasks.models import MailWish
from sundial.server.tasks.queries.visible import company_of, person_of


def wish_mail(*, acting: Acting, wanted: bool, now: datetime) -> None:
    """Be written to, or not, when a task is given to oneself; said already: nothing is written."""
    company_id = company_of(acting)
    with acting_for(company_id), transaction.atomic():
        if queries.wants_mail(acting.id or 0) == wanted:
            return
        MailWish.objects.update_or_create(company_id=company_id, user_id=person_of(acting), defaults={"wanted": wanted})
        record(
            acting=acting,
            company_id=company_id,
            action="TASK_MAIL_CHANGED",
            description=f"{acting.label} {'wants' if wanted else 'does not want'} mail about new tasks",
            details={"wanted": wanted},
            personal={"target": acting.label},
            target_kind="person",
            target_id=acting.id,
            now=now,
        )
