"""Who may change a policy, how changes read, and what a stale save is told."""

import json
from datetime import UTC, datetime

import pytest

from sundial.protocol.settings import SETTINGS, defaults
from sundial.server.lib.acting import Acting, Role
from sundial.server.tracking import rules

COMPANY = 5


def someone(role: Role, company_id: int | None = COMPANY) -> Acting:
    return Acting("person", 1, "someone@example.test", role, company_id)


@pytest.mark.parametrize("delegated", [False, True])
def test_the_owner_changes_every_policy(delegated: bool) -> None:
    assert rules.may_change(someone(Role.OWNER, None), COMPANY, delegated=delegated)


def test_an_admin_changes_the_own_policy_only_while_it_is_delegated() -> None:
    assert rules.may_change(someone(Role.ADMIN), COMPANY, delegated=True)
    assert not rules.may_change(someone(Role.ADMIN), COMPANY, delegated=False)
    assert not rules.may_change(someone(Role.ADMIN, 6), COMPANY, delegated=True)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.EMPLOYEE, Role.DEVICE])
def test_nobody_else_changes_it_delegated_or_not(role: Role) -> None:
    assert not rules.may_change(someone(role), COMPANY, delegated=True)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MANAGER, Role.EMPLOYEE, Role.DEVICE])
def test_everyone_in_the_company_reads_it_and_nobody_outside(role: Role) -> None:
    assert rules.may_read(someone(role), COMPANY)
    assert not rules.may_read(someone(role, 6), COMPANY)


def test_the_owner_is_not_told_who_of_a_company_saved() -> None:
    assert "@" not in rules.label_for(Role.OWNER, Role.ADMIN, "ada@example.test")
    assert rules.label_for(Role.EMPLOYEE, Role.ADMIN, "ada@example.test") == "ada@example.test"
    assert rules.label_for(Role.ADMIN, Role.OWNER, "olga@example.test").startswith("olga@example.test")


def test_a_person_who_was_forgotten_has_no_name() -> None:
    assert rules.label_for(Role.ADMIN, Role.ADMIN, "") == "someone who has left"
    assert rules.label_for(Role.ADMIN, Role.OWNER, "") == "the owner of the platform"
    assert rules.label_for(Role.ADMIN, Role.SYSTEM, "") == "Sundial"


def test_a_change_reads_as_a_sentence_as_people_say_it() -> None:
    old = defaults()
    new = {**old, "screenshot_interval_seconds": 300, "enable_mouse_tracking": True}
    words = rules.in_words(4, rules.differences(old, new))
    assert words == (
        "Tracking policy version 4: Time between screenshots: 10 minutes → 5 minutes; Count mouse use: off → on"
    )
    assert "(as in version 2)" in rules.in_words(4, rules.differences(old, new), 2)


def test_the_version_number_alone_is_no_difference() -> None:
    assert rules.differences(defaults(), {**defaults(), "config_version": 9}) == ()


def test_the_config_body_has_the_15_settings_in_order_and_when_they_were_saved() -> None:
    saved_at = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)
    body = json.loads(rules.config_body(dict(sorted(defaults().items())), saved_at))
    assert body["status"] is True
    assert list(body["config"]) == [setting.name for setting in SETTINGS] + ["updated_at"]
    assert body["timestamp"] == body["config"]["updated_at"] == "2026-03-02T12:00:00.123Z"


def test_a_stale_save_is_told_what_moved_and_what_it_wanted() -> None:
    seen = defaults()
    current = {**seen, "screenshot_quality": 70}
    told = rules.stale_difference(seen=seen, current=current, asked={"idle_threshold_seconds": 120})
    assert told == {
        "idle_threshold_seconds": {"seen": 300, "now": 300, "yours": 120},
        "screenshot_quality": {"seen": 85, "now": 70, "yours": 85},
    }


def test_a_save_from_an_unknown_version_is_told_what_it_would_overwrite() -> None:
    told = rules.stale_difference(
        seen=None, current=defaults(), asked={"screenshot_quality": 70, "screenshots_enabled": True}
    )
    assert told == {"screenshot_quality": {"seen": None, "now": 85, "yours": 70}}
