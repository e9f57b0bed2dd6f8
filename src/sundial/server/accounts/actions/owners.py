"""Making users, and making some of them owners of the platform."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from sundial.server.accounts.models import User
from sundial.server.accounts.rules import LONGEST_EMAIL, normal_email
from sundial.server.audit.actions import record
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Invalid
from sundial.server.lib.scope import PLATFORM, acting_for


@transaction.atomic
def create_owner(*, email: str, acting: Acting, now: datetime) -> User:
    """Make the user with this address an OWNER; they set their password by a one-time link."""
    _require_address(email)
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
    """The user with this address, made without a password if new; two who make the same one get the same."""
    return ensure_users(emails=[email], now=now)[normal_email(email)]


@transaction.atomic
def ensure_users(*, emails: Iterable[str], now: datetime) -> dict[str, User]:
    """The users with these addresses, by address; as `ensure_user`, all at once."""
    wanted = sorted({normal_email(email) for email in emails})  # one order: two who do this wait in no ring
    known = _with_addresses(wanted)
    made = [User(email=address, created_at=now) for address in wanted if address not in known]
    if not made:
        return known
    for one in made:
        one.set_unusable_password()
    User.objects.bulk_create(made, ignore_conflicts=True)
    return _with_addresses(wanted)


def _with_addresses(addresses: Sequence[str]) -> dict[str, User]:
    return {user.email: user for user in User.objects.filter(email__in=addresses)}


def _require_address(email: str) -> None:
    said = f"{email!r} is not an e-mail address."
    if len(email) > LONGEST_EMAIL:
        raise Invalid({"email": said}, said)
    try:
        validate_email(normal_email(email))
    except ValidationError as problem:
        raise Invalid({"email": said}, said) from problem
