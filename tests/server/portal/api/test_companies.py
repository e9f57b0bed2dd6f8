"""`companies` of the public API."""

from typing import Any

import pytest
from django.test import Client

from tests.cast import Cast, address, unique
from tests.server.companies.test_signing_in import actions_in
from tests.server.portal.api.knock import NOT_FOUND, ask, fields, problem


def founding(**more: Any) -> dict[str, Any]:
    return {"name": unique("Hypatia"), "admin_email": address("first"), **more}


def test_the_owner_founds_a_company_whose_admin_sets_a_password_and_signs_in(cast: Cast) -> None:
    body = founding(admin_first_name="Ada", time_zone="Asia/Dhaka")
    made = ask(cast.owner, "POST", "/companies", body)
    told = made.json()
    assert made.status_code == 201
    assert (told["name"], told["status"], told["time_zone"], told["people"]) == (body["name"], "TRIAL", "Asia/Dhaka", 1)
    assert told["admin"]["email"] == body["admin_email"]
    assert told["company_key"].startswith("sdk_")
    client = Client()
    link = told["set_password_link"].removeprefix("http://127.0.0.1:8000")
    words = {"password": "seven purple window frames", "again": "seven purple window frames"}
    client.post(client.get(link)["Location"], words)
    signed_in = client.post("/login/", {"email": body["admin_email"], "password": words["password"]})
    assert signed_in["Location"] == "/dashboard/"
    assert actions_in(told["id"])[:2] == ["COMPANY_CREATED", "EMPLOYEE_ADDED"]


def test_no_link_is_answered_into_an_account_that_exists(cast: Cast) -> None:
    made = ask(cast.owner, "POST", "/companies", founding(admin_email=cast.stranger.email))
    assert made.status_code == 201
    assert made.json()["set_password_link"] is None


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"name": ""}, {"name"}),
        ({"name": "   "}, {"name"}),
        ({"name": "x\x00"}, {"name"}),
        ({"name": 5}, {"name"}),
        ({"admin_email": "nobody"}, {"admin_email"}),
        ({"admin_email": "a\x00@b.test"}, {"admin_email"}),
        ({"time_zone": "Mars/Olympus"}, {"time_zone"}),
        ({"status": "SUSPENDED"}, {"status"}),
        ({"surprise": 1}, {"surprise"}),
        ({"admin_first_name": "x" * 81}, {"admin_first_name"}),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_founded(cast: Cast, wrong: dict[str, Any], named: set[str]) -> None:
    before = ask(cast.owner, "GET", "/companies").json()["count"]
    assert fields(ask(cast.owner, "POST", "/companies", founding(**wrong))) == named
    assert ask(cast.owner, "GET", "/companies").json()["count"] == before


def test_an_owner_cannot_become_somebody_s_admin(cast: Cast) -> None:
    assert fields(ask(cast.owner, "POST", "/companies", founding(admin_email=cast.owner.email))) == {"admin_email"}


def test_nobody_else_founds_companies(cast: Cast) -> None:
    for player in (cast.admin, cast.manager, cast.employee, cast.stranger):
        assert problem(ask(player, "POST", "/companies", founding())) == (403, "forbidden")


def test_the_owner_lists_all_and_everyone_else_their_own(cast: Cast) -> None:
    ids = {row["id"] for row in ask(cast.owner, "GET", "/companies?page_size=100&ordering=-id").json()["items"]}
    assert {cast.company.pk, cast.other.pk} <= ids
    for player in (cast.admin, cast.manager, cast.employee):
        told = ask(player, "GET", "/companies").json()
        assert [row["id"] for row in told["items"]] == [cast.company.pk]
        assert (told["count"], told["page"], told["pages"]) == (1, 1, 1)


def test_key_and_head_count_are_told_to_those_who_run_it(cast: Cast) -> None:
    for player, knows in ((cast.owner, True), (cast.admin, True), (cast.manager, False), (cast.employee, False)):
        told = ask(player, "GET", f"/companies/{cast.company.pk}").json()
        assert (told["company_key"] is not None, told["people"] is not None) == (knows, knows)


def test_search_ordering_and_pages(cast: Cast) -> None:
    made = [founding(name=unique(f"zebra{cast.company.pk} {n}")) for n in range(3)]
    for body in made:
        ask(cast.owner, "POST", "/companies", body)
    path = f"/companies?search=zebra{cast.company.pk}&page_size=2&ordering=-name"
    first, second, third = (ask(cast.owner, "GET", f"{path}&page={n}").json() for n in (1, 2, 3))
    names = [row["name"] for row in [*first["items"], *second["items"]]]
    assert names == sorted((body["name"] for body in made), reverse=True)
    assert (first["count"], first["pages"], second["page"]) == (3, 2, 2)
    assert (third["items"], third["page"]) == ([], 3)


def test_a_foreign_company_is_like_none(cast: Cast) -> None:
    for method, tail, body in (
        ("GET", "", None),
        ("PATCH", "", {"name": "x"}),
        ("POST", "/suspend", {}),
        ("POST", "/reactivate", None),
        ("GET", "/policy", None),
        ("PATCH", "/policy", {}),
        ("GET", "/policy/versions", None),
    ):
        for company_id in (cast.company.pk, 2**62):
            answer = ask(cast.stranger, method, f"/companies/{company_id}{tail}", body)
            assert (answer.status_code, answer.content) == (404, NOT_FOUND), (method, tail)


def test_the_owner_changes_name_zone_and_switches(cast: Cast) -> None:
    path = f"/companies/{cast.company.pk}"
    told = ask(cast.owner, "PATCH", path, {"policy_delegated": True, "name": " New name "}).json()
    assert (told["policy_delegated"], told["name"], told["classic_clients"]) == (True, "New name", False)
    assert actions_in(cast.company.pk)[-1] == "POLICY_DELEGATED"
    before = actions_in(cast.company.pk)
    assert ask(cast.owner, "PATCH", path, {"policy_delegated": True}).status_code == 200
    assert actions_in(cast.company.pk) == before, "nothing changed, nothing written"
    for wrong in ({"name": ""}, {"policy_delegated": "yes"}, {"policy_delegated": 1}, {"status": "ACTIVE"}):
        assert fields(ask(cast.owner, "PATCH", path, wrong)) == set(wrong)


def test_nobody_else_changes_suspends_or_reactivates(cast: Cast) -> None:
    for player in (cast.admin, cast.manager, cast.employee):
        for method, tail in (("PATCH", ""), ("POST", "/suspend"), ("POST", "/reactivate")):
            answer = ask(player, method, f"/companies/{cast.company.pk}{tail}", {})
            assert problem(answer) == (403, "forbidden")


def test_suspend_and_reactivate_once_each(cast: Cast) -> None:
    path = f"/companies/{cast.company.pk}"
    assert problem(ask(cast.owner, "POST", f"{path}/reactivate")) == (409, "conflict")
    told = ask(cast.owner, "POST", f"{path}/suspend", {"reason": "unpaid"}).json()
    assert (told["status"], told["suspended_reason"]) == ("SUSPENDED", "unpaid")
    assert problem(ask(cast.owner, "POST", f"{path}/suspend")) == (409, "conflict")
    assert ask(cast.owner, "POST", f"{path}/reactivate").json()["status"] == "ACTIVE"
    assert actions_in(cast.company.pk)[-2:] == ["COMPANY_SUSPENDED", "COMPANY_REACTIVATED"]


def test_a_company_works_again_for_a_reason_that_its_log_keeps(cast: Cast) -> None:
    path = f"/companies/{cast.company.pk}"
    ask(cast.owner, "POST", f"{path}/suspend")
    assert problem(ask(cast.owner, "POST", f"{path}/reactivate", {"reason": "x" * 501})) == (422, "invalid")
    assert ask(cast.owner, "POST", f"{path}/reactivate", {"reason": "The invoice is paid"}).status_code == 200
    (entry,) = ask(cast.admin, "GET", "/audit?action_type=COMPANY_REACTIVATED").json()["items"]
    assert entry["details"]["reason"] == "The invoice is paid"
