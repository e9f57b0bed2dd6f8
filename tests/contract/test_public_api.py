"""Section 7: the public API."""

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.contract.house import Firm, Person, ask, fresh, in_browser

LIST = {"items", "count", "page", "pages"}
NO_IDS = ("0", "-1", "abc", "1.5", "1e3", "999999999999999999999999", "%00", "%ff", "٣", "1%20", "..%2f", "null", "{}")


def _refused(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    body = answer.json()
    assert set(body) == {"error"}
    assert {"code", "message"} <= set(body["error"])
    error: dict[str, Any] = body["error"]
    return error


def test_it_describes_itself(base_url: str) -> None:
    answer = ask(base_url, "GET", "/api/v1/openapi.json")
    assert answer.status_code == 200
    described = answer.json()
    assert described["openapi"].startswith("3.")
    assert not described.get("servers")
    assert all(path.startswith("/api/v1/") for path in described["paths"])
    paths = set(described["paths"])
    for due in (
        "companies",
        "users",
        "users/bulk-delete",
        "devices",
        "devices/enrolment-codes",
        "audit",
        "audit/export",
        "attributes",
        "files",
        "files/policies/bulk-delete",
    ):
        assert f"/api/v1/{due}" in paths
    kept = [path for path in paths if path.endswith(("/policy", "/policy/versions", "/revoke", "/access", "/content"))]
    assert len(kept) == 6


@pytest.mark.parametrize("path", ["/api/v1/docs", "/api/v1/docs/"])
def test_its_page_is_readable(base_url: str, path: str) -> None:
    answer = ask(base_url, "GET", path, follow_redirects=True)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "/api/v1/companies" in answer.text


def test_without_anyone_it_is_401(base_url: str) -> None:
    for method, path in (("GET", "companies"), ("POST", "companies"), ("GET", "users/1"), ("GET", "devices"),
                         ("GET", "audit"), ("GET", "audit/export"), ("PATCH", "companies/1/policy")):  # fmt: skip
        _refused(ask(base_url, method, f"/api/v1/{path}"), 401)
        _refused(ask(base_url, method, f"/api/v1/{path}", headers={"Authorization": "Token nonsense"}), 401)


def test_the_web_session_counts_with_its_csrf_token(firm: Firm) -> None:
    with in_browser(firm.admin) as client:
        assert client.get("/api/v1/users").status_code == 200
        body = {"email": fresh("session"), "role": "EMPLOYEE"}
        _refused(client.post("/api/v1/users", json=body), 403)
        token = client.cookies["csrftoken"]
        assert client.post("/api/v1/users", json=body, headers={"X-CSRFToken": token}).status_code == 201


@pytest.mark.parametrize("kind", ["companies", "users", "devices", "audit", "companies/{id}/policy/versions"])
def test_every_list_has_one_shape(firm: Firm, kind: str) -> None:
    path = f"/api/v1/{kind.format(id=firm.id)}"
    answer = firm.admin.get(path)
    assert answer.status_code == 200
    assert set(answer.json()) == LIST
    assert (answer.json()["page"], answer.json()["pages"] >= 1) == (1, True)
    assert len(answer.json()["items"]) <= 20
    assert firm.admin.get(f"{path}?page_size=100").status_code == 200
    for wrong in ("page=0", "page=x", "page_size=101", "page_size=0", "page_size=x"):
        error = _refused(firm.admin.get(f"{path}?{wrong}"), 422)
        assert error["fields"]
    past = firm.admin.get(f"{path}?page=9999").json()
    assert past["items"] == []


def test_pages_of_a_list_hold_everyone_once(found_firm: Callable[[], Firm]) -> None:
    firm = found_firm()
    for n in range(6):
        body = {"email": f"p{n}.{fresh('page')}", "first_name": f"Name{n}", "role": "EMPLOYEE"}
        assert firm.admin.post("/api/v1/users", body).status_code == 201
    seen = []
    for page in (1, 2, 3):
        said = firm.admin.get(f"/api/v1/users?page={page}&page_size=3&ordering=-email").json()
        assert (said["count"], said["pages"], said["page"]) == (7, 3, page)
        seen += [item["email"] for item in said["items"]]
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 7
    found = firm.admin.get("/api/v1/users?search=name3").json()["items"]
    assert [item["first_name"] for item in found] == ["Name3"]
    admins = firm.admin.get("/api/v1/users?role=ADMIN").json()["items"]
    assert [item["id"] for item in admins] == [firm.admin.id]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "companies/{}"), ("PATCH", "companies/{}"), ("GET", "companies/{}/policy"),
        ("PATCH", "companies/{}/policy"), ("GET", "companies/{}/policy/versions"), ("GET", "users/{}"),
        ("PATCH", "users/{}"), ("DELETE", "users/{}"), ("GET", "devices/{}"), ("POST", "devices/{}/revoke"),
    ],
)  # fmt: skip
def test_foreign_unknown_and_ill_formed_ids_are_the_same_bytes(
    firm: Firm, stranger: Firm, method: str, path: str
) -> None:
    kind = path.partition("/")[0]
    foreign = {"companies": stranger.id, "users": stranger.admin.id, "devices": 0}[kind]
    if kind == "devices":
        foreign = stranger.enrol().device_id
    by = firm.admin
    more: dict[str, Any] = {"json": {}} if method == "PATCH" else {}
    answers = {
        number: by.ask(method, f"/api/v1/{path.format(number)}", **more)
        for number in (foreign, 2**40, 2**62, 2**63, *NO_IDS)
    }
    for number, answer in answers.items():
        _refused(answer, 404)
        assert answer.content == answers[2**40].content, number
    assert ask(by.base_url, method, f"/api/v1/{path.format(foreign)}").status_code == 401


def test_a_company_is_founded_changed_and_read(owner: Person) -> None:
    name = f"Company {fresh('x')}"
    answer = owner.post("/api/v1/companies", {"name": name, "admin_email": fresh("boss")})
    assert answer.status_code == 201
    made = answer.json()
    assert {"id", "name", "status", "policy_delegated", "classic_clients", "company_key"} <= set(made)
    assert (made["name"], made["policy_delegated"], made["classic_clients"]) == (name, False, False)
    changed = owner.patch(f"/api/v1/companies/{made['id']}", {"name": f"{name}!", "classic_clients": True})
    assert (changed.status_code, changed.json()["name"], changed.json()["classic_clients"]) == (200, f"{name}!", True)
    listed = owner.get("/api/v1/companies", params={"search": name}).json()
    assert [item["id"] for item in listed["items"]] == [made["id"]]
    for wrong in ({"policy_delegated": "yes"}, {"name": 5}, {"nonsense": 1}, {"classic_clients": 1}):
        error = _refused(owner.patch(f"/api/v1/companies/{made['id']}", wrong), 422)
        assert error["fields"]
    for bad in ({}, {"name": ""}, {"name": "x"}, {"name": "x", "admin_email": "no address"}):
        assert _refused(owner.post("/api/v1/companies", bad), 422)["fields"]


def test_the_policy_is_saved_against_what_was_read(found_firm: Callable[[], Firm]) -> None:
    firm = found_firm()
    path = f"/api/v1/companies/{firm.id}/policy"
    read = firm.owner.get(path)
    etag = read.headers["etag"]
    assert read.json()["settings"]["screenshot_quality"] == 85
    unchanged = firm.owner.get(path, headers={"If-None-Match": etag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    _refused(firm.owner.patch(path, {"screenshot_quality": 60}), 428)
    for person in (firm.admin, firm.manager, firm.employee):
        _refused(person.patch(path, {"screenshot_quality": 60}), 403)
    saved = firm.owner.patch(path, {"screenshot_quality": 60}, headers={"If-Match": etag})
    assert saved.status_code == 200
    assert saved.json()["settings"]["screenshot_quality"] == 60
    newer = saved.headers["etag"]
    assert newer != etag
    stale = firm.owner.patch(path, {"screenshot_quality": 70}, headers={"If-Match": etag})
    error = _refused(stale, 412)
    assert "screenshot_quality" in json.dumps(stale.json())
    assert error["difference"]
    assert firm.owner.get(path).headers["etag"] == newer, "nothing was overwritten"
    for wrong in ({"screenshot_quality": 96}, {"screenshot_quality": "60"}, {"screenshots_enabled": 1},
                  {"screenshot_interval_seconds": 29}, {"nonsense": 1}, {"config_version": 9}):  # fmt: skip
        error = _refused(firm.owner.patch(path, wrong, headers={"If-Match": newer}), 422)
        assert set(error["fields"]) == set(wrong)
    assert firm.owner.get(path).headers["etag"] == newer
    _refused(firm.owner.patch(path, {"screenshot_quality": 70}, headers={"If-Match": '"nonsense"'}), 412)
    listed = firm.owner.patch(path, {"screenshot_quality": 71}, headers={"If-Match": f'"x", {newer}'})
    assert listed.status_code == 200
    assert firm.owner.patch(path, {"screenshot_quality": 72}, headers={"If-Match": "*"}).status_code == 200


def test_a_person_is_taken_on_changed_and_let_go(found_firm: Callable[[], Firm]) -> None:
    firm = found_firm()
    email = fresh("person")
    body = {"email": email, "first_name": "Ada", "last_name": "Byron", "role": "EMPLOYEE", "attributes": []}
    answer = firm.admin.post("/api/v1/users", body)
    assert answer.status_code == 201
    made = answer.json()
    assert {name: made[name] for name in body} == body
    path = f"/api/v1/users/{made['id']}"
    assert firm.admin.patch(path, {"first_name": "Augusta", "role": "MANAGER"}).json()["role"] == "MANAGER"
    assert firm.admin.get(path).json()["first_name"] == "Augusta"
    again = firm.admin.post("/api/v1/users", body)
    assert 400 <= again.status_code < 500
    _refused(again, again.status_code)
    for wrong in ({**body, "email": "no address"}, {**body, "role": "OWNER"}, {"role": "EMPLOYEE"}, {**body, "x": 1},
                  {**body, "email": fresh("x"), "attributes": "finance"}):  # fmt: skip
        assert _refused(firm.admin.post("/api/v1/users", wrong), 422)["fields"]
    assert firm.admin.ask("DELETE", path).status_code == 204
    _refused(firm.admin.get(path), 404)
    _refused(firm.admin.ask("DELETE", path), 404)
    actions = [entry["action_type"] for entry in firm.log()]
    assert {"EMPLOYEE_ADDED", "EMPLOYEE_REMOVED"} <= set(actions)


def test_the_last_administrator_stays(found_firm: Callable[[], Firm]) -> None:
    firm = found_firm()
    path = f"/api/v1/users/{firm.admin.id}"
    for answer in (
        firm.admin.ask("DELETE", path),
        firm.admin.patch(path, {"role": "EMPLOYEE"}),
        firm.admin.patch(path, {"status": "INACTIVE"}),
    ):
        assert answer.status_code in {403, 409, 422}
        _refused(answer, answer.status_code)
    said = firm.admin.post("/api/v1/users/bulk-delete", {"ids": [firm.admin.id]})
    assert said.status_code < 500
    assert firm.admin.get(path).json()["role"] == "ADMIN"


def test_a_repeated_post_is_done_once(found_firm: Callable[[], Firm]) -> None:
    firm = found_firm()
    body = {"email": fresh("once"), "role": "EMPLOYEE"}
    headers = {"Idempotency-Key": "my-key"}
    first = firm.admin.post("/api/v1/users", body, headers=headers)
    again = firm.admin.post("/api/v1/users", body, headers=headers)
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert firm.admin.get("/api/v1/users").json()["count"] == 2
    other = firm.admin.post("/api/v1/users", {**body, "email": fresh("other")}, headers=headers)
    assert other.status_code in {409, 422}
    assert (
        firm.owner.post("/api/v1/companies", {"name": "x", "admin_email": fresh("a")}, headers=headers).status_code
        == 201
    )


def test_the_log_is_listed_newest_first_and_filtered(found_firm: Callable[[], Firm]) -> None:
    firm = found_firm()
    firm.save(screenshot_quality=60)
    person = firm.take_on("EMPLOYEE")
    entries = firm.log()
    seqs = [entry["seq"] for entry in entries]
    assert seqs == sorted(seqs, reverse=True)
    assert sorted(seqs) == list(range(min(seqs), max(seqs) + 1))
    for entry in entries:
        assert set(entry) == {
            "id", "seq", "action_type", "description", "details", "user", "ip_address", "timestamp",
        }  # fmt: skip
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", entry["timestamp"])
    assert {entry["action_type"] for entry in firm.log(action_type="POLICY_CHANGED")} == {"POLICY_CHANGED"}
    assert {entry["user"] for entry in firm.log(user=firm.owner.email)} == {firm.owner.email}
    assert {entry["user"] for entry in firm.log(user=str(firm.owner.id))} == {firm.owner.email}
    assert firm.log(search=person.email)
    assert not firm.log(search="nothing that anybody ever wrote")
    day = entries[0]["timestamp"][:10]
    assert len(firm.log(**{"from": day, "to": day})) == len(entries)
    assert not firm.log(**{"from": "2099-01-01"})
    assert not firm.log(to="2001-01-01")
    newest = entries[0]["timestamp"]
    assert len(firm.log(**{"from": newest})) >= 1


def test_the_log_may_be_read_as_csv_and_json(found_firm: Callable[[], Firm]) -> None:
    firm = found_firm()
    firm.admin.post("/api/v1/users", {"email": fresh("formula"), "first_name": "=1+1", "role": "EMPLOYEE"})
    before = firm.log()
    table = firm.admin.get("/api/v1/audit/export?format=csv")
    assert table.headers["content-type"].startswith("text/csv")
    assert "attachment" in table.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert len(rows) > len(before)
    assert not any(cell[:1] in ("=", "+", "@") for row in rows for cell in row)
    listed = firm.admin.get("/api/v1/audit/export?format=json").json()
    items = listed["items"] if isinstance(listed, dict) else listed
    assert {item["seq"] for item in items} >= {entry["seq"] for entry in before}
    _refused(firm.admin.get("/api/v1/audit/export?format=exe"), 422)
    assert firm.log()[0]["action_type"].endswith("_EXPORTED")


def test_unknown_paths_and_methods_are_refused_in_json(firm: Firm) -> None:
    for path in ("/api/v1/nonsense", "/api/v1/", "/api/v1", "/api/v1/users/1/nonsense", "/api/v1/companies/%00"):
        _refused(firm.admin.get(path), 404)
    for method, path in (("PUT", "/api/v1/users"), ("DELETE", "/api/v1/companies"), ("POST", "/api/v1/audit")):
        _refused(firm.admin.ask(method, path), 405)


def test_a_final_slash_makes_no_difference(firm: Firm) -> None:
    for path in ("companies", "users", "devices", "audit", f"companies/{firm.id}/policy", f"users/{firm.admin.id}"):
        plain, slashed = (firm.admin.get(f"/api/v1/{path}{end}") for end in ("", "/"))
        assert (plain.status_code, plain.content) == (slashed.status_code, slashed.content)


def test_a_file_s_content_is_the_same_with_a_final_slash(found_firm: Callable[[], Firm]) -> None:
    firm = found_firm()
    firm.admin.post("/api/v1/attributes", {"name": "finance"})
    parts = {"file": ("plan.txt", b"a plan"), "policy": (None, "not finance")}
    kept = firm.admin.post("/api/v1/files", files=parts).json()["id"]
    answers = [firm.admin.get(f"/api/v1/files/{kept}/content{end}") for end in ("", "/")]
    assert [(answer.status_code, answer.content) for answer in answers] == [(200, b"a plan")] * 2
    closed = {"policy": "finance"}
    assert firm.admin.ask("PUT", f"/api/v1/files/{kept}/policy/", json=closed).status_code == 200
    for end in ("", "/"):
        _refused(firm.admin.get(f"/api/v1/files/{kept}/content{end}"), 403)
    assert len(firm.log(action_type="FILE_DENIED")) == 2


def test_moments_in_the_log_s_details_are_utc_with_z(found_firm: Callable[[], Firm]) -> None:
    firm = found_firm()
    assert firm.owner.post(f"/api/v1/companies/{firm.id}/rotate-key", {}).status_code == 200
    asked = {"started_at": "2026-11-02T08:00:00Z", "ended_at": "2026-11-02T09:00:00Z", "reason": "a meeting"}
    assert firm.admin.post("/api/v1/manual-time", asked).status_code == 201
    told = {entry["action_type"]: entry["details"] for entry in firm.log()}
    moments = [told["KEY_ROTATED"]["old_key_until"], *(told["MANUAL_TIME_ASKED"][end] for end in ("from", "to"))]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", moment) for moment in moments), moments


def test_times_are_utc_with_z(firm: Firm) -> None:
    firm.enrol()
    for kind in ("companies", "users", "devices", "audit"):
        for item in firm.admin.get(f"/api/v1/{kind}").json()["items"]:
            for name, value in item.items():
                if name.endswith("_at") and value is not None:
                    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", value), (kind, name, value)
