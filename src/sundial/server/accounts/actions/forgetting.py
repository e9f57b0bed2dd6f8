"""Dropping what has ended by itself: it opens nothing any more, and is nobody's business any longer."""

from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.db import transaction

from sundial.server.accounts.models import PersonToken
from sundial.server.accounts.rules import TOKEN_LIFE
from sundial.server.accounts.storage import SessionStore

ATTEMPTS_KEPT = timedelta(days=1)


@transaction.atomic
def forget_what_ended(*, now: datetime) -> int:
    """Delete expired sessions, tokens that were unused for too long and old failed sign-ins; how many tokens."""
    SessionStore.clear_expired()
    AccessAttempt.objects.filter(attempt_time__lte=now - ATTEMPTS_KEPT).delete()
    ended, _each = PersonToken.objects.filter(last_used_at__lte=now - TOKEN_LIFE).delete()
    return ended
