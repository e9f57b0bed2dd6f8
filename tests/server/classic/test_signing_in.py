"""`login`, `logout`, `login-check`."""

from datetime import timedelta

import pytest
from django.test import Client

from sundial.server.accounts import queries
from sundial.server.accounts.models import PersonToken
from sundial.server.companies.actions import add_person, set_password
from sundial.server.companies.actions.keys import rotate_key
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle import actions as lifecycle
from tests.cast import Cast, Player, address
from tests.server.classic.doors import get, is_refusal, post, token_of
from tests.server.companies.test_signing_in import actions_in

LOGINS = ["/api/login", "/api/login/", "/login"]


def typed(player: Player) -> dict[str, str]:
    return {"email": player.email, "password": player.password}


@pytest.mark.parametrize("path", LOGINS)
@pytest.mark.parametrize("form", [False, True])
def test_the_sign_in_door_answers_under_all_its_names(cast: Cast, path: str, form: bool) -> None:
    answer = post(path, typed(cast.employee), form=form)
    assert answer.status_code == 200
    data = answer.json()["data"]
    assert answer.json()["status"] is True
    assert data.pop("active_token").startswith("sdu_")
    assert data == {
        "id": cast.employee.id,
        "name": "Employee Player",
        "email": cast.employee.email,
        "role": "EMPLOYEE",
        "company_id": cast.company.pk,
        "toddays_worked_time": "00:00:00",
        "toddays_active_time": "00:00:00",
        "toddays_inactive_time": "00:00:00",
        "task_note": "",
    }


def test_an_owner_signs_in_without_a_company(cast: Cast) -> None:
    data = post("/api/login", typed(cast.owner)).json()["data"]
    assert (data["role"], data["company_id"]) == ("OWNER", None)


def test_opening_the_bare_address_leads_to_the_page(cast: Cast) -> None:
    answer = Client().get("/login")
    assert (answer.status_code, answer["Location"]) == (301, "/login/")


def test_a_wrong_password_and_an_unknown_address_are_401(cast: Cast) -> None:
    wrong = post("/api/login", {**typed(cast.admin), "password": "wrong"})
    unknown = post("/api/login", {"email": address("nobody"), "password": "x"})
    assert is_refusal(wrong, 401)
    assert wrong.content == unknown.content
    assert actions_in(cast.company.pk)[-1] == "SIGN_IN_FAILED"


def test_suspended_and_inactive_are_403_after_the_right_password_only(cast: Cast) -> None:
    with acting_for(cast.company.pk):
        lifecycle.deactivate_person(acting=cast.admin.acting, user_id=cast.employee.id, now=clock.now())
    assert is_refusal(post("/api/login", typed(cast.employee)), 403)
    assert is_refusal(post("/api/login", {**typed(cast.employee), "password": "x"}), 401)
    lifecycle.suspend_company(acting=cast.owner.acting, company_id=cast.company.pk, reason="", now=clock.now())
    assert is_refusal(post("/api/login", typed(cast.admin)), 403)


def test_repeated_failures_are_429_with_the_seconds_to_wait(cast: Cast) -> None:
    for _ in range(8):
        last = post("/api/login", {**typed(cast.admin), "password": "x"})
    assert is_refusal(last, 429)
    locked = post("/api/login", typed(cast.admin))
    assert is_refusal(locked, 429)
    assert int(locked["Retry-After"]) > 0


def test_a_success_forgets_the_failures_before_it(cast: Cast) -> None:
    for _round in range(2):
        for _n in range(7):
            assert post("/api/login", {**typed(cast.admin), "password": "x"}).status_code == 401
        assert post("/api/login", typed(cast.admin)).status_code == 200


def test_a_foreign_company_key_is_403_everywhere(cast: Cast) -> None:
    foreign = cast.other.company_key
    assert is_refusal(post("/api/login", typed(cast.employee), key=foreign), 403)
    assert is_refusal(post("/api/login", typed(cast.employee), key="no such key"), 403)
    assert post("/api/login", typed(cast.employee), key=cast.company.company_key).status_code == 200
    token = token_of(cast.employee)
    assert is_refusal(get("/api/policy", token=token, key=foreign), 403)
    assert get("/api/policy", token=token, key=cast.company.company_key).status_code == 200


def test_a_replaced_company_key_works_until_its_grace_ends(cast: Cast) -> None:
    old, token = cast.company.company_key, token_of(cast.employee)
    owner, now = cast.owner.acting, clock.now()
    new = rotate_key(acting=owner, company_id=cast.company.pk, grace=timedelta(hours=2), now=now).company_key
    for key in (old, new):
        assert post("/api/login", typed(cast.employee), key=key).status_code == 200
        assert get("/api/policy", token=token, key=key).status_code == 200
    # Replaced three hours ago: its two hours of grace are over.
    long_ago = now - timedelta(hours=3)
    newest = rotate_key(acting=owner, company_id=cast.company.pk, grace=timedelta(hours=2), now=long_ago).company_key
    for key in (old, new):
        assert is_refusal(post("/api/login", typed(cast.employee), key=key), 403)
        assert is_refusal(get("/api/policy", token=token, key=key), 403)
    assert get("/api/policy", token=token, key=newest).status_code == 200


def test_the_company_key_chooses_among_several_companies(cast: Cast) -> None:
    with acting_for(cast.other.pk):
        add_person(
            acting=cast.stranger.acting, company_id=cast.other.pk, email=cast.employee.email,
            first_name="", last_name="", role=Role.MANAGER, now=clock.now(),
        )  # fmt: skip
    default = post("/api/login", typed(cast.employee)).json()["data"]
    chosen = post("/api/login", typed(cast.employee), key=cast.other.company_key).json()["data"]
    assert (default["company_id"], default["role"]) == (cast.company.pk, "EMPLOYEE")
    assert (chosen["company_id"], chosen["role"]) == (cast.other.pk, "MANAGER")


def test_several_tokens_live_at_once_and_logout_ends_one(cast: Cast) -> None:
    first, second = token_of(cast.employee), token_of(cast.employee)
    assert post("/api/logout", token=first).json()["status"] is True
    assert is_refusal(get("/api/policy", token=first), 401)
    assert get("/api/policy", token=second).status_code == 200
    assert is_refusal(post("/api/logout", token=first), 401)
    assert actions_in(cast.company.pk)[-1] == "SIGNED_OUT"


@pytest.mark.parametrize("path", ["/api/logout", "/api/logout/", "/logout"])
def test_logout_answers_under_all_its_names(cast: Cast, path: str) -> None:
    assert post(path, token=token_of(cast.employee)).status_code == 200


@pytest.mark.parametrize("path", ["/api/login-check", "/api/login-check/", "/login-check", "/login-check/"])
def test_login_check_knows_a_living_token_of_that_person(cast: Cast, path: str) -> None:
    token = token_of(cast.employee)
    assert post(path, {"id": cast.employee.id, "token": token}).json() == {"status": True}
    assert post(path, {"id": str(cast.employee.id), "token": token}, form=True).json() == {"status": True}
    assert post(path, {"id": cast.admin.id, "token": token}).json() == {"status": False}
    assert post(path, {"id": cast.employee.id, "token": "sdu_x"}).json() == {"status": False}
    assert is_refusal(post(path, {"id": cast.employee.id}), 422)


def test_a_token_ends_after_thirty_days_unused(cast: Cast) -> None:
    token = token_of(cast.employee)
    old = clock.now() - timedelta(days=30, minutes=1)
    PersonToken.objects.filter(user_id=cast.employee.id).update(last_used_at=old)
    assert is_refusal(get("/api/policy", token=token), 401)
    assert post("/api/login-check", {"id": cast.employee.id, "token": token}).json() == {"status": False}


def test_a_token_ends_at_a_password_change(cast: Cast) -> None:
    token = token_of(cast.employee)
    account = queries.account(cast.employee.id)
    assert account is not None
    set_password(
        account=account, password="seven purple window frames", action="PASSWORD_CHANGED", ip=None, now=clock.now()
    )
    assert is_refusal(get("/api/policy", token=token), 401)


def test_a_token_ends_when_its_person_is_let_go(cast: Cast) -> None:
    token = token_of(cast.employee)
    with acting_for(cast.company.pk):
        lifecycle.let_go(acting=cast.admin.acting, user_id=cast.employee.id, now=clock.now())
    assert is_refusal(get("/api/policy", token=token), 401)
