"""What is kept no longer: of a person who left, and of what is long over."""

from datetime import datetime, timedelta

from django.db import transaction

from sundial.server.alerts.models import Alert, Message, Place, Preference, Seen
from sundial.server.alerts.types import State
from sundial.server.lib.scope import acting_for

RESOLVED_KEPT = timedelta(days=90)
MESSAGES_KEPT = timedelta(days=365)
PLACES_KEPT = timedelta(days=180)  # since somebody last signed in there


def forget_person(*, company_id: int, user_id: int) -> None:
    """Nothing here concerns this person any more; that they were written to stays in the audit log."""
    with acting_for(company_id), transaction.atomic():
        for model in (Alert, Message, Place, Preference, Seen):
            model.objects.filter(company_id=company_id, user_id=user_id).delete()


def forget_old(*, company_id: int, now: datetime) -> int:
    """Drop what is long over; how many rows."""
    with acting_for(company_id), transaction.atomic():
        mine = {"company_id": company_id}
        gone = [
            Alert.objects.filter(state=State.RESOLVED, resolved_at__lt=now - RESOLVED_KEPT, **mine).delete()[0],
            Message.objects.filter(made_at__lt=now - MESSAGES_KEPT, **mine).delete()[0],
            Place.objects.filter(last_at__lt=now - PLACES_KEPT, **mine).delete()[0],
        ]
    return sum(gone)
