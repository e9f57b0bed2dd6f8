"""Who a request comes from: its address, its API token, its session; and how a session begins and ends."""

from axes.utils import reset
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse

from sundial.server.accounts import actions, queries
from sundial.server.accounts.rules import LONGEST_EMAIL, LONGEST_PASSWORD, normal_email, worth_touching
from sundial.server.accounts.types import Account, Attempt
from sundial.server.lib import clock, hints

LOCKED_OUT = "Too many attempts. Wait 15 minutes, then try again, or ask for a new password."
LOCKED_OUT_SECONDS = 15 * 60

_BACKEND = "django.contrib.auth.backends.ModelBackend"


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
    if holder is None:
        return None
    if worth_touching(holder.last_used_at, now):
        actions.touch_token(token_id=holder.token_id, now=now)
    return holder.account, holder.company_id


def check_password(request: HttpRequest, *, email: str, password: str) -> Attempt:
    """Try an address and a password; failures are counted, so the caller's transaction has to be committed.

    An unknown address costs the same time as a wrong password, and is counted like one.
    """
    address = normal_email(email)
    if len(address) > LONGEST_EMAIL or len(password) > LONGEST_PASSWORD:
        return Attempt(None)
    found = authenticate(request, email=address, password=password)
    if getattr(request, "axes_locked_out", False):
        return Attempt(None, locked=True)
    if found is None:
        return Attempt(None)
    reset(username=address)
    return Attempt(queries.account(found.pk))


def lockout_answer(request: HttpRequest, answer: HttpResponse, _credentials: object = None) -> HttpResponse:
    """The door has said 429 in its own words; django-axes has nothing to add."""
    return answer


def begin_session(request: HttpRequest, account: Account) -> None:
    """Sign this account in, under a new session key."""
    login(request, queries.user(account.id), backend=_BACKEND)


def keep_session(request: HttpRequest, account: Account) -> None:
    """Let this one session outlive a change of its account's password, under a new key."""
    user = queries.user(account.id)
    request.user = user
    update_session_auth_hash(request, user)


def end_session(request: HttpRequest) -> None:
    """Sign out; the session and all it held is gone, and pages still open with it learn so at once."""
    user_id = request.user.pk
    logout(request)
    if user_id is not None:
        hints.send("person", str(user_id))
