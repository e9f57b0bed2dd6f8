"""Section 3: signing in and out by the first system's doors."""

from typing import Any

import httpx
import pytest

from tests.contract.house import Firm, Person, ask, csrf_of, fresh, in_browser, password_fields
from tests.running import Platform

DATA = {
    "id", "name", "email", "role", "company_id", "active_token",
    "toddays_worked_time", "toddays_active_time", "toddays_inactive_time", "task_note",
}  # fmt: skip
SIGN_IN = ("/api/login", "/api/login/", "/login")
CHECKS = ("/api/login-check", "/api/login-check/", "/login-check", "/login-check/")


def _login(base_url: str, person: Person, path: str = "/api/login", **more: Any) -> httpx.Response:
    return ask(base_url, "POST", path, json={"email": person.email, "password": person.password}, **more)


@pytest.mark.parametrize("path", SIGN_IN)
def test_every_spelling_of_the_sign_in_door_answers(base_url: str, firm: Firm, path: str) -> None:
    answer = _login(base_url, firm.admin, path)
    assert answer.status_code == 200
    assert answer.json()["status"] is True
    data = answer.json()["data"]
    assert set(data) == DATA
    assert (data["id"], data["email"], data["role"]) == (firm.admin.id, firm.admin.email, "ADMIN")
    assert (data["company_id"], data["task_note"]) == (firm.id, "")
    assert {data[name] for name in DATA if name.startswith("toddays")} == {"00:00:00"}


def test_the_sign_in_page_is_always_the_page(base_url: str) -> None:
    for path in ("/login/", "/owner/login/", "/admin/login/", "/user/login/"):
        answer = ask(base_url, "GET", path)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")


def test_every_role_may_sign_in(platform: Platform, owner: Person, firm: Firm) -> None:
    people = {"OWNER": owner, "ADMIN": firm.admin, "MANAGER": firm.manager, "EMPLOYEE": firm.employee}
    for role, person in people.items():
        data = _login(platform.base_url, person).json()["data"]
        assert data["role"] == role
        assert data["company_id"] == (None if role == "OWNER" else firm.id)


def test_a_form_signs_in_too(base_url: str, firm: Firm) -> None:
    form = {"email": firm.admin.email, "password": firm.admin.password}
    for path in SIGN_IN:
        assert ask(base_url, "POST", path, data=form).json()["data"]["id"] == firm.admin.id
        assert ask(base_url, "POST", path, files={n: (None, v) for n, v in form.items()}).status_code == 200


def test_wrong_and_unknown_are_answered_alike(base_url: str, firm: Firm) -> None:
    person = firm.take_on("EMPLOYEE")
    wrong = ask(base_url, "POST", "/api/login", json={"email": person.email, "password": "no"})
    unknown = ask(base_url, "POST", "/api/login", json={"email": fresh("nobody"), "password": "no"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.content == unknown.content
    assert wrong.json()["status"] is False
    assert wrong.json()["message"]


def test_an_address_is_known_in_any_case(base_url: str, firm: Firm) -> None:
    asked = {"email": f" {firm.admin.email.upper()} ", "password": firm.admin.password}
    assert ask(base_url, "POST", "/api/login", json=asked).status_code == 200


def test_inactive_people_are_refused(base_url: str, firm: Firm) -> None:
    person = firm.take_on("EMPLOYEE")
    assert firm.admin.patch(f"/api/v1/users/{person.id}", {"status": "INACTIVE"}).status_code == 200
    answer = _login(base_url, person)
    assert answer.status_code == 403
    assert answer.json()["status"] is False
    assert person.get("/api/policy/").status_code == 401, "deactivating ends tokens"


def test_repeated_failures_are_refused_by_account_not_by_address(base_url: str, firm: Firm) -> None:
    person = firm.take_on("EMPLOYEE")
    answers = [
        ask(base_url, "POST", "/api/login", json={"email": person.email, "password": f"no {n}"}) for n in range(30)
    ]
    statuses = [answer.status_code for answer in answers]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    assert answers[-1].json()["status"] is False
    assert int(answers[-1].headers["retry-after"]) > 0
    assert _login(base_url, person).status_code == 429, "the right password is not told from wrong ones meanwhile"
    assert _login(base_url, firm.admin).status_code == 200, "others at the same address sign in"
    assert person.get("/api/policy/").status_code == 200, "tokens stay good"


def test_several_tokens_live_at_once_and_log_out_ends_one(base_url: str, firm: Firm) -> None:
    first, second = (_login(base_url, firm.admin).json()["data"]["active_token"] for _ in range(2))
    assert first != second
    out = ask(base_url, "POST", "/api/logout", headers={"Authorization": f"Token {first}"})
    assert out.status_code == 200
    assert out.json()["status"] is True
    for token, status in ((first, 401), (second, 200)):
        assert ask(base_url, "GET", "/api/policy", headers={"Authorization": f"Token {token}"}).status_code == status
    assert ask(base_url, "POST", "/api/logout", headers={"Authorization": f"Token {first}"}).status_code == 401
    body = {"employee_id": str(firm.admin.id), "active_token": second}
    assert ask(base_url, "POST", "/api/logout/", data=body).status_code == 200
    assert ask(base_url, "GET", "/api/employee-config", headers={"Authorization": f"Token {second}"}).status_code == 401


@pytest.mark.parametrize("path", CHECKS)
def test_login_check_says_whether_a_token_lives(base_url: str, firm: Firm, path: str) -> None:
    person, other = firm.admin, firm.employee
    good = {"id": person.id, "token": person.token}
    assert ask(base_url, "POST", path, json=good).json() == {"status": True}
    assert ask(base_url, "POST", path, json={**good, "id": str(person.id)}).json() == {"status": True}
    assert ask(base_url, "POST", path, data={k: str(v) for k, v in good.items()}).json() == {"status": True}
    for bad in ({**good, "token": "nonsense"}, {**good, "id": other.id}, {**good, "token": other.token}):
        answer = ask(base_url, "POST", path, json=bad)
        assert (answer.status_code, answer.json()) == (200, {"status": False})


def test_login_check_is_about_the_token_in_the_body(base_url: str, firm: Firm) -> None:
    body = {"id": firm.admin.id, "token": "nonsense"}
    assert firm.admin.post("/api/login-check", body).json() == {"status": False}
    body = {"id": firm.employee.id, "token": firm.employee.token}
    assert firm.admin.post("/api/login-check", body).json() == {"status": True}


def test_a_new_password_ends_every_token(base_url: str, firm: Firm) -> None:
    person = firm.take_on("EMPLOYEE")
    with in_browser(person) as client:
        page = client.get("/account/")
        old, *new = password_fields(page)
        form = {"csrfmiddlewaretoken": csrf_of(page), old: person.password, **dict.fromkeys(new, "another pass phrase")}
        assert client.post("/account/password/", data=form).status_code == 302
    assert person.get("/api/policy/").status_code == 401
    assert person.get("/api/employee-config/").status_code == 401
    assert person.get("/api/v1/companies").status_code == 401
