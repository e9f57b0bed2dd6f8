"""How the tests knock at the public API."""

from typing import Any

from django.http import HttpResponse
from django.test import Client

from sundial.server.accounts import actions as accounts
from sundial.server.lib import clock
from tests.cast import Player

V1 = "/api/v1"
NOT_FOUND = b'{"error": {"code": "not_found", "message": "Not found."}}'


def ask(player: Player | None, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
    """One request with the player's web session; `If_Match="x"` becomes the header If-Match."""
    client = player.client if player else Client()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is None:
        return client.generic(method, V1 + path, headers=named)
    return client.generic(method, V1 + path, as_json(body), content_type="application/json", headers=named)


def as_json(body: Any) -> bytes:
    """The body as the test client would encode it."""
    encoded: str = Client()._encode_json(body, "application/json")
    return encoded.encode()


def token_headers(player: Player) -> dict[str, str]:
    """The header of a fresh API token."""
    token = accounts.issue_token(user_id=player.id, company_id=player.acting.company_id, now=clock.now())
    return {"Authorization": f"Token {token}"}


def problem(answer: HttpResponse) -> tuple[int, str]:
    """Status and code of a refusal, whose shape is checked on the way."""
    told = answer.json()
    assert set(told) == {"error"}, told
    assert set(told["error"]) - {"fields", "difference"} == {"code", "message"}, told
    assert answer["Content-Type"] == "application/json"
    return answer.status_code, told["error"]["code"]


def fields(answer: HttpResponse) -> set[str]:
    """The names of the fields that do not fit."""
    assert problem(answer) == (422, "invalid")
    return set(answer.json()["error"]["fields"])
