"""The first system's door: its form, its errors, its key."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from sundial.protocol.tokens import new_token
from sundial.server.companies.actions.keys import rotate_key
from sundial.server.lib import clock
from tests.gateway.firm import Firm
from tests.gateway.stage import A_SECOND, Serving, eventually

DOORS = ["/api/employee-config", "/api/employee-config/"]


class Client:
    """An old client."""

    def __init__(self, port: int) -> None:
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}", verify=False, trust_env=False)

    def ask(self, token: str | None, path: str = DOORS[1], **headers: str) -> httpx.Response:
        """Ask for the configuration."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            named["Authorization"] = f"Token {token}"
        return self.http.get(path, headers=named)


@pytest.fixture
def client(serving: Serving) -> Iterator[Client]:
    """One client."""
    made = Client(serving.port)
    yield made
    made.http.close()


@pytest.fixture
def token(firm: Firm) -> str:
    """The employee's token."""
    return firm.person_token(firm.cast.employee.id, firm.id)


def refused(answer: httpx.Response, status: int) -> bool:
    """Whether it is a refusal in the first system's form."""
    body: dict[str, Any] = answer.json()
    return answer.status_code == status and body["status"] is False and bool(body["message"])


@pytest.mark.parametrize("path", DOORS)
def test_it_answers_the_settings_with_and_without_the_slash(firm: Firm, client: Client, token: str, path: str) -> None:
    head = firm.save(screenshot_interval_seconds=77)
    eventually(lambda: client.ask(token, path).json()["config"]["screenshot_interval_seconds"] == 77)
    answer = client.ask(token, path)
    assert answer.json() == json.loads(head.config_json)
    assert answer.json()["status"] is True
    assert len(answer.json()["config"]) == 16
    assert answer.headers["etag"].startswith('"')


def test_an_unchanged_answer_is_a_304_without_a_body(client: Client, token: str) -> None:
    etag = client.ask(token).headers["etag"]
    for path in DOORS:
        answer = client.ask(token, path, If_None_Match=etag)
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
        assert client.ask(token, path, If_None_Match='"another"').status_code == 200


def test_a_change_is_seen_within_a_second(firm: Firm, client: Client, token: str) -> None:
    etag = client.ask(token).headers["etag"]
    firm.save()
    eventually(lambda: client.ask(token, If_None_Match=etag).status_code == 200, A_SECOND)


def test_a_company_key_that_is_given_must_be_the_right_one(firm: Firm, client: Client, token: str) -> None:
    assert client.ask(token, X_Company_Key=firm.cast.company.company_key).status_code == 200
    assert refused(client.ask(token, X_Company_Key=firm.cast.other.company_key), 403)


def test_a_replaced_company_key_is_taken_until_its_grace_ends(firm: Firm, client: Client, token: str) -> None:
    first, owner = firm.cast.company.company_key, firm.cast.owner.acting
    assert client.ask(token, X_Company_Key=first).status_code == 200
    second = rotate_key(acting=owner, company_id=firm.id, grace=timedelta(hours=1), now=clock.now()).company_key
    eventually(lambda: client.ask(token, X_Company_Key=second).status_code == 200, 30)
    assert client.ask(token, X_Company_Key=first).status_code == 200
    rotate_key(acting=owner, company_id=firm.id, grace=timedelta(seconds=3), now=clock.now())
    # Nobody tells the gateway when the time is over: it sees by itself.
    eventually(lambda: refused(client.ask(token, X_Company_Key=second), 403), 30)
    assert refused(client.ask(token, X_Company_Key=first), 403)


def test_a_token_that_is_not_known_is_a_401(client: Client, token: str) -> None:
    for strange in (None, "nonsense", new_token("person"), new_token("device"), token + "x"):
        assert refused(client.ask(strange), 401)
    assert refused(client.http.get(DOORS[0], headers={"Authorization": f"Bearer {token}"}), 401)


def test_signing_out_ends_it_within_a_second(firm: Firm, client: Client, token: str) -> None:
    assert client.ask(token).status_code == 200
    firm.end_tokens(firm.cast.employee.id)
    eventually(lambda: client.ask(token).status_code == 401, A_SECOND + 0.2)


def test_a_token_not_used_for_thirty_days_has_ended(firm: Firm, client: Client, token: str) -> None:
    firm.let_rest(token, days=31)
    assert refused(client.ask(token), 401)


def test_use_keeps_a_token_alive(firm: Firm, client: Client, token: str) -> None:
    firm.let_rest(token, days=29)
    assert client.ask(token).status_code == 200
    assert firm.rested(token) < 60


def test_an_inactive_person_is_refused(firm: Firm, client: Client, token: str) -> None:
    firm.set_membership(firm.cast.employee.id, "INACTIVE")
    assert refused(client.ask(token), 403)


def test_a_suspended_company_is_refused(firm: Firm, client: Client, token: str) -> None:
    firm.suspend()
    eventually(lambda: refused(client.ask(token), 403), A_SECOND)


def test_the_owner_has_no_company_to_ask_about(firm: Firm, client: Client) -> None:
    token = firm.person_token(firm.cast.owner.id, None)
    assert refused(client.ask(token), 403)


def test_the_oldest_clients_put_their_token_into_the_body(firm: Firm, client: Client, token: str) -> None:
    employee = firm.cast.employee.id
    for form in ("json", "data"):
        for who, secret in (("employee_id", "active_token"), ("id", "token")):
            for claimed, status in ((employee, 200), (str(employee), 200), (firm.cast.admin.id, 401), ("", 401)):
                body: dict[str, Any] = {form: {who: claimed, secret: token}}
                assert client.http.request("GET", DOORS[0], **body).status_code == status, body


NONSENSE = [b"[]", b"null", b'{"token": 5, "id": 1}', b"\xff\xff", b'{"token": "\xc3\xa4"}', b"&&=="]


def test_a_body_without_sense_is_a_401(client: Client) -> None:
    for body in NONSENSE:
        assert refused(client.http.request("GET", DOORS[0], content=body), 401), body


def test_a_body_too_large_is_a_413(client: Client) -> None:
    answer = client.http.request("GET", DOORS[0], content=b"x" * 100_000)
    assert refused(answer, 413)
    assert answer.headers["connection"] == "close"


def test_it_can_only_be_read(client: Client, token: str) -> None:
    answer = client.http.post(DOORS[1], headers={"Authorization": f"Token {token}"})
    assert refused(answer, 405)
    assert answer.headers["allow"] == "GET, HEAD"
