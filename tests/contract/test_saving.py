"""Sections 2 and 3: who may change the tracking policy, what becomes of what they ask, and what the log says of it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.house import Firm, Person, ask

LIMITS = {
    "screenshot_interval_seconds": (30, 3600),
    "idle_threshold_seconds": (60, 1800),
    "config_sync_interval_seconds": (5, 60),
    "max_screenshot_size_mb": (1, 50),
    "screenshot_quality": (50, 95),
    "notification_interval_minutes": (0, 120),
    "local_data_retention_days": (7, 365),
}
SWITCHES = (
    "screenshots_enabled", "website_tracking_enabled", "app_tracking_enabled", "enable_keyboard_tracking",
    "enable_mouse_tracking", "enable_idle_detection", "show_tracker_notification",
)  # fmt: skip


def _config(firm: Firm) -> dict[str, Any]:
    config: dict[str, Any] = firm.admin.get("/api/employee-config/").json()["config"]
    return config


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_numbers_outside_their_range_are_clamped_and_named(firm: Firm, name: str) -> None:
    low, high = LIMITS[name]
    for asked, kept in ((high + 1, high), (low - 1, low), (10**30, high), (-(10**30), low)):
        said = firm.save(**{name: asked}).json()
        assert said["status"] is True
        assert said["config"][name] == kept
        assert said["adjusted"] == {name: {"asked": asked, "set": kept}}
    for asked in (low, high):
        said = firm.save(**{name: asked}).json()
        assert said["config"][name] == asked
        assert not said.get("adjusted")


@pytest.mark.parametrize("wrong", ["300", "abc", 300.5, True, None, [300], {"a": 1}, ""])
def test_in_json_a_number_is_a_number(firm: Firm, wrong: object) -> None:
    before = _config(firm)
    answer = firm.save(screenshot_interval_seconds=wrong, screenshot_quality=51)
    assert answer.status_code == 422
    assert answer.json()["status"] is False
    assert "screenshot_interval_seconds" in answer.json()["message"]
    assert _config(firm) == before, "nothing changed, also of what was right"


@pytest.mark.parametrize("wrong", ["true", "on", 1, 0, None, [], 1.0])
def test_in_json_a_switch_is_true_or_false(firm: Firm, wrong: object) -> None:
    before = _config(firm)
    for name in SWITCHES:
        assert firm.save(**{name: wrong}).status_code == 422
    assert _config(firm) == before


def test_a_form_may_say_things_in_words(firm: Firm) -> None:
    def form(**values: str) -> dict[str, Any]:
        answer = firm.owner.ask("POST", "/api/update-company-policy/", data={"company_id": str(firm.id), **values})
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    assert form(screenshot_interval_seconds="300")["config"]["screenshot_interval_seconds"] == 300
    for text, meant in (("on", True), ("false", False), ("true", True), ("0", False), ("1", True), ("off", False)):
        assert form(enable_keyboard_tracking=text)["config"]["enable_keyboard_tracking"] is meant
    said = form(screenshot_quality="9999", nonsense="x")
    assert said["adjusted"] == {"screenshot_quality": {"asked": 9999, "set": 95}}
    assert said["ignored"] == ["nonsense"]
    before = _config(firm)
    wrongs: list[dict[str, str]] = [
        {"screenshot_quality": "much"},
        {"screenshot_quality": ""},
        {"screenshots_enabled": "perhaps"},
    ]
    for wrong in wrongs:
        answer = firm.owner.ask("POST", "/api/update-company-policy/", data={"company_id": str(firm.id), **wrong})
        assert answer.status_code == 422
    assert _config(firm) == before


def test_what_is_no_setting_or_read_only_is_ignored_and_named(firm: Firm) -> None:
    before = _config(firm)
    said = firm.save(config_version=99, nonsense=1, updated_at="x").json()
    assert said["status"] is True
    assert set(said["ignored"]) == {"config_version", "nonsense", "updated_at"}
    assert _config(firm) == before


def test_ids_may_be_texts(firm: Firm) -> None:
    for company_id in (firm.id, str(firm.id)):
        body = {"company_id": company_id, "screenshot_quality": 85}
        assert firm.owner.post("/api/update-company-policy", body).status_code == 200
    strange: list[Any] = ["abc", "", None, 0, -1, 1.5, True, [1], {}, "1e3", "٣", 10**30, "9" * 400]
    for wrong in strange:
        body = {"company_id": wrong, "screenshot_quality": 60}
        answer = firm.owner.post("/api/update-company-policy", body)
        assert answer.status_code in {400, 422}, (wrong, answer.text)
    assert _config(firm)["screenshot_quality"] == 85


def test_the_owner_must_say_which_company(firm: Firm) -> None:
    assert firm.owner.post("/api/update-company-policy", {"screenshot_quality": 60}).status_code in {400, 422}
    body = {"company_id": 2**40, "screenshot_quality": 60}
    assert firm.owner.post("/api/update-company-policy", body).status_code == 404


def test_only_the_owner_and_delegated_administrators_may(found_firm: Callable[[], Firm], stranger: Firm) -> None:
    firm = found_firm()

    def refused(person: Person) -> None:
        answer = firm.save_by(person, {"screenshot_quality": 70})
        assert answer.status_code == 403
        assert answer.json()["status"] is False

    for person in (firm.admin, firm.manager, firm.employee):
        refused(person)
    assert firm.save_by(stranger.admin, {"screenshot_quality": 70}).status_code in {403, 404}
    nobody = ask(firm.admin.base_url, "POST", "/api/update-company-policy", json={"company_id": firm.id})
    assert nobody.status_code == 401
    assert firm.policy().json()["version"] == 1
    delegated = firm.owner.patch(f"/api/v1/companies/{firm.id}", {"policy_delegated": True})
    assert delegated.json()["policy_delegated"] is True
    assert firm.save_by(firm.admin, {"screenshot_quality": 70}).status_code == 200
    for person in (firm.manager, firm.employee):
        refused(person)
    asked = ({"company_id": number, "screenshot_quality": 70} for number in (stranger.id, 2**40))
    answers = [firm.admin.post("/api/update-company-policy", body) for body in asked]
    assert {answer.status_code for answer in answers} <= {403, 404}
    assert answers[0].content == answers[1].content
    firm.owner.patch(f"/api/v1/companies/{firm.id}", {"policy_delegated": False})
    refused(firm.admin)


def test_a_change_is_one_entry_with_the_changed_fields_alone(found_firm: Callable[[], Firm]) -> None:
    firm = found_firm()
    firm.save(screenshot_interval_seconds=300, screenshots_enabled=True, screenshot_quality=99)
    entries = firm.log(action_type="POLICY_CHANGED")
    assert len(entries) == 1
    entry = entries[0]
    assert set(entry) == {"id", "seq", "action_type", "description", "details", "user", "ip_address", "timestamp"}
    assert entry["details"] == {
        "old_values": {"screenshot_interval_seconds": 600, "screenshot_quality": 85},
        "new_values": {"screenshot_interval_seconds": 300, "screenshot_quality": 95},
        "config_version": 2,
    }
    assert (entry["user"], entry["ip_address"]) == (firm.owner.email, "127.0.0.1")
    assert entry["timestamp"].endswith("Z")


def test_a_save_that_changes_nothing_makes_no_version_and_no_entry(found_firm: Callable[[], Firm]) -> None:
    firm = found_firm()
    seq, etag = firm.log()[0]["seq"], firm.policy().headers["etag"]
    for changes in ({}, {"screenshot_quality": 85}, {"nonsense": 1}, {"config_version": 7}):
        answer = firm.save_by(firm.owner, changes)
        assert (answer.status_code, answer.json()["status"]) == (200, True)
        assert answer.json()["config"]["config_version"] == 1
    assert firm.log()[0]["seq"] == seq
    assert firm.policy().headers["etag"] == etag
    firm.save(screenshot_quality=86)
    assert firm.save(screenshot_quality=86).json()["config"]["config_version"] == 2
    assert firm.save(screenshot_quality=87).json()["config"]["config_version"] == 3


def test_an_administrators_change_names_the_administrator(found_firm: Callable[[], Firm]) -> None:
    firm = found_firm()
    firm.owner.patch(f"/api/v1/companies/{firm.id}", {"policy_delegated": True})
    body = {"employee_id": str(firm.admin.id), "active_token": firm.admin.token, "screenshot_quality": 70}
    assert ask(firm.admin.base_url, "POST", "/api/update-company-policy/", json=body).status_code == 200
    entry = firm.log(action_type="POLICY_CHANGED")[0]
    assert entry["user"] == firm.admin.email
    assert entry["details"]["new_values"] == {"screenshot_quality": 70}


def test_delegating_is_in_the_companys_own_log(found_firm: Callable[[], Firm]) -> None:
    firm = found_firm()
    firm.owner.patch(f"/api/v1/companies/{firm.id}", {"policy_delegated": True})
    newest = firm.log()[0]
    assert newest["user"] == firm.owner.email
    assert "policy_delegated" in str(newest["details"])
    before = newest["seq"]
    firm.owner.patch(f"/api/v1/companies/{firm.id}", {"policy_delegated": True})
    assert firm.log()[0]["seq"] == before, "nothing changed, nothing said"


def test_all_versions_are_kept_with_their_differences(found_firm: Callable[[], Firm]) -> None:
    firm = found_firm()
    for n in (60, 61, 62):
        firm.save(screenshot_quality=n)
    for person in (firm.owner, firm.admin, firm.manager, firm.employee):
        answer = person.get(f"/api/v1/companies/{firm.id}/policy/versions")
        said = answer.json()
        assert [item["version"] for item in said["items"]] == [4, 3, 2, 1]
        assert (said["count"], said["page"], said["pages"]) == (4, 1, 1)
        assert said["items"][0]["settings"]["screenshot_quality"] == 62
        assert "screenshot_quality" in str(said["items"][0]["differences"])
