"""`users` of the public API."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sundial.server.accounts import queries as accounts
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from tests.cast import Cast, address, make_person
from tests.server.companies.test_signing_in import actions_in, sign_in
from tests.server.portal.api.knock import NOT_FOUND, ask, fields, problem, token_headers


def test_an_admin_takes_someone_on(cast: Cast) -> None:
    body = {"email": address("New"), "first_name": "Nova", "last_name": "Lind", "role": "MANAGER", "attributes": []}
    made = ask(cast.admin, "POST", "/users", body)
    told = made.json()
    assert made.status_code == 201
    assert (told["email"], told["name"], told["role"]) == (body["email"].lower(), "Nova Lind", "MANAGER")
    assert (told["status"], told["attributes"]) == ("ACTIVE", [])
    assert "/password/set/" in told["set_password_link"]
    assert ask(cast.admin, "GET", f"/users/{told['id']}").json()["email"] == told["email"]
    assert actions_in(cast.company.pk)[-1] == "EMPLOYEE_ADDED"


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"email": "nobody"}, {"email"}),
        ({"email": ""}, {"email"}),
        ({"email": "a\x00@b.test"}, {"email"}),
        ({"email": None}, {"email"}),
        ({"role": "OWNER"}, {"role"}),
        ({"role": "admin"}, {"role"}),
        ({"first_name": "x" * 81}, {"first_name"}),
        ({"first_name": "\x00"}, {"first_name"}),
        ({"attributes": ["finance"]}, {"attributes"}),
        ({"attributes": "finance"}, {"attributes"}),
        ({"is_owner": True}, {"is_owner"}),
    ],
)
def test_what_does_not_fit_is_named(cast: Cast, wrong: dict[str, Any], named: set[str]) -> None:
    assert fields(ask(cast.admin, "POST", "/users", {"email": address("x"), **wrong})) == named


def test_someone_who_is_here_is_not_taken_on_twice_but_may_return(cast: Cast) -> None:
    body = {"email": cast.employee.email}
    assert fields(ask(cast.admin, "POST", "/users", body)) == {"email"}
    assert ask(cast.admin, "DELETE", f"/users/{cast.employee.id}").status_code == 204
    assert ask(cast.admin, "GET", f"/users/{cast.employee.id}").content == NOT_FOUND
    again = ask(cast.admin, "POST", "/users", body)
    assert (again.status_code, again.json()["id"]) == (201, cast.employee.id)
    assert again.json()["set_password_link"] is None, "they have a password"


def test_nobody_else_takes_people_on(cast: Cast) -> None:
    for player in (cast.owner, cast.manager, cast.employee):
        assert problem(ask(player, "POST", "/users", {"email": address("x")})) == (403, "forbidden")


def test_admin_lists_all_manager_their_teams_and_the_others_nothing(cast: Cast) -> None:
    alone = make_person(cast.admin, Role.EMPLOYEE, "teamless")

    def ids(player: Any) -> set[int]:
        return {row["id"] for row in ask(player, "GET", "/users").json()["items"]}

    assert ids(cast.admin) == {cast.admin.id, cast.manager.id, cast.employee.id, alone.id}
    assert ids(cast.manager) == {cast.manager.id, cast.employee.id}
    for player in (cast.owner, cast.employee):
        assert problem(ask(player, "GET", "/users")) == (403, "forbidden")


def test_a_person_whom_one_may_not_see_is_like_none(cast: Cast) -> None:
    alone = make_person(cast.admin, Role.EMPLOYEE, "teamless")
    unseen = [
        (cast.owner, cast.employee.id),
        (cast.manager, alone.id),
        (cast.manager, cast.admin.id),
        (cast.employee, cast.manager.id),
        (cast.stranger, cast.employee.id),
        (cast.admin, cast.stranger.id),
        (cast.admin, 2**62),
    ]
    for player, user_id in unseen:
        for method, body in (("GET", None), ("PATCH", {"first_name": "x"}), ("DELETE", None)):
            answer = ask(player, method, f"/users/{user_id}", body)
            assert (answer.status_code, answer.content) == (404, NOT_FOUND), (player.email, method)


def test_one_reads_oneself_and_changes_one_s_own_names_only(cast: Cast) -> None:
    path = f"/users/{cast.employee.id}"
    assert ask(cast.employee, "GET", path).json()["email"] == cast.employee.email
    assert ask(cast.employee, "PATCH", path, {"first_name": "Nova"}).json()["name"] == "Nova Player"
    for body in ({"role": "ADMIN"}, {"status": "INACTIVE"}, {"first_name": "x", "role": "ADMIN"}):
        assert problem(ask(cast.employee, "PATCH", path, body)) == (403, "forbidden")
    assert problem(ask(cast.employee, "DELETE", path)) == (403, "forbidden")


def test_a_manager_sees_a_team_but_changes_nobody(cast: Cast) -> None:
    path = f"/users/{cast.employee.id}"
    assert ask(cast.manager, "GET", path).status_code == 200
    for method, body in (("PATCH", {"first_name": "x"}), ("PATCH", {"role": "ADMIN"}), ("DELETE", None)):
        assert problem(ask(cast.manager, method, path, body)) == (403, "forbidden")


def test_an_admin_changes_names_role_and_status(cast: Cast) -> None:
    path = f"/users/{cast.employee.id}"
    told = ask(cast.admin, "PATCH", path, {"role": "MANAGER", "last_name": "Lind", "status": "INACTIVE"}).json()
    assert (told["role"], told["last_name"], told["status"]) == ("MANAGER", "Lind", "INACTIVE")
    assert actions_in(cast.company.pk)[-2:] == ["EMPLOYEE_EDITED", "EMPLOYEE_DEACTIVATED"]
    assert sign_in(cast.employee).status_code == 403
    assert ask(cast.admin, "PATCH", path, {"status": "ACTIVE"}).json()["status"] == "ACTIVE"
    assert fields(ask(cast.admin, "PATCH", path, {"status": "LEFT"})) == {"status"}
    assert fields(ask(cast.admin, "PATCH", path, {"attributes": ["x"]})) == {"attributes"}
    before = actions_in(cast.company.pk)
    assert ask(cast.admin, "PATCH", path, {}).status_code == 200
    assert actions_in(cast.company.pk) == before


def test_the_last_admin_stays_an_admin(cast: Cast) -> None:
    path = f"/users/{cast.admin.id}"
    for method, body in (("PATCH", {"role": "EMPLOYEE"}), ("PATCH", {"status": "INACTIVE"}), ("DELETE", None)):
        assert fields(ask(cast.admin, method, path, body)) == {"role"}
    second = make_person(cast.admin, Role.ADMIN, "second")
    assert ask(second, "PATCH", path, {"role": "EMPLOYEE"}).status_code == 200
    assert fields(ask(second, "DELETE", f"/users/{second.id}")) == {"role"}


def test_someone_let_go_loses_tokens_and_session_at_once(cast: Cast) -> None:
    headers = token_headers(cast.employee)
    assert ask(None, "GET", f"/users/{cast.employee.id}", **headers).status_code == 200
    assert ask(cast.admin, "DELETE", f"/users/{cast.employee.id}").status_code == 204
    assert ask(None, "GET", f"/users/{cast.employee.id}", **headers).status_code == 401
    assert ask(cast.employee, "GET", f"/users/{cast.employee.id}").status_code == 403
    token = headers["Authorization"].removeprefix("Token ")
    assert accounts.token_holder(token, now=clock.now()) is None


def test_several_are_let_go_each_on_its_own(cast: Cast) -> None:
    more = [make_person(cast.admin, Role.EMPLOYEE, f"one{n}") for n in range(3)]
    ids = [more[0].id, cast.stranger.id, more[1].id, cast.admin.id, 2**62, more[2].id, more[0].id]
    told = ask(cast.admin, "POST", "/users/bulk-delete", {"ids": ids}).json()["items"]
    done = {row["id"]: row["done"] for row in told}
    assert done == {more[0].id: True, cast.stranger.id: False, more[1].id: True, cast.admin.id: False,
                    2**62: False, more[2].id: True}  # fmt: skip
    foreign, unknown = ([row["message"] for row in told if row["id"] == n] for n in (cast.stranger.id, 2**62))
    assert foreign == unknown
    assert actions_in(cast.company.pk).count("EMPLOYEE_REMOVED") == 3
    assert ask(cast.stranger, "GET", f"/users/{cast.stranger.id}").status_code == 200


@pytest.mark.parametrize("ids", [[], ["1"], [1.5], None, "1", [1] * 501, [True]])
def test_a_list_of_ids_is_one_of_numbers(cast: Cast, ids: Any) -> None:
    assert problem(ask(cast.admin, "POST", "/users/bulk-delete", {"ids": ids}))[0] == 422


def test_nobody_else_lets_people_go(cast: Cast) -> None:
    for player in (cast.owner, cast.manager, cast.employee):
        answer = ask(player, "POST", "/users/bulk-delete", {"ids": [cast.employee.id]})
        assert problem(answer) == (403, "forbidden")


def test_search_filters_and_orderings(cast: Cast) -> None:
    def names(query: str) -> list[str]:
        return [row["first_name"] for row in ask(cast.admin, "GET", f"/users?{query}").json()["items"]]

    assert names("search=player%20manag") == ["Manager"]
    assert names("role=EMPLOYEE") == ["Employee"]
    assert names("ordering=-name") == ["Manager", "Employee", "Ada"]
    assert names("status=INACTIVE") == []
    assert names("search=%25") == []


def test_a_list_costs_the_same_however_long_it_is(cast: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert ask(cast.admin, "GET", "/users?page_size=100").status_code == 200
        return len(seen)

    queries()
    few = queries()
    for n in range(5):
        make_person(cast.admin, Role.EMPLOYEE, f"more{n}")
    assert queries() == few
