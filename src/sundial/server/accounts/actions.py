"""Writes about accounts: owners, tokens, passwords."""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from sundial.protocol.tokens import digest, new_token
from sundial.server.accounts.models import PersonToken, User
from sundial.server.accounts.rules import TOKEN_TOUCH, normal_email
from sundial.server.audit.actions import record
from sundial.server.lib import hints
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Invalid
from sundial.server.lib.scope import PLATFORM, acting_for


@transaction.atomic
def create_owner(*, email: str, acting: Acting, now: datetime) -> User:
    """Make the user with this address an OWNER; they set their password by a one-time link."""
    owner = ensure_user(email=email, now=now)
    if owner.is_owner:
        return owner
    owner.is_owner = True
    owner.save(update_fields=["is_owner"])
    with acting_for(PLATFORM):
        record(
            acting=acting,
            company_id=PLATFORM,
            action="OWNER_CREATED",
            description=f"{owner.email} may now run the platform",
            details={},
            target_kind="user",
            target_id=owner.pk,
            now=now,
        )
    return owner


@transaction.atomic
def ensure_user(*, email: str, now: datetime) -> User:
    """The user with this address, made without a password if new."""
    address = normal_email(email)
    found = User.objects.filter(email=address).first()
    if found:
        return found
    made = User(email=address, created_at=now)
    made.set_unusable_password()
    made.save()
    return made


@transaction.atomic
def issue_token(*, user: User, company_id: int | None, now: datetime) -> str:
    """A new API token for this person in this company; shown once, kept as a digest."""
    token = new_token("person")
    PersonToken.objects.create(user=user, company_id=company_id, digest=digest(token), created_at=now, last_used_at=now)
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


@transaction.atomic
def set_password(*, user: User, password: str, now: datetime) -> None:
    """Set a new password and end every token and session of this person."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid({"password": " ".join(error.messages)}) from error
    user.set_password(password)
    user.save(update_fields=["password"])
    end_all_tokens(user_id=user.pk)
