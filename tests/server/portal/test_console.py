"""The console's doors: who sees whom, two on one row, many at once and back, and what they cost."""

import json
from typing import Any

import pytest
from django.core import signing
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from sundial.server.companies import actions, queries
from sundial.server.companies.actions.many import change_attributes_of_many
from sundial.server.companies.types import Held
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import Invalid
from sundial.server.lib.scope import acting_for
from sundial.server.portal.views.console_doors import json_door
from sundial.server.portal.views.console_many import packed, unpacked
from tests.cast import Cast, Player, make_person
from tests.server.portal.api.knock import ask
from tests.server.vault.plays import put, told

PEOPLE, RULES = "/console/people/", "/console/rules/"


def say(player: Player, path: str, body: Any) -> HttpResponse:
    """What the page's script sends."""
    return player.client.post(path, json.dumps(body), content_type="application/json")


def rows(player: Player) -> dict[str, dict[str, Any]]:
    """Everybody whom the door answers, by address."""
    return {one["email"]: one for one in player.client.get(PEOPLE).json()["items"]}


def named(player: Player, *emails: str) -> dict[str, dict[str, Any]]:
    """Those of these addresses whom the door answers."""
    return {one["email"]: one for one in say(player, PEOPLE + "named/", {"users": emails}).json()["items"]}


@pytest.fixture
def pool(cast: Cast) -> Cast:
    """The cast, with two attributes to have."""
    with acting_for(cast.company.pk):
        for name in ("finance", "night"):
            actions.add_attribute(acting=cast.admin.acting, name=name, now=clock.now())
    return cast


def held_by(cast: Cast, player: Player) -> list[str]:
    with acting_for(cast.company.pk), transaction.atomic():
        return [one.text for one in queries.attributes_of([player.id], now=clock.now()).get(player.id, [])]


def test_an_admin_sees_everybody_and_a_manager_their_teams(cast: Cast) -> None:
    assert set(rows(cast.admin)) == {cast.admin.email, cast.manager.email, cast.employee.email}
    assert set(rows(cast.manager)) == {cast.manager.email, cast.employee.email}
    assert set(rows(cast.stranger)) == {cast.stranger.email}


def test_the_door_answers_those_who_are_named_and_says_nothing_of_others(cast: Cast) -> None:
    everybody = rows(cast.admin)
    emails = [cast.employee.email.upper(), cast.stranger.email, "nobody@example.test", "x\x00"]
    assert named(cast.admin, *emails) == {cast.employee.email: everybody[cast.employee.email]}
    assert set(named(cast.manager, *everybody)) == {cast.manager.email, cast.employee.email}


def test_a_thousand_may_be_named_at_once_and_no_more(cast: Cast) -> None:
    thousand = [f"p{number}@example.test" for number in range(999)]
    assert set(named(cast.admin, *thousand, cast.admin.email)) == {cast.admin.email}
    for users in ([*thousand, "a", "b"], "a", [5], None):
        assert say(cast.admin, PEOPLE + "named/", {"users": users}).status_code == 422


def test_however_many_people_there_are_the_doors_ask_as_often(cast: Cast) -> None:
    def asked() -> tuple[int, ...]:
        counts = []
        for ask_door in (lambda: rows(cast.admin), lambda: named(cast.admin, *emails)):
            with CaptureQueriesContext(connection) as some:
                ask_door()
            counts.append(len(some))
        return tuple(counts)

    emails = [cast.employee.email]
    asked()
    before = asked()
    emails += [make_person(cast.admin, Role.EMPLOYEE, name).email for name in ("one", "two", "three")]
    assert asked() == before


def rules_of(player: Player, **asked: Any) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in player.client.get("/console/rules/", asked).json()["items"]}


def test_the_rules_door_answers_those_that_are_named_as_it_answers_all(pool: Cast) -> None:
    one, two = (put(pool.admin, name, rule="finance") for name in ("one.txt", "two.txt"))
    hidden = put(pool.stranger, "theirs.txt")
    everything = rules_of(pool.admin)
    assert set(everything) == {"one.txt", "two.txt"}
    assert everything["one.txt"]["owner_email"] == pool.admin.email
    named = [one.pk, hidden.pk, 2**62, "x", "9" * 30, "-1"]
    assert rules_of(pool.admin, file=named) == {"one.txt": everything["one.txt"]}
    assert rules_of(pool.manager, file=[one.pk, two.pk]) == {}, "who may not open it is not told of it"


def test_however_many_files_there_are_the_rules_door_asks_as_often(pool: Cast) -> None:
    def asked(**named: Any) -> int:
        with CaptureQueriesContext(connection) as some:
            rules_of(pool.admin, **named)
        return len(some)

    files = [put(pool.admin, f"{number}.txt") for number in range(2)]
    asked()
    before = asked(), asked(file=[files[0].pk])
    files += [put(pool.admin, f"{number}.txt") for number in range(2, 6)]
    assert (asked(), asked(file=[one.pk for one in files])) == before


def test_admin_leads_administrators_to_the_console_and_others_home(cast: Cast) -> None:
    leads = {
        one: one.client.get("/admin/")["Location"] for one in (cast.admin, cast.manager, cast.employee, cast.owner)
    }
    assert leads == {
        cast.admin: "/console/", cast.manager: "/dashboard/", cast.employee: "/dashboard/", cast.owner: "/owner/"
    }  # fmt: skip


# -- two on one row -------------------------------------------------------------------------------


def test_the_second_of_two_is_refused_with_the_difference_and_nothing_of_theirs_is_saved(cast: Cast) -> None:
    revision = f'"{rows(cast.admin)[cast.employee.email]["revision"]}"'
    path = f"/users/{cast.employee.id}"
    first = ask(cast.admin, "PATCH", path, {"last_name": "First"}, If_Match=revision)
    assert first.status_code == 200
    second = ask(cast.admin, "PATCH", path, {"last_name": "Second", "role": "MANAGER"}, If_Match=revision)
    assert second.status_code == 412
    told = second.json()["error"]["difference"]
    assert told["fields"] == {
        "last_name": {"now": "First", "asked": "Second"},
        "role": {"now": "EMPLOYEE", "asked": "MANAGER"},
    }
    row = rows(cast.admin)[cast.employee.email]
    assert (row["last_name"], row["role"], row["revision"]) == ("First", "EMPLOYEE", told["revision"])
    again = ask(cast.admin, "PATCH", path, {"role": "MANAGER"}, If_Match=f'"{told["revision"]}"')
    assert again.status_code == 200


def test_a_change_of_attributes_makes_another_revision_too(pool: Cast) -> None:
    before = rows(pool.admin)[pool.employee.email]["revision"]
    with acting_for(pool.company.pk):
        held = [Held("finance")]
        actions.set_attributes(acting=pool.admin.acting, user_id=pool.employee.id, held=held, now=clock.now())
    stale = ask(pool.admin, "PATCH", f"/users/{pool.employee.id}", {"attributes": ["night"]}, If_Match=f'"{before}"')
    assert stale.status_code == 412
    assert stale.json()["error"]["difference"]["fields"] == {"attributes": {"now": ["finance"], "asked": ["night"]}}
    assert held_by(pool, pool.employee) == ["finance"]


def test_the_door_says_where_people_belong_and_which_departments_there_are(cast: Cast) -> None:
    with acting_for(cast.company.pk):
        place = {"acting": cast.admin.acting, "now": clock.now()}
        top = actions.add_department(name="Top", parent_id=None, **place).pk
        low = actions.add_department(name="Low", parent_id=top, **place).pk
        actions.edit_person(user_id=cast.employee.id, changes={"department_id": low}, **place)
    shown = rows(cast.admin)[cast.employee.email]
    assert (shown["department"], shown["department_id"]) == ("Low", low)
    assert rows(cast.admin)[cast.admin.email]["department_id"] is None
    told = cast.admin.client.get(PEOPLE).json()
    assert told["departments"] == [{"id": top, "path": "Top"}, {"id": low, "path": "Top / Low"}]
    assert cast.stranger.client.get(PEOPLE).json()["departments"] == []


# -- many at once ---------------------------------------------------------------------------------


def test_many_are_changed_failures_are_named_and_the_undo_brings_them_back(pool: Cast) -> None:
    body = {"ids": [pool.employee.id, pool.manager.id, pool.stranger.id], "how": "add", "attributes": ["finance"]}
    told = say(pool.admin, PEOPLE + "attributes/", body).json()
    assert (told["done"], told["failures"]) == (2, 1)
    assert [one["id"] for one in told["failed"]] == [pool.stranger.id]
    assert held_by(pool, pool.employee) == held_by(pool, pool.manager) == ["finance"]
    undone = say(pool.admin, PEOPLE + "undo/", {"undo": told["undo"]}).json()
    assert (undone["done"], undone["failures"]) == (2, 0)
    assert held_by(pool, pool.employee) == held_by(pool, pool.manager) == []


def test_an_undo_works_in_its_own_company_alone(pool: Cast) -> None:
    body = {"ids": [pool.employee.id], "how": "add", "attributes": ["finance"]}
    token = say(pool.admin, PEOPLE + "attributes/", body).json()["undo"]
    assert say(pool.stranger, PEOPLE + "undo/", {"undo": token}).status_code == 422
    assert held_by(pool, pool.employee) == ["finance"]


@pytest.mark.parametrize(
    "body",
    [
        [],
        "x",
        {},
        {"ids": "5", "how": "add", "attributes": []},
        {"ids": [True], "how": "add", "attributes": []},
        {"ids": [2**63], "how": "add", "attributes": []},
        {"ids": [1], "how": "add", "attributes": [5]},
        {"ids": [1], "how": "add", "attributes": ["x" * 122]},
        {"ids": [1], "how": "swap", "attributes": []},
        {"ids": [1] * 10_001, "how": "add", "attributes": ["\x00"]},
    ],
)
def test_what_cannot_be_understood_is_refused_in_json(cast: Cast, body: Any) -> None:
    answer = say(cast.admin, PEOPLE + "attributes/", body)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "invalid"


def test_a_particular_refusal_is_told_by_its_own_code_and_the_status_of_its_kind(rf: RequestFactory) -> None:
    class Full(Invalid):
        code = "full"

    @json_door
    def view(request: HttpRequest) -> HttpResponse:
        raise Full({"file": "There is no room."})

    with transaction.atomic():
        answer = view(rf.get("/"))
    told = {"code": "full", "message": "Some values do not fit.", "fields": {"file": "There is no room."}}
    assert (answer.status_code, json.loads(answer.content)) == (422, {"error": told})


# -- rules of many files --------------------------------------------------------------------------


def rule(player: Player, policy: str, files: list[dict[str, Any]]) -> dict[str, Any]:
    named = [{"id": one["id"], "revision": one["revision"]} for one in files]
    answer = say(player, RULES + "change/", {"files": named, "policy": policy})
    assert answer.status_code == 200
    return dict(answer.json())


@pytest.fixture
def files(pool: Cast) -> dict[str, dict[str, Any]]:
    """Three files of the administrator's: without a rule, and with one of each attribute."""
    for name, text in (("none.txt", ""), ("finance.txt", "finance"), ("night.txt", "night")):
        put(pool.admin, name, rule=text)
    return rules_of(pool.admin)


def policies(cast: Cast) -> dict[str, str]:
    return {name: one["policy"] for name, one in rules_of(cast.admin).items()}


def test_many_files_get_one_rule_at_once_each_is_told_of_and_the_undo_brings_back_each_of_theirs(
    pool: Cast, files: dict[str, dict[str, Any]]
) -> None:
    before, heard = policies(pool), len(told(pool.admin))
    answer = rule(pool.admin, "finance  and night", [*files.values(), {"id": 2**62, "revision": 1}])
    assert (answer["done"], answer["failed"]) == (3, [{"id": 2**62, "done": False, "message": "Not found."}])
    assert set(policies(pool).values()) == {"finance and night"}
    events = [(kind, data["file"], data["policy"]) for kind, data in told(pool.admin)[heard:]]
    assert events == [
        ("policy_added", "none.txt", "finance and night"),
        ("policy_updated", "finance.txt", "finance and night"),
        ("policy_updated", "night.txt", "finance and night"),
    ]
    undone = say(pool.admin, RULES + "undo/", {"undo": answer["undo"]}).json()
    assert (undone["done"], undone["failures"]) == (3, 0)
    assert policies(pool) == before


def test_a_file_that_somebody_changed_meanwhile_stays_and_is_named(
    pool: Cast, files: dict[str, dict[str, Any]]
) -> None:
    rule(pool.admin, "night", [files["finance.txt"]])
    answer = rule(pool.admin, "finance", list(files.values()))
    assert (answer["done"], [one["id"] for one in answer["failed"]]) == (2, [files["finance.txt"]["id"]])
    rule(pool.admin, "night", [rules_of(pool.admin)["none.txt"]])
    undone = say(pool.admin, RULES + "undo/", {"undo": answer["undo"]}).json()
    assert (undone["done"], [one["id"] for one in undone["failed"]]) == (1, [files["none.txt"]["id"]])
    assert policies(pool) == {"none.txt": "night", "finance.txt": "night", "night.txt": "night"}
    assert rule(pool.admin, "", [files["finance.txt"]])["failures"] == 1, (
        "nor is a rule taken away that nobody has seen"
    )


def test_rules_of_many_are_taken_away_in_one_event_and_brought_back(
    pool: Cast, files: dict[str, dict[str, Any]]
) -> None:
    heard = len(told(pool.admin))
    answer = rule(pool.admin, " ", list(files.values()))
    assert (answer["done"], answer["failures"]) == (2, 0)
    assert told(pool.admin)[heard:] == [("policies_bulk_deleted", {"files": ["finance.txt", "night.txt"]})]
    say(pool.admin, RULES + "undo/", {"undo": answer["undo"]})
    assert policies(pool) == {"none.txt": "", "finance.txt": "finance", "night.txt": "night"}


def test_a_rule_that_is_none_changes_no_file_and_is_explained(pool: Cast, files: dict[str, dict[str, Any]]) -> None:
    before = policies(pool)
    answer = rule(pool.admin, "finanze", list(files.values()))
    assert (answer["done"], answer["failures"], answer["undo"]) == (0, 3, "")
    assert "Did you mean finance?" in answer["failed"][0]["message"]
    assert policies(pool) == before


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"files": 5, "policy": ""},
        {"files": ["x"], "policy": ""},
        {"files": [{"id": 1}], "policy": ""},
        {"files": [{"id": True, "revision": 1}], "policy": ""},
        {"files": [{"id": 2**63, "revision": 1}], "policy": ""},
        {"files": [], "policy": 5},
        {"files": [{"id": n, "revision": 1} for n in range(1, 1_002)], "policy": ""},
    ],
    ids=range(9),
)
def test_what_cannot_be_understood_changes_no_rule(cast: Cast, body: Any) -> None:
    assert say(cast.admin, RULES + "change/", body).status_code == 422


def test_strangers_change_no_rule_and_undo_none(pool: Cast, files: dict[str, dict[str, Any]]) -> None:
    before = policies(pool)
    foreign = rule(pool.stranger, "", list(files.values()))
    assert foreign["done"] == 0
    assert {one["message"] for one in foreign["failed"]} == {"Not found."}, "as of a file that there is not"
    undo = rule(pool.admin, "night", [files["none.txt"]])["undo"]
    assert say(pool.stranger, RULES + "undo/", {"undo": undo}).status_code == 422
    assert policies(pool) == {**before, "none.txt": "night"}


@pytest.mark.parametrize("undo", ["", "x", 5, None, signing.dumps([1, []], salt="another")], ids=range(5))
def test_an_undo_that_is_none_is_refused(cast: Cast, undo: Any) -> None:
    assert say(cast.admin, PEOPLE + "undo/", {"undo": undo}).status_code == 422


def test_what_is_packed_for_the_undo_is_what_is_unpacked(pool: Cast) -> None:
    with acting_for(pool.company.pk):
        ids = [pool.employee.id, pool.manager.id]
        held, now = [Held("finance")], clock.now()
        many = change_attributes_of_many(acting=pool.admin.acting, user_ids=ids, held=held, how="add", now=now)
    assert unpacked(packed(many.turns)) == many.turns
    assert len(packed(many.turns)) == 1
