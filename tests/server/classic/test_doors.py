"""`agent/heartbeat`, `policy`, `update-company-policy`."""

from datetime import datetime
from typing import Any

import pytest
from django.http import HttpResponse

from sundial.protocol import settings as table
from sundial.server.lib import clock
from sundial.server.lifecycle import actions as lifecycle
from sundial.server.tracking import actions as tracking
from tests.cast import Cast
from tests.server.classic.doors import get, is_refusal, post, token_of
from tests.server.companies.test_signing_in import actions_in

UPDATE = "/api/update-company-policy/"
FIRST_FIVE = {
    "screenshots_enabled": True,
    "website_tracking_enabled": True,
    "app_tracking_enabled": True,
    "screenshot_interval_seconds": 600,
    "idle_threshold_seconds": 300,
}


def suspend(cast: Cast) -> None:
    lifecycle.suspend_company(acting=cast.owner.acting, company_id=cast.company.pk, reason="", now=clock.now())


@pytest.mark.parametrize("path", ["/api/agent/heartbeat/", "/api/agent/heartbeat"])
def test_a_heartbeat_tells_the_time_and_the_company_s_status(cast: Cast, path: str) -> None:
    told = post(path, token=token_of(cast.employee)).json()
    assert (told["status"], told["company_status"]) == ("success", "ACTIVE")
    for name in ("last_sync_at", "server_time"):
        assert told[name].endswith("Z")
        assert abs((datetime.fromisoformat(told[name]) - clock.now()).total_seconds()) < 60


def test_a_heartbeat_is_answered_while_the_company_is_suspended(cast: Cast) -> None:
    token = token_of(cast.employee)
    suspend(cast)
    answer = post("/api/agent/heartbeat/", token=token)
    assert (answer.status_code, answer.json()["company_status"]) == (200, "SUSPENDED")
    assert get("/api/policy", token=token).json()["company_status"] == "SUSPENDED"
    assert is_refusal(post(UPDATE, {"screenshots_enabled": False}, token=token), 403)


def test_an_owner_has_no_heart_beating_in_a_company(cast: Cast) -> None:
    assert is_refusal(post("/api/agent/heartbeat/", token=token_of(cast.owner)), 403)


@pytest.mark.parametrize("path", ["/api/policy/", "/api/policy"])
def test_the_policy_is_the_first_five_settings_flat(cast: Cast, path: str) -> None:
    for player in (cast.employee, cast.manager, cast.admin):
        assert get(path, token=token_of(player)).json() == {**FIRST_FIVE, "company_status": "ACTIVE"}


@pytest.mark.parametrize("names", [("employee_id", "active_token"), ("id", "token")])
@pytest.mark.parametrize("form", [False, True])
def test_the_older_body_form_is_taken_with_ids_as_numbers_or_digits(
    cast: Cast, names: tuple[str, str], form: bool
) -> None:
    token = token_of(cast.employee)
    for given in (cast.employee.id, str(cast.employee.id)):
        body = dict(zip(names, (given, token), strict=True))
        assert post("/api/agent/heartbeat/", body, form=form).status_code == 200
    someone_else = dict(zip(names, (cast.admin.id, token), strict=True))
    assert is_refusal(post("/api/agent/heartbeat/", someone_else, form=form), 401)


def test_without_a_token_that_is_known_every_door_is_401(cast: Cast) -> None:
    for token in (None, "", "sdu_x", "x" * 5000):
        assert is_refusal(get("/api/policy", token=token), 401)
        assert is_refusal(post("/api/agent/heartbeat", token=token), 401)
        assert is_refusal(post(UPDATE, {"screenshots_enabled": False}, token=token), 401)


def update(cast: Cast, body: dict[str, Any], **how: Any) -> HttpResponse:
    """Change the first company's policy as the owner."""
    return post(UPDATE, {"company_id": cast.company.pk, **body}, token=token_of(cast.owner), **how)


@pytest.mark.parametrize("path", [UPDATE, UPDATE.rstrip("/")])
def test_the_owner_changes_any_company_s_policy(cast: Cast, path: str) -> None:
    body = {"company_id": str(cast.company.pk), "screenshot_interval_seconds": 300}
    answer = post(path, body, token=token_of(cast.owner))
    told = answer.json()
    assert answer.status_code == 200
    assert set(told) == {"status", "config"}
    assert told["status"] is True
    assert set(told["config"]) == {setting.name for setting in table.SETTINGS} | {"updated_at"}
    assert (told["config"]["screenshot_interval_seconds"], told["config"]["config_version"]) == (300, 2)
    assert get("/api/policy", token=token_of(cast.employee)).json()["screenshot_interval_seconds"] == 300
    assert "POLICY_CHANGED" in actions_in(cast.company.pk)


def test_in_a_form_everything_is_text(cast: Cast) -> None:
    body = {"screenshot_interval_seconds": "300", "screenshots_enabled": "0", "enable_keyboard_tracking": "on"}
    config = update(cast, body, form=True).json()["config"]
    assert config["screenshot_interval_seconds"] == 300
    assert config["screenshots_enabled"] is False
    assert config["enable_keyboard_tracking"] is True


def test_numbers_out_of_range_are_brought_into_it_and_named(cast: Cast) -> None:
    told = update(cast, {"screenshot_interval_seconds": 1, "screenshot_quality": 10_000}).json()
    assert told["adjusted"] == {
        "screenshot_interval_seconds": {"asked": 1, "set": 30},
        "screenshot_quality": {"asked": 10_000, "set": 95},
    }


def test_unknown_names_and_the_version_are_ignored_and_named(cast: Cast) -> None:
    told = update(cast, {"config_version": 99, "no_such": [1], "screenshots_enabled": False}).json()
    assert told["ignored"] == ["config_version", "no_such"]
    assert told["config"]["config_version"] == 2


def test_a_save_that_changes_nothing_makes_no_version(cast: Cast) -> None:
    before = actions_in(cast.company.pk)
    assert update(cast, {"screenshot_interval_seconds": 600}).json()["config"]["config_version"] == 1
    assert actions_in(cast.company.pk) == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"screenshot_interval_seconds": "300"},
        {"screenshot_interval_seconds": 300.0},
        {"screenshot_interval_seconds": True},
        {"screenshot_interval_seconds": None},
        {"screenshots_enabled": 1},
        {"screenshots_enabled": "true"},
        {"screenshots_enabled": {}},
    ],
)
def test_in_json_a_wrong_type_is_422_and_nothing_changes(cast: Cast, wrong: dict[str, Any]) -> None:
    assert is_refusal(update(cast, {**wrong, "screenshot_quality": 60}), 422)
    assert update(cast, {}).json()["config"]["config_version"] == 1


@pytest.mark.parametrize("wrong", ["x", "3e2", "", "३००"])
def test_in_a_form_what_is_no_number_is_422(cast: Cast, wrong: str) -> None:
    assert is_refusal(update(cast, {"screenshot_interval_seconds": wrong}, form=True), 422)


def test_an_admin_changes_it_only_while_the_owner_lets_them(cast: Cast) -> None:
    token, body = token_of(cast.admin), {"company_id": cast.company.pk, "screenshots_enabled": False}
    assert is_refusal(post(UPDATE, body, token=token), 403)
    tracking.set_delegation(acting=cast.owner.acting, company_id=cast.company.pk, delegated=True, now=clock.now())
    assert post(UPDATE, body, token=token).status_code == 200
    assert post(UPDATE, {"screenshots_enabled": True}, token=token).status_code == 200, "one's own is understood"


def test_nobody_else_changes_it(cast: Cast) -> None:
    for player in (cast.manager, cast.employee):
        assert is_refusal(post(UPDATE, {"company_id": cast.company.pk}, token=token_of(player)), 403)


def test_a_foreign_company_and_an_unknown_one_are_the_same(cast: Cast) -> None:
    token = token_of(cast.stranger)
    foreign = post(UPDATE, {"company_id": cast.company.pk, "screenshots_enabled": False}, token=token)
    unknown = post(UPDATE, {"company_id": 2**62, "screenshots_enabled": False}, token=token)
    assert is_refusal(foreign, 403, 404)
    assert (foreign.status_code, foreign.content) == (unknown.status_code, unknown.content)
    assert is_refusal(post(UPDATE, {"company_id": 2**62}, token=token_of(cast.owner)), 404)


def test_an_owner_has_to_say_which_company(cast: Cast) -> None:
    assert is_refusal(post(UPDATE, {"screenshots_enabled": False}, token=token_of(cast.owner)), 422)
