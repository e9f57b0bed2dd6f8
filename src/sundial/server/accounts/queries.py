"""Reads about accounts."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.utils.http import urlsafe_base64_decode

from sundial.protocol.tokens import digest, well_formed
from sundial.server.accounts.models import PersonToken, User
from sundial.server.accounts.rules import normal_email, token_alive
from sundial.server.accounts.types import Account, TokenHolder
from sundial.server.lib.ids import HIGHEST_ID

_FACTS = ("id", "email", "is_owner", "is_active")


def find_user(email: str) -> User | None:
    """The user with this address, if there is one."""
    return User.objects.filter(email=normal_email(email)).first()


def account(user_id: int) -> Account | None:
    """The account with this id, if there is one."""
    row = User.objects.filter(id=user_id).values_list(*_FACTS).first()
    return None if row is None else Account(*row)


def account_with_email(email: str) -> Account | None:
    """The account with this address, if there is one."""
    row = User.objects.filter(email=normal_email(email)).values_list(*_FACTS).first()
    return None if row is None else Account(*row)


def user(user_id: int) -> User:
    """The user with this id, for what only Django's own parts can do."""
    return User.objects.get(id=user_id)


def user_of_link(uid: str, token: str) -> User | None:
    """Whom a one-time link is for; None if it was used, has expired or never was one."""
    try:
        user_id = int(urlsafe_base64_decode(uid))
    except ValueError:
        return None
    found = User.objects.filter(id=user_id).first() if 0 < user_id <= HIGHEST_ID else None
    return found if found and found.is_active and default_token_generator.check_token(found, token) else None


def weaknesses(user_id: int, password: str) -> list[str]:
    """All that speaks against this password for this person, in words; empty if it will do."""
    try:
        validate_password(password, user(user_id))
    except ValidationError as error:
        return list(error.messages)
    return []


def has_password(user_id: int) -> bool:
    """False for someone invited who has not yet set one."""
    return user(user_id).has_usable_password()


def emails(user_ids: Iterable[int]) -> dict[int, str]:
    """The addresses of these users, by id."""
    return dict(User.objects.filter(id__in=list(user_ids)).values_list("id", "email"))


def an_owner_exists() -> bool:
    """True once somebody runs the platform."""
    return User.objects.filter(is_owner=True).exists()


def owner_emails() -> list[str]:
    """Where to write to the people who run the platform."""
    return list(User.objects.filter(is_owner=True, is_active=True).order_by("id").values_list("email", flat=True))


def owners() -> list[Account]:
    """The people who run the platform and may sign in."""
    rows = User.objects.filter(is_owner=True, is_active=True).order_by("id").values_list(*_FACTS)
    return [Account(*row) for row in rows]


def token_holder(token: str, *, now: datetime) -> TokenHolder | None:
    """Who holds this API token; None for an unknown, ended or expired one."""
    if not well_formed(token, "person"):
        return None
    columns = ("id", "company_id", "last_used_at", *(f"user__{fact}" for fact in _FACTS))
    row = PersonToken.objects.filter(digest=digest(token), user__is_active=True).values_list(*columns).first()
    if row is None:
        return None
    token_id, company_id, last_used_at, *facts = row
    return TokenHolder(token_id, Account(*facts), company_id, last_used_at) if token_alive(last_used_at, now) else None
