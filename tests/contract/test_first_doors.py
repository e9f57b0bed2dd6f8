"""Section 3: heartbeat, policy and configuration, by header and by the older body form."""

import re
from collections.abc import Callable

import pytest

from tests.contract.house import Firm, Person, ask

FIVE = {
    "screenshots_enabled": True,
    "website_tracking_enabled": True,
    "app_tracking_enabled": True,
    "screenshot_interval_seconds": 600,
    "idle_threshold_seconds": 300,
}
FIFTEEN = FIVE | {
    "config_sync_interval_seconds": 10,
    "max_screenshot_size_mb": 5,
    "screenshot_quality": 85,
    "enable_keyboard_tracking": False,
    "enable_mouse_tracking": False,
    "enable_idle_detection": True,
    "show_tracker_notification": True,
    "notification_interval_minutes": 30,
    "local_data_retention_days": 30,
    "config_version": 1,
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
DOORS = (
    ("POST", "/api/agent/heartbeat"),
    ("GET", "/api/policy"),
    ("GET", "/api/employee-config"),
    ("POST", "/api/update-company-policy"),
)


def _ok(method: str, path: str) -> dict[str, object]:
    return {"json": {"screenshot_quality": 85}} if "update" in path else {}


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_doors_answer_with_and_without_the_slash(firm: Firm, owner: Person, method: str, path: str) -> None:
    person = firm.admin if "update" not in path else owner
    for spelled in (path, f"{path}/"):
        more = {"json": {"company_id": firm.id, "screenshot_quality": 85}} if "update" in path else {}
        answer = person.ask(method, spelled, **more)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("application/json")


def test_a_heartbeat_is_answered(firm: Firm) -> None:
    answer = firm.employee.post("/api/agent/heartbeat/", {})
    said = answer.json()
    assert set(said) == {"status", "message", "last_sync_at", "server_time", "company_status"}
    assert (said["status"], said["company_status"]) == ("success", "ACTIVE")
    assert TIME.fullmatch(said["last_sync_at"])
    assert TIME.fullmatch(said["server_time"])


def test_a_trial_is_called_one(found_firm: Callable[[], Firm], owner: Person) -> None:
    asked = {"name": "Trial & Co", "admin_email": "x@trial.example", "status": "TRIAL"}
    made = owner.post("/api/v1/companies", asked).json()
    assert made["status"] == "TRIAL"


def test_the_policy_door_tells_the_first_five(found_firm: Callable[[], Firm]) -> None:
    firm = found_firm()
    assert firm.admin.get("/api/policy/").json() == {**FIVE, "company_status": "ACTIVE"}


def test_the_configuration_has_all_fifteen(found_firm: Callable[[], Firm]) -> None:
    firm = found_firm()
    answer = firm.admin.get("/api/employee-config/")
    said = answer.json()
    assert set(said) == {"status", "config", "timestamp"}
    assert said["status"] is True
    assert TIME.fullmatch(said["timestamp"])
    config = said["config"]
    assert TIME.fullmatch(config.pop("updated_at"))
    assert config == FIFTEEN


def test_an_unchanged_configuration_is_304_without_a_body(firm: Firm) -> None:
    first = firm.employee.get("/api/employee-config/")
    etag = first.headers["etag"]
    assert re.fullmatch(r'"[^"]+"', etag), "strong"
    for known in (etag, f'"x", {etag}', "*", f"W/{etag}"):
        again = firm.employee.get("/api/employee-config/", headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b""), known
        assert again.headers["etag"] == etag
    other = firm.employee.get("/api/employee-config/", headers={"If-None-Match": '"x"'})
    assert (other.status_code, other.content) == (200, first.content)


def test_a_poll_after_a_save_has_the_new_version(firm: Firm) -> None:
    before = firm.employee.get("/api/employee-config/").headers["etag"]
    for n in range(60, 70):
        saved = firm.save(screenshot_quality=n)
        polled = firm.employee.get("/api/employee-config/", headers={"If-None-Match": before})
        assert polled.status_code == 200
        assert polled.json()["config"] == saved.json()["config"]
        assert polled.json()["config"]["screenshot_quality"] == n
        assert firm.employee.get("/api/policy").json()["screenshot_interval_seconds"] == 600
        before = polled.headers["etag"]


@pytest.mark.parametrize(("method", "path"), DOORS)
@pytest.mark.parametrize("names", [("employee_id", "active_token"), ("id", "token"), ("id", "active_token")])
def test_the_older_body_form_is_known(firm: Firm, method: str, path: str, names: tuple[str, str]) -> None:
    person, status = firm.admin, 403 if "update" in path else 200
    for number in (person.id, str(person.id)):
        body = {names[0]: number, names[1]: person.token}
        answer = ask(person.base_url, method, path, json=body)
        assert answer.status_code == status, answer.text
    form = {names[0]: str(person.id), names[1]: person.token}
    assert ask(person.base_url, method, path, data=form).status_code == status
    assert ask(person.base_url, method, path, json={**body, names[0]: person.id + 1}).status_code == 401
    assert ask(person.base_url, method, path, json={**body, names[1]: "nonsense"}).status_code == 401


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_without_a_known_token_it_is_401(firm: Firm, method: str, path: str) -> None:
    for headers in ({}, {"Authorization": "Token nonsense"}, {"Authorization": f"Basic {firm.admin.token}"},
                    {"Authorization": "Token"}, {"Authorization": f"Token {firm.admin.token}x"}):  # fmt: skip
        answer = ask(firm.admin.base_url, method, path, headers=headers)
        assert answer.status_code == 401, (headers, answer.text)
        assert answer.json()["status"] is False
        assert answer.json()["message"]


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_the_company_key_must_be_ones_own(firm: Firm, stranger: Firm, method: str, path: str) -> None:
    person = firm.admin
    for key in (stranger.key, "nonsense", "", "x" * 5000, "ü"):
        headers = {**person.headers, "X-Company-Key": key.encode("latin-1")}
        answer = ask(person.base_url, method, path, headers=headers)
        assert answer.status_code == 403, (key, answer.text)
        assert answer.json()["status"] is False
    right = person.ask(method, path, headers={"X-Company-Key": firm.key})
    assert right.status_code in {200, 403 if "update" in path else 200}


def test_signing_in_heeds_the_company_key(firm: Firm, stranger: Firm) -> None:
    body = {"email": firm.admin.email, "password": firm.admin.password}
    for key, status in ((firm.key, 200), (stranger.key, 403), ("nonsense", 403)):
        answer = ask(firm.admin.base_url, "POST", "/api/login", json=body, headers={"X-Company-Key": key})
        assert answer.status_code == status


def test_a_suspended_company_is_told_so(found_firm: Callable[[], Firm]) -> None:
    firm = found_firm()
    person = firm.employee
    assert firm.owner.post(f"/api/v1/companies/{firm.id}/suspend", {}).status_code == 200
    beat = person.post("/api/agent/heartbeat/", {})
    assert (beat.status_code, beat.json()["company_status"]) == (200, "SUSPENDED")
    assert person.post("/api/login", {"email": person.email, "password": person.password}).status_code == 403
    assert person.get("/api/v1/users").status_code == 403
    refused = firm.admin.post("/api/update-company-policy/", {"company_id": firm.id, "screenshot_quality": 60})
    assert refused.status_code == 403
    assert firm.owner.post(f"/api/v1/companies/{firm.id}/reactivate", {}).status_code == 200
    assert person.post("/api/agent/heartbeat/", {}).json()["company_status"] == "ACTIVE"
    assert person.get("/api/employee-config/").status_code == 200


def test_answers_to_head_are_those_to_get_without_a_body(firm: Firm) -> None:
    for path in ("/api/policy/", "/api/employee-config/"):
        answer = firm.admin.ask("HEAD", path)
        assert (answer.status_code, answer.content) == (200, b"")


def test_other_methods_and_doors_are_refused_in_json(firm: Firm) -> None:
    wrong = [("GET", "/api/login"), ("POST", "/api/policy/"), ("DELETE", "/api/employee-config/"),
             ("PUT", "/api/update-company-policy"), ("GET", "/api/agent/heartbeat/")]  # fmt: skip
    for method, path in wrong:
        answer = firm.admin.ask(method, path)
        assert answer.status_code == 405, (method, path)
        assert answer.json()["status"] is False
    for path in ("/api/nonsense", "/api/", "/api/login/more", "/api/work-session/nonsense", "/api/%00", "/api/%ff"):
        answer = firm.admin.get(path)
        assert answer.status_code == 404, path
        assert answer.json()["status"] is False
