"""Reads about accounts."""

from collections.abc import Iterable
from datetime import datetime

from sundial.protocol.tokens import digest, well_formed
from sundial.server.accounts.models import PersonToken, User
from sundial.server.accounts.rules import normal_email, token_alive
from sundial.server.accounts.types import Account, TokenHolder


def find_user(email: str) -> User | None:
    """The user with this address, if there is one."""
    return User.objects.filter(email=normal_email(email)).first()


def account(user_id: int) -> Account | None:
    """The account with this id, if there is one."""
    row = User.objects.filter(id=user_id).values_list("id", "email", "is_owner", "is_active").first()
    return None if row is None else Account(*row)


def emails(user_ids: Iterable[int]) -> dict[int, str]:
    """The addresses of these users, by id."""
    return dict(User.objects.filter(id__in=list(user_ids)).values_list("id", "email"))


def an_owner_exists() -> bool:
    """True once somebody runs the platform."""
    return User.objects.filter(is_owner=True).exists()


def owner_emails() -> list[str]:
    """Where to write to the people who run the platform."""
    return list(User.objects.filter(is_owner=True, is_active=True).order_by("id").values_list("email", flat=True))


def token_holder(token: str, *, now: datetime) -> TokenHolder | None:
    """Who holds this API token; None for an unknown, ended or expired one."""
    if not well_formed(token, "person"):
        return None
    row = PersonToken.objects.filter(digest=digest(token), user__is_active=True).first()
    if row is None or not token_alive(row.last_used_at, now):
        return None
    return TokenHolder(token_id=row.pk, user_id=row.user_id, company_id=row.company_id)
