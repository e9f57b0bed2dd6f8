"""Section 5, asked and answered: enrol, poll, report, notices, acknowledgements."""

import base64
import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.contract.house import MACHINE, Firm, ask, enrolled, status_of

SIGNED = ("company_id", "scope", "epoch", "version", "etag", "doc")


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def verify(policy: dict[str, Any], keys: list[dict[str, str]]) -> None:
    """The signature by hand: keys sorted, no blanks, and nothing in it but integers, booleans and plain text."""
    signed = {name: policy[name] for name in SIGNED}
    data = json.dumps(signed, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    key = next(_raw(one["public_key"]) for one in keys if one["key_id"] == policy["key_id"])
    Ed25519PublicKey.from_public_bytes(key).verify(_raw(policy["signature"]), data)


def test_a_code_lets_a_device_in_once(firm: Firm) -> None:
    made = firm.admin.post("/api/v1/devices/enrolment-codes", {"user_id": firm.employee.id})
    assert made.status_code == 201
    assert set(made.json()) == {"code", "expires_at"}
    served = datetime.strptime(made.headers["date"], "%a, %d %b %Y %H:%M:%S %Z").replace(tzinfo=None)
    expires = datetime.fromisoformat(made.json()["expires_at"].removesuffix("Z"))
    assert made.json()["expires_at"].endswith("Z")
    assert 595 <= (expires - served).total_seconds() <= 605
    code = made.json()["code"]
    asked = {"code": code, "hostname": "desk", **MACHINE}
    first = ask(firm.admin.base_url, "POST", "/agent/v1/enrol", json=asked)
    assert first.status_code == 201
    said = first.json()
    assert set(said) == {"device_id", "token", "company_id", "company_name", "keys"}
    assert said["company_id"] == firm.id
    assert said["keys"]
    assert set(said["keys"][0]) == {"key_id", "public_key"}
    second = ask(firm.admin.base_url, "POST", "/agent/v1/enrol", json=asked)
    assert 400 <= second.status_code < 500
    assert set(second.json()["error"]) >= {"code", "message"}
    unknown = ask(firm.admin.base_url, "POST", "/agent/v1/enrol", json={**asked, "code": "ABCD-EFGH"})
    assert unknown.status_code == second.status_code
    assert unknown.content == second.content


def test_people_make_codes_for_themselves_alone(firm: Firm, stranger: Firm) -> None:
    for person in (firm.employee, firm.manager, firm.admin):
        answer = person.post("/api/v1/devices/enrolment-codes", {"user_id": person.id})
        assert answer.status_code == 201, answer.text
        device = enrolled(person.base_url, answer.json()["code"])
        listed = person.get(f"/api/v1/devices/{device.device_id}").json()
        assert listed["user_id"] == person.id
    answer = firm.employee.post("/api/v1/devices/enrolment-codes", {"user_id": firm.admin.id})
    assert answer.status_code in {403, 404}
    foreign = firm.admin.post("/api/v1/devices/enrolment-codes", {"user_id": stranger.admin.id})
    unknown = firm.admin.post("/api/v1/devices/enrolment-codes", {"user_id": 2**50})
    assert (foreign.status_code, foreign.content) == (404, unknown.content)


def test_a_policy_is_signed(firm: Firm) -> None:
    device = firm.enrol()
    answer = device.policy()
    assert answer.status_code == 200
    policy = answer.json()
    assert set(policy) == {*SIGNED, "key_id", "signature"}
    assert answer.headers["etag"] == f'"{policy["etag"]}"'
    assert (policy["company_id"], policy["scope"]) == (firm.id, "company")
    assert set(policy["doc"]) == {"settings", "sections"}
    assert policy["doc"]["settings"] == {name: value for name, value in _config(firm).items() if name != "updated_at"}
    verify(policy, device.keys)
    saved = firm.save(screenshot_quality=91)
    again = device.policy().json()
    assert again["version"] == policy["version"] + 1 == saved.json()["config"]["config_version"]
    assert again["etag"] != policy["etag"]
    verify(again, device.keys)


def _config(firm: Firm) -> dict[str, Any]:
    config: dict[str, Any] = firm.employee.get("/api/employee-config").json()["config"]
    return config


def test_an_unchanged_policy_is_304_and_only_then(firm: Firm) -> None:
    device = firm.enrol()
    first = device.policy()
    etag = first.headers["etag"]
    again = device.policy(**{"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == etag
    assert device.policy(**{"If-None-Match": f'"other", {etag}'}).status_code == 304
    assert device.policy(**{"If-None-Match": '"other"'}).content == first.content
    assert device.policy(**{"Last-Event-ID": etag.strip('"')}).status_code == 200
    assert device.policy().status_code == 200


def test_a_report_is_answered_with_what_is_newest(firm: Firm) -> None:
    device = firm.enrol()
    policy = device.policy().json()
    answer = device.report(policy)
    assert answer.status_code == 200
    said = answer.json()
    assert set(said) - {"full"} == {"now", "latest", "heartbeat_s", "poll_s", "company_status"}
    assert said["latest"] == {name: policy[name] for name in ("epoch", "version", "etag")}
    assert (said["heartbeat_s"], said["company_status"]) == (300, "ACTIVE")
    assert said["poll_s"] == policy["doc"]["settings"]["config_sync_interval_seconds"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", said["now"])
    firm.save(screenshot_quality=72)
    assert device.report(policy).json()["latest"]["version"] == policy["version"] + 1


@pytest.mark.parametrize("state", ["received", "applying", "applied", "waiting", "rejected", "unsupported"])
def test_every_state_is_shown_as_reported(firm: Firm, state: str) -> None:
    device = firm.enrol()
    policy = device.policy().json()
    about = {"withheld": ["screenshots"], "error": "why", "effective_etag": ""}
    assert device.report(policy, state, about=about).status_code == 200
    shown = firm.admin.get(f"/api/v1/devices/{device.device_id}").json()
    assert shown["state"] == state
    assert shown["policy_version"] == policy["version"]
    assert shown["withheld"] == ["screenshots"]
    assert shown["error"] == "why"
    assert shown["presence"] == "online"


def test_a_report_may_say_that_nothing_is_effective(firm: Firm) -> None:
    device = firm.enrol()
    policy = device.policy().json()
    assert device.report(policy, "received", about={"effective_etag": None}).status_code == 200


def test_a_report_that_is_none_is_400(firm: Firm) -> None:
    device = firm.enrol()
    policy = device.policy().json()
    wrongs: list[dict[str, Any]] = [{"about": {"state": "splendid"}}, {"about": {"withheld": ["all"]}}, {"queue": []}]
    for wrong in wrongs:
        answer = device.ask("POST", "/agent/v1/status", json=status_of(policy, **wrong))
        assert answer.status_code in {400, 422}
        assert set(answer.json()["error"]) >= {"code", "message"}


def test_a_device_that_never_spoke_is_never_synced(firm: Firm) -> None:
    device = firm.enrol()
    shown = firm.admin.get(f"/api/v1/devices/{device.device_id}").json()
    assert shown["last_agent_sync_at"] is None
    assert shown["presence"] in {"never_synced", "offline"}


def test_acknowledgements_are_kept_and_audited(found_firm: Callable[[], Firm]) -> None:
    firm = found_firm()
    device = firm.enrol()
    policy = device.policy().json()
    said = {
        "etag": policy["etag"],
        "kinds": ["screenshots", "idle"],
        "text_sha256": "a" * 64,
        "at": "2026-11-20T08:00:02Z",
    }
    answer = device.ask("POST", "/agent/v1/acknowledgements", json=said)
    assert answer.status_code == 201
    newest = firm.log()[0]
    assert "ACKNOWLEDGED" in newest["action_type"]
    for wrong in ({**said, "kinds": ["all"]}, {**said, "at": "yesterday"}, {}):
        answer = device.ask("POST", "/agent/v1/acknowledgements", json=wrong)
        assert answer.status_code in {400, 404, 409, 422}, answer.text
        assert set(answer.json()["error"]) >= {"code", "message"}


def test_notices_tell_what_happened(found_firm: Callable[[], Firm]) -> None:
    firm = found_firm()
    device = firm.enrol()
    assert device.ask("GET", "/agent/v1/notices").json()["notices"] == []
    firm.owner.post(f"/api/v1/companies/{firm.id}/suspend", {})
    firm.owner.post(f"/api/v1/companies/{firm.id}/reactivate", {})
    said = device.ask("GET", "/agent/v1/notices?after=0").json()["notices"]
    assert [one["kind"] for one in said] == ["company_status"] * 2
    assert "SUSPENDED" in json.dumps(said[0])
    after = device.ask("GET", f"/agent/v1/notices?after={said[0]['id']}").json()["notices"]
    assert after == said[1:]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Token x"}])
def test_every_path_without_a_known_token_is_401(base_url: str, headers: dict[str, str]) -> None:
    for method, path in (("GET", "policy"), ("GET", "notices"), ("POST", "status"), ("POST", "acknowledgements"),
                         ("POST", "batches"), ("POST", "screenshots"), ("GET", "nonsense"), ("POST", "")):  # fmt: skip
        answer = ask(base_url, method, f"/agent/v1/{path}", headers=headers)
        assert answer.status_code == 401, path
        assert set(answer.json()["error"]) >= {"code", "message"}
    watched = ask(base_url, "GET", "/agent/v1/policy", headers={**headers, "Accept": "text/event-stream"})
    assert watched.status_code == 401


def test_a_persons_token_is_no_devices_token(firm: Firm) -> None:
    device = firm.enrol()
    as_device = ask(
        firm.admin.base_url, "GET", "/agent/v1/policy", headers={"Authorization": f"Bearer {firm.admin.token}"}
    )
    assert as_device.status_code == 401
    for path in ("/api/policy/", "/api/employee-config/", "/api/v1/users", "/api/v1/devices"):
        answer = ask(firm.admin.base_url, "GET", path, headers={"Authorization": f"Token {device.token}"})
        assert answer.status_code == 401, path


def test_a_revoked_device_is_told_to_stop_everywhere(firm: Firm) -> None:
    device = firm.enrol()
    policy = device.policy().json()
    assert firm.admin.post(f"/api/v1/devices/{device.device_id}/revoke", {}).status_code == 200
    answers = [
        device.policy(),
        device.policy(Accept="text/event-stream"),
        device.report(policy),
        device.ask("GET", "/agent/v1/notices"),
        device.ask("POST", "/agent/v1/acknowledgements", json={}),
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "revoked"), answer.request.url
    assert "DEVICE_REVOKED" in {entry["action_type"] for entry in firm.log()}


def test_whoever_is_let_go_loses_devices_and_tokens(firm: Firm) -> None:
    person = firm.take_on("EMPLOYEE")
    device = firm.enrol(person)
    assert device.policy().status_code == 200
    assert person.get("/api/employee-config").status_code == 200
    assert firm.admin.ask("DELETE", f"/api/v1/users/{person.id}").status_code == 204
    assert device.policy().status_code in {401, 403}
    assert person.get("/api/employee-config").status_code == 401
    assert person.get("/api/policy").status_code == 401


def test_a_suspended_company_records_nothing_but_is_heard(found_firm: Callable[[], Firm]) -> None:
    firm = found_firm()
    device = firm.enrol()
    policy = device.policy().json()
    firm.owner.post(f"/api/v1/companies/{firm.id}/suspend", {"reason": "unpaid"})
    for answer in (device.policy(), device.policy(Accept="text/event-stream")):
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "suspended")
    reported = device.report(policy)
    assert (reported.status_code, reported.json()["company_status"]) == (200, "SUSPENDED")
    firm.owner.post(f"/api/v1/companies/{firm.id}/reactivate", {})
    assert device.policy().status_code == 200
