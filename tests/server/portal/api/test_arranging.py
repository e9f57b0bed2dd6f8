"""`attributes`, `departments` and `teams` of the public API, and what `users` says of them."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sundial.server.lib.acting import Role
from tests.cast import Cast, address, make_person
from tests.server.portal.api.knock import NOT_FOUND, ask, fields, problem


def made(cast: Cast, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = ask(cast.admin, "POST", path, body)
    assert answer.status_code == 201, answer.content
    told: dict[str, Any] = answer.json()
    return told


def told(cast: Cast, path: str) -> Any:
    answer = ask(cast.admin, "GET", path)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_attributes_come_and_go(cast: Cast) -> None:
    assert made(cast, "/attributes", {"name": "finance"})["kind"] == "flag"
    made(cast, "/attributes", {"name": "clearance", "kind": "value"})
    assert fields(ask(cast.admin, "POST", "/attributes", {"name": "finance"})) == {"name"}
    assert fields(ask(cast.admin, "POST", "/attributes", {"name": "No"})) == {"name"}
    path = f"/users/{cast.employee.id}"
    body = {"attributes": ["clearance=3", "finance"]}
    assert ask(cast.admin, "PATCH", path, body).json()["attributes"] == body["attributes"]
    rows = {row["name"]: row["people"] for row in told(cast, "/attributes")["items"]}
    assert rows == {"clearance": 1, "finance": 1}
    gone = ask(cast.admin, "DELETE", "/attributes/finance")
    assert gone.json() == {"name": "finance", "people": 1, "files": []}
    assert told(cast, path)["attributes"] == ["clearance=3"]
    for name in ("finance", "No%20such", "a" * 300):
        assert ask(cast.admin, "DELETE", f"/attributes/{name}").content == NOT_FOUND


def test_someone_is_taken_on_with_all_that_is_known_of_them(cast: Cast) -> None:
    made(cast, "/attributes", {"name": "finance"})
    place = made(cast, "/departments", {"name": "Design"})["id"]
    body = {"email": address("new"), "attributes": ["finance"], "department_id": place}
    new = made(cast, "/users", body)
    assert (new["attributes"], new["teams"]) == (["finance"], [])
    assert (new["department"], new["department_id"]) == ("Design", place)
    assert (new["invited_at"], new["signed_in_at"]) == (None, None)
    wrong = ask(cast.admin, "POST", "/users", {**body, "email": address("x"), "attributes": ["nowhere"]})
    assert fields(wrong) == {"attributes"}
    wrong = ask(cast.admin, "POST", "/users", {"email": address("y"), "department_id": 2**62})
    assert fields(wrong) == {"department_id"}
    assert len(told(cast, "/users")["items"]) == 4, "who was refused is not half here"


def test_attributes_of_several_are_replaced(cast: Cast) -> None:
    for name in ("finance", "night"):
        made(cast, "/attributes", {"name": name})
    ask(cast.admin, "PATCH", f"/users/{cast.employee.id}", {"attributes": ["finance"]})
    ids = [cast.employee.id, cast.manager.id, cast.stranger.id]
    answer = ask(cast.admin, "POST", "/users/bulk-attributes", {"ids": ids, "attributes": ["night"]})
    done = {row["id"]: row["done"] for row in answer.json()["items"]}
    assert done == {cast.employee.id: True, cast.manager.id: True, cast.stranger.id: False}
    assert told(cast, f"/users/{cast.employee.id}")["attributes"] == ["night"]
    wrong = {"ids": ids, "attributes": ["nowhere"]}
    assert fields(ask(cast.admin, "POST", "/users/bulk-attributes", wrong)) == {"attributes"}


def test_departments_are_a_tree(cast: Cast) -> None:
    top = made(cast, "/departments", {"name": "Top"})
    low = made(cast, "/departments", {"name": "Low", "parent_id": top["id"]})
    assert (low["path"], low["depth"]) == ("Top / Low", 1)
    ask(cast.admin, "PATCH", f"/users/{cast.employee.id}", {"department_id": low["id"]})
    counts = [(row["name"], row["people"], row["people_below"]) for row in told(cast, "/departments")["items"]]
    assert counts == [("Top", 0, 1), ("Low", 1, 1)]
    assert [row["id"] for row in told(cast, f"/users?department_id={top['id']}")["items"]] == [cast.employee.id]
    assert fields(ask(cast.admin, "PATCH", f"/departments/{top['id']}", {"parent_id": low["id"]})) == {"parent_id"}
    assert ask(cast.admin, "DELETE", f"/departments/{top['id']}").status_code == 204
    assert told(cast, f"/departments/{low['id']}")["parent_id"] is None
    for method, body in (("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)):
        assert ask(cast.stranger, method, f"/departments/{low['id']}", body).content == NOT_FOUND


def test_a_team_is_made_with_its_people_and_a_manager_sees_them(cast: Cast) -> None:
    night = make_person(cast.admin, Role.EMPLOYEE, "night")
    members = [{"user_id": night.id}, {"user_id": cast.manager.id, "manages": True}]
    crew = made(cast, "/teams", {"name": "Crew", "members": members})
    assert (crew["people"], crew["managers"]) == (2, [cast.manager.id])
    assert ask(cast.manager, "GET", f"/users/{night.id}").status_code == 200
    path = f"/teams/{crew['id']}"
    assert [row["id"] for row in told(cast, f"/users?team_id={crew['id']}&search=night")["items"]] == [night.id]
    changed = ask(cast.admin, "PATCH", path, {"members": members[1:]}).json()
    assert [one["user_id"] for one in changed["members"]] == [cast.manager.id]
    assert ask(cast.manager, "GET", f"/users/{night.id}").content == NOT_FOUND
    assert ask(cast.admin, "PATCH", path, {"members": [{"user_id": cast.stranger.id}]}).content == NOT_FOUND
    assert told(cast, path)["people"] == 1, "a change that is refused changes nothing"
    assert problem(ask(cast.manager, "DELETE", path)) == (403, "forbidden")
    assert ask(cast.admin, "DELETE", path).status_code == 204
    assert ask(cast.admin, "GET", path).content == NOT_FOUND


@pytest.mark.parametrize("path", ["/attributes", "/departments", "/teams", "/users?page_size=100"])
def test_a_list_costs_the_same_however_long_it_is(cast: Cast, path: str) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            told(cast, path)
        return len(seen)

    def more(n: int) -> None:
        made(cast, "/attributes", {"name": f"word{n}"})
        place = made(cast, "/departments", {"name": f"Place {n}"})["id"]
        body = {"email": address("more"), "attributes": [f"word{n}"], "department_id": place}
        person = made(cast, "/users", body)["id"]
        made(cast, "/teams", {"name": f"Crew {n}", "members": [{"user_id": person, "manages": True}]})

    more(0)
    asked()
    few = asked()
    for n in range(1, 4):
        more(n)
    assert asked() == few
