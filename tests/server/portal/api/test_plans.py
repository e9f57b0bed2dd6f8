"""`plans`, `invoices`, and a company's plan, trial, key and administrators in the public API."""

from sundial.server.companies import queries as companies
from tests.cast import Cast, address, unique
from tests.server.portal.api.knock import ask, fields, problem


def made(cast: Cast, **more: object) -> dict[str, object]:
    answer = ask(cast.owner, "POST", "/plans", {"name": unique("plan"), "seats": 4, **more})
    assert answer.status_code == 201, answer.content
    found: dict[str, object] = answer.json()
    return found


def test_plans_are_made_changed_and_deleted(cast: Cast) -> None:
    plan = made(cast, features=["pdf"], price_cents=250)
    assert (plan["seats"], plan["storage_mb"], plan["features"], plan["companies"]) == (4, None, ["pdf"], 0)
    changed = ask(cast.owner, "PATCH", f"/plans/{plan['id']}", {"seats": None, "features": []}).json()
    assert (changed["seats"], changed["features"], changed["price_cents"]) == (None, [], 250)
    listed = ask(cast.owner, "GET", f"/plans?search={plan['name']}").json()
    assert [one["id"] for one in listed["items"]] == [plan["id"]]
    assert ask(cast.owner, "DELETE", f"/plans/{plan['id']}").status_code == 204
    assert ask(cast.owner, "GET", f"/plans/{plan['id']}").status_code == 404


def test_a_plan_in_use_is_a_conflict_and_a_taken_name_invalid(cast: Cast) -> None:
    plan = made(cast)
    ask(cast.owner, "PATCH", f"/companies/{cast.company.pk}", {"plan": plan["name"]})
    assert problem(ask(cast.owner, "DELETE", f"/plans/{plan['id']}"))[0] == 409
    assert fields(ask(cast.owner, "POST", "/plans", {"name": plan["name"]})) == {"name"}


def test_a_company_changes_its_plan_and_shows_its_limits(cast: Cast) -> None:
    plan, path = made(cast), f"/companies/{cast.company.pk}"
    told = ask(cast.owner, "PATCH", path, {"plan": str(plan["name"]).upper()}).json()
    assert (told["plan_name"], told["seats_limit"]) == (plan["name"], 4)
    assert ask(cast.admin, "GET", path).json()["seats_limit"] == 4
    assert ask(cast.employee, "GET", path).json()["seats_limit"] is None
    assert ask(cast.owner, "PATCH", path, {"plan": plan["name"]}).status_code == 200, "the same again changes nothing"
    assert ask(cast.owner, "PATCH", path, {"plan": ""}).json()["plan_name"] == ""
    assert fields(ask(cast.owner, "PATCH", path, {"plan": "no such plan"})) == {"plan"}
    found = ask(cast.owner, "GET", f"/companies?plan={plan['name']}").json()
    assert found["items"] == []


def test_a_trial_has_an_end_and_is_over_with_null(cast: Cast) -> None:
    path = f"/companies/{cast.company.pk}"
    told = ask(cast.owner, "PATCH", path, {"trial_ends_at": "2090-01-01T00:00:00Z"}).json()
    assert (told["status"], told["trial_ends_at"]) == ("TRIAL", "2090-01-01T00:00:00Z")
    assert ask(cast.owner, "PATCH", path, {"trial_ends_at": None}).json()["status"] == "ACTIVE"
    assert fields(ask(cast.owner, "PATCH", path, {"trial_ends_at": "2020-01-01T00:00:00Z"})) == {"trial_ends_at"}


def test_a_company_is_founded_on_a_plan(cast: Cast) -> None:
    plan = made(cast)
    body = {"name": unique("On a plan"), "admin_email": address("first"), "plan": plan["name"]}
    assert ask(cast.owner, "POST", "/companies", body).json()["plan_name"] == plan["name"]


def test_a_key_is_replaced_and_administrators_helped(cast: Cast) -> None:
    path = f"/companies/{cast.company.pk}"
    told = ask(cast.owner, "POST", f"{path}/rotate-key", {"grace_hours": 2}).json()
    assert told["company_key"] != cast.company.company_key
    assert told["previous_key_until"]
    assert ask(cast.owner, "POST", f"{path}/reset-admin", {"email": cast.employee.email}).status_code == 200
    assert fields(ask(cast.owner, "POST", f"{path}/reset-admin", {"email": "nobody"})) == {"email"}
    assert companies.seats_used(cast.company.pk) == 3


def test_invoices_go_their_way(cast: Cast) -> None:
    path = f"/companies/{cast.company.pk}/invoices"
    lines = [{"text": "Help", "quantity": 3, "unit_cents": 500}]
    body = {"period_start": "2026-11-01", "period_end": "2026-11-30", "lines": lines}
    draft = ask(cast.owner, "POST", path, body).json()
    assert (draft["state"], draft["cents"], draft["number"]) == ("DRAFT", 1500, "")
    assert ask(cast.admin, "GET", f"{path}/{draft['id']}").status_code == 404, "not before it was sent"
    assert problem(ask(cast.owner, "POST", f"{path}/{draft['id']}/paid"))[0] == 409
    sent = ask(cast.owner, "POST", f"{path}/{draft['id']}/send").json()
    assert sent["number"]
    assert ask(cast.admin, "GET", f"{path}/{draft['id']}").json()["lines"] == lines
    assert [one["id"] for one in ask(cast.admin, "GET", "/invoices").json()["items"]] == [draft["id"]]
    assert ask(cast.owner, "POST", f"{path}/{draft['id']}/paid").json()["state"] == "PAID"
