"""Who a request comes from: its address, its API token."""

from django.http import HttpRequest

from sundial.server.accounts import actions, queries
from sundial.server.accounts.types import Account
from sundial.server.lib import clock


def client_address(request: HttpRequest) -> str | None:
    """The client's address as the server in front established it; forwarded headers are not read here."""
    address: str | None = request.META.get("REMOTE_ADDR")
    return address or None


def api_token(request: HttpRequest) -> str | None:
    """The token of an `Authorization: Token …` header, or None if there is no such header."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "token" else None


def session_account(request: HttpRequest) -> Account | None:
    """The account of the web session, or None if nobody is signed in."""
    user = request.user
    if not user.is_authenticated:
        return None
    return Account(id=user.pk, email=user.email, is_owner=user.is_owner, is_active=user.is_active)


def token_account(token: str) -> tuple[Account, int | None] | None:
    """The account of an API token and the company it is for; None if it is unknown or ended."""
    now = clock.now()
    holder = queries.token_holder(token, now=now)
    account = queries.account(holder.user_id) if holder else None
    if holder is None or account is None:
        return None
    actions.touch_token(token_id=holder.token_id, now=now)
    return account, holder.company_id
