"""API tokens: issued, kept alive, ended."""

from datetime import datetime

from django.db import transaction

from sundial.protocol.tokens import digest, new_token
from sundial.server.accounts.models import PersonToken
from sundial.server.accounts.rules import TOKEN_TOUCH
from sundial.server.lib import hints


@transaction.atomic
def issue_token(*, user_id: int, company_id: int | None, now: datetime) -> str:
    """A new API token for this person in this company; shown once, kept as a digest."""
    token = new_token("person")
    PersonToken.objects.create(
        user_id=user_id, company_id=company_id, digest=digest(token), created_at=now, last_used_at=now
    )
    return token


@transaction.atomic
def touch_token(*, token_id: int, now: datetime) -> None:
    """Remember that a token is in use, at most once an hour."""
    PersonToken.objects.filter(id=token_id, last_used_at__lt=now - TOKEN_TOUCH).update(last_used_at=now)


@transaction.atomic
def end_token(*, token: str) -> bool:
    """End one API token at once, everywhere; False if there was none."""
    mark = digest(token)
    ended, _ = PersonToken.objects.filter(digest=mark).delete()
    if ended:
        hints.send("token", mark.hex())
    return bool(ended)


@transaction.atomic
def end_all_tokens(*, user_id: int, company_id: int | None = None) -> int:
    """End a person's API tokens, of one company or of all; returns how many."""
    rows = PersonToken.objects.filter(user_id=user_id)
    if company_id is not None:
        rows = rows.filter(company_id=company_id)
    marks = [bytes(mark) for mark in rows.values_list("digest", flat=True)]
    rows.delete()
    for mark in marks:
        hints.send("token", mark.hex())
    hints.send("person", str(user_id))
    return len(marks)
