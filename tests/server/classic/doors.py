"""How the tests knock at the first system's doors."""

from typing import Any

from django.http import HttpResponse
from django.test import Client

from sundial.server.accounts import actions as accounts
from sundial.server.lib import clock
from tests.cast import Player


def post(
    path: str, body: Any = None, *, token: str | None = None, key: str | None = None, form: bool = False
) -> HttpResponse:
    """Send JSON, or a form, without any session."""
    headers = {}
    if token is not None:
        headers["Authorization"] = f"Token {token}"
    if key is not None:
        headers["X-Company-Key"] = key
    if form:
        return Client().post(path, body or {}, headers=headers)
    return Client().post(path, {} if body is None else body, content_type="application/json", headers=headers)


def get(path: str, *, token: str | None = None, key: str | None = None) -> HttpResponse:
    """Ask without any session."""
    headers = {} if token is None else {"Authorization": f"Token {token}"}
    return Client().get(path, headers=headers if key is None else {**headers, "X-Company-Key": key})


def token_of(player: Player) -> str:
    """A fresh token, as the sign-in door would give it."""
    return accounts.issue_token(user_id=player.id, company_id=player.acting.company_id, now=clock.now())


def is_refusal(answer: HttpResponse, *statuses: int) -> bool:
    """A refusal in the first system's words, with one of these statuses."""
    told = answer.json()
    return answer.status_code in statuses and told["status"] is False and bool(told["message"])
