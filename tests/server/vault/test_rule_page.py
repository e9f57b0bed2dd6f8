"""The rule of a file, by page: looked at before it is saved, saved with or without a script."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sundial.server.companies import actions as companies
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.scope import acting_for
from tests.cast import Cast, Player, make_person
from tests.server.vault.plays import attribute, put, stored


def look(player: Player, body: object) -> Any:
    answer = player.client.post("/vault/rules/look/", json.dumps(body), content_type="application/json")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    return answer.json()


def test_a_look_says_who_could_open_it_and_why_the_others_could_not(cast: Cast) -> None:
    attribute(cast.admin, "finance", cast.employee)
    told = look(cast.admin, {"text": "finance,  role = employee"})
    assert (told["error"], told["problems"]) == (None, [])
    assert told["text"] == "finance and role = employee"
    assert told["tree"]["kind"] == "all"
    who = told["who"]
    assert (who["count"], who["of"]) == (1, 3)
    assert [one["email"] for one in who["could"]] == [cast.employee.email]
    reasons = {one["email"]: one["reason"] for one in who["could_not"]}
    assert reasons[cast.manager.email] == (
        "It needs finance, but they do not have finance. It needs role = employee, but their role is manager."
    )
    assert told["warnings"] == [
        "You could not open it. It needs finance, but you do not have finance. "
        "It needs role = employee, but your role is admin."
    ]


def test_others_than_administrators_read_how_many_could_open_it_and_nobody_s_name(cast: Cast) -> None:
    attribute(cast.admin, "finance", cast.employee)
    for reader in (cast.manager, cast.employee):
        told = look(reader, {"text": "finance"})
        assert (told["who"]["count"], told["who"]["of"]) == (1, 3)
        assert (told["who"]["could"], told["who"]["could_not"]) == ([], [])
        assert cast.employee.email not in str(told)
        assert look(reader, {"text": 'team = "Elsewhere"'})["problems"] == [], (
            "there may be a team that one does not see"
        )
    assert look(cast.admin, {"text": 'team = "Elsewhere"'})["problems"]
    assert look(cast.manager, {"text": "finance"})["warnings"][0].startswith("You could not open it.")
    assert look(cast.employee, {"text": "finance"})["warnings"] == []


def test_a_look_warns_of_nobody_and_of_everybody(cast: Cast) -> None:
    attribute(cast.admin, "finance")
    assert look(cast.admin, {"text": "finance"})["warnings"] == ["Nobody could open it now."]
    assert look(cast.admin, {"text": "not finance"})["warnings"] == ["Everybody could open it now."]


def test_the_tree_of_a_look_says_the_same_rule(cast: Cast) -> None:
    attribute(cast.admin, "level", kind="number")
    told = look(cast.admin, {"text": "any 1 of (level >= 2, not working)"})
    assert look(cast.admin, {"tree": told["tree"]}) == {**told, "who": {**told["who"], "at": ANY_TIME}}


class _AnyTime:
    def __eq__(self, other: object) -> bool:
        return isinstance(other, str)

    def __hash__(self) -> int:
        return 0


ANY_TIME = _AnyTime()


def test_a_look_names_what_is_not_there(cast: Cast) -> None:
    attribute(cast.admin, "finance")
    (problem,) = look(cast.admin, {"text": "finanse"})["problems"]
    assert problem == {"message": "There is no attribute finanse.", "start": 0, "end": 7, "suggestion": "finance"}
    (problem,) = look(cast.admin, {"text": "team = team1"})["problems"]
    assert problem["message"] == "There is no team team1."


@pytest.mark.parametrize(
    "body", [None, [], {}, {"text": ""}, {"text": "a b"}, {"text": 1}, {"tree": {"kind": "all"}}, {"tree": None}, "a"]
)
def test_what_is_no_rule_is_said_with_its_place(cast: Cast, body: object) -> None:
    told = look(cast.admin, body)
    assert set(told) == {"error"}
    assert told["error"]["message"]


def test_a_body_that_is_no_json_is_no_rule(cast: Cast) -> None:
    for body in (b"", b"\xff", b"[" * 100_000):
        answer = cast.admin.client.post("/vault/rules/look/", body, content_type="application/json")
        assert answer.json()["error"]["message"]


def test_a_look_asks_the_same_questions_however_many_people_there_are(cast: Cast) -> None:
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            look(cast.admin, {"text": "role = employee or working"})
        asked.append(len(captured))
        for n in range(3):
            make_person(cast.admin, Role.EMPLOYEE, f"more{n}")
    assert asked[0] == asked[1]


def test_the_page_saves_a_rule_and_refuses_what_is_none(cast: Cast) -> None:
    attribute(cast.admin, "finance", cast.employee)
    file = put(cast.admin)
    address = f"/vault/files/{file.pk}/rule/"
    assert "data-rule-builder" in cast.admin.client.get(address).content.decode()
    refused = cast.admin.client.post(address, {"rule": "finanse", "revision": file.revision})
    assert refused.status_code == 422
    assert "There is no attribute finanse. Did you mean finance?" in refused.content.decode()
    assert cast.admin.client.post(address, {"rule": "finance, working", "revision": file.revision}).status_code == 302
    assert stored(cast.admin, file.pk).rule_text == "finance and working"


def test_who_saves_second_sees_what_the_first_one_saved(cast: Cast) -> None:
    file = put(cast.admin, rule="role = employee")
    address, old = f"/vault/files/{file.pk}/rule/", file.revision
    cast.admin.client.post(address, {"rule": "role = manager", "revision": old})
    answer = cast.admin.client.post(address, {"rule": "role = admin", "revision": old})
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "role = manager" in shown
    assert ">role = admin</textarea>" in shown
    assert stored(cast.admin, file.pk).rule_text == "role = manager"
    newest = stored(cast.admin, file.pk).revision
    cast.admin.client.post(address, {"rule": "role = admin", "revision": newest})
    assert stored(cast.admin, file.pk).rule_text == "role = admin"


def test_taking_an_attribute_away_names_the_files_and_closes_them(cast: Cast) -> None:
    attribute(cast.admin, "finance", cast.employee)
    put(cast.admin, name="budget.xlsx", rule="finance or not finance")
    assert look(cast.admin, {"text": "finance or not finance"})["who"]["count"] == 3
    with acting_for(cast.company.pk):
        gone = companies.remove_attribute(acting=cast.admin.acting, name="finance", now=clock.now())
    assert gone.files == ("budget.xlsx",)
    assert look(cast.admin, {"text": "finance or not finance"})["who"]["count"] == 0
