"""Saving a policy: who may, what is written, what is refused with nothing written."""

import json
from typing import Any

import pytest

from sundial.protocol.settings import SETTINGS, defaults
from sundial.server.lib import hints
from sundial.server.lib.errors import Conflict, Invalid, NotAllowed, NotFound
from sundial.server.lib.scope import PLATFORM
from sundial.server.tracking import actions, queries
from sundial.server.tracking.types import Mode
from tests.cast import Cast
from tests.server.tracking.plays import audit, details, document, events, save


def test_a_new_company_has_version_1_with_the_defaults_and_no_entry_of_a_change(cast: Cast) -> None:
    head = queries.head(cast.company.pk)
    assert (head.version, head.settings) == (1, defaults())
    assert audit(cast.company.pk) == []


def test_a_save_makes_the_next_version_and_new_bytes_for_agents(cast: Cast) -> None:
    before = queries.head(cast.company.pk)
    saved = save(cast, {"screenshot_interval_seconds": 300})
    after = queries.head(cast.company.pk)
    assert saved.changed
    assert saved.head == after
    assert after.version == after.settings["config_version"] == 2
    assert after.settings == {**before.settings, "screenshot_interval_seconds": 300, "config_version": 2}
    assert after.etag != before.etag
    assert document(cast.company.pk).etag == after.etag
    assert document(cast.company.pk).doc["settings"] == after.settings


def test_the_config_body_is_ready_made_and_says_when_it_was_saved(cast: Cast) -> None:
    save(cast, {"screenshot_quality": 60})
    body = json.loads(queries.head(cast.company.pk).config_json)
    assert body["config"]["screenshot_quality"] == 60
    assert body["config"]["config_version"] == 2
    assert list(body["config"]) == [setting.name for setting in SETTINGS] + ["updated_at"]


def test_one_entry_with_exactly_what_changed_stands_in_the_companys_own_log(cast: Cast) -> None:
    save(cast, {"screenshot_interval_seconds": 300, "screenshots_enabled": True, "enable_mouse_tracking": True})
    [(entry, personal)] = audit(cast.company.pk)
    assert details(entry) == {
        "old_values": {"screenshot_interval_seconds": 600, "enable_mouse_tracking": False},
        "new_values": {"screenshot_interval_seconds": 300, "enable_mouse_tracking": True},
        "config_version": 2,
    }
    assert (personal.actor, personal.ip) == (cast.owner.email, "127.0.0.1")
    assert entry.actor_role == "OWNER"
    assert "10 minutes → 5 minutes" in (personal.description or "")


def test_a_save_that_changes_nothing_makes_no_version_and_no_entry(cast: Cast) -> None:
    before = queries.head(cast.company.pk)
    saved = save(cast, {"screenshot_interval_seconds": 600})
    assert not saved.changed
    assert saved.head == queries.head(cast.company.pk) == before
    assert audit(cast.company.pk) == []
    assert events(cast.company.pk, "admin") == []
    assert not save(cast, {}).changed


def test_every_console_of_the_company_hears_of_a_change_and_the_platform_hears_no_name(cast: Cast) -> None:
    actions.set_delegation(acting=cast.owner.acting, company_id=cast.company.pk, delegated=True, now=cast.now)
    save(cast, {"screenshot_quality": 60}, by=cast.admin)
    told = {"company_id": cast.company.pk, "config_version": 2}
    for room in ("admin", "dashboard"):
        [event] = events(cast.company.pk, room)
        assert (event.data, event.actor) == (told, cast.admin.email)
    [event] = [one for one in events(PLATFORM, "platform") if one.data == told]
    assert event.actor == "ADMIN"


def test_gateways_beside_us_are_woken_before_the_saver_is_answered(cast: Cast) -> None:
    heard: list[str] = []
    hints.on_commit("policy", heard.append)
    save(cast, {"screenshot_quality": 60})
    assert heard == [str(cast.company.pk)]
    save(cast, {"screenshot_quality": 60})
    assert heard == [str(cast.company.pk)]


def test_an_admin_may_save_only_while_the_owner_delegates(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        save(cast, {"screenshot_quality": 60}, by=cast.admin)
    actions.set_delegation(acting=cast.owner.acting, company_id=cast.company.pk, delegated=True, now=cast.now)
    assert save(cast, {"screenshot_quality": 60}, by=cast.admin).changed
    actions.set_delegation(acting=cast.owner.acting, company_id=cast.company.pk, delegated=False, now=cast.now)
    with pytest.raises(NotAllowed):
        save(cast, {"screenshot_quality": 61}, by=cast.admin)
    assert queries.head(cast.company.pk).version == 2


def test_only_the_owner_delegates_and_each_time_is_written_down_once(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        actions.set_delegation(acting=cast.admin.acting, company_id=cast.company.pk, delegated=True, now=cast.now)
    for _ in range(2):
        actions.set_delegation(acting=cast.owner.acting, company_id=cast.company.pk, delegated=True, now=cast.now)
    [(entry, _)] = audit(cast.company.pk, "POLICY_DELEGATED")
    assert details(entry)["new_values"] == {"policy_delegated": True}


@pytest.mark.parametrize("who", ["manager", "employee"])
def test_managers_and_employees_never_save(cast: Cast, who: str) -> None:
    actions.set_delegation(acting=cast.owner.acting, company_id=cast.company.pk, delegated=True, now=cast.now)
    with pytest.raises(NotAllowed):
        save(cast, {"screenshot_quality": 60}, by=getattr(cast, who))


def test_a_foreign_company_is_as_unknown_as_one_that_does_not_exist(cast: Cast) -> None:
    said = []
    for company_id in (cast.company.pk, 2**40):
        with pytest.raises(NotFound) as refused:
            actions.change_policy(acting=cast.stranger.acting, company_id=company_id, changes={}, now=cast.now)
        said.append(refused.value.message)
    assert said[0] == said[1]
    with pytest.raises(NotFound):
        actions.change_policy(acting=cast.owner.acting, company_id=2**40, changes={}, now=cast.now)


@pytest.mark.parametrize(
    "changes",
    [
        {"screenshot_interval_seconds": 29},
        {"screenshot_interval_seconds": 300.0},
        {"screenshot_interval_seconds": "300"},
        {"screenshot_interval_seconds": True},
        {"screenshots_enabled": 1},
        {"screenshots_enabled": None},
        {"config_version": 7},
        {"no_such_setting": 1},
        {"screenshot_quality": 60, "idle_threshold_seconds": 10**30},
    ],
)
def test_a_strict_save_refuses_the_whole_if_a_part_does_not_fit(cast: Cast, changes: dict[str, Any]) -> None:
    before = queries.head(cast.company.pk)
    with pytest.raises(Invalid) as refused:
        save(cast, changes)
    assert set(refused.value.fields) <= set(changes)
    assert queries.head(cast.company.pk) == before


def test_the_older_way_brings_numbers_into_range_and_says_so(cast: Cast) -> None:
    asked = {"screenshot_interval_seconds": 5, "screenshot_quality": 200, "config_version": 9, "nonsense": "x"}
    saved = save(cast, asked, mode=Mode.CLAMP)
    assert saved.head.settings["screenshot_interval_seconds"] == 30
    assert saved.head.settings["screenshot_quality"] == 95
    assert {name: (one.asked, one.set) for name, one in saved.adjusted.items()} == {
        "screenshot_interval_seconds": (5, 30),
        "screenshot_quality": (200, 95),
    }
    assert saved.ignored == ("config_version", "nonsense")


def test_the_older_way_still_refuses_a_wrong_type_and_changes_nothing(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        save(cast, {"screenshot_quality": 60, "screenshots_enabled": "yes"}, mode=Mode.CLAMP)
    assert set(refused.value.fields) == {"screenshots_enabled"}
    assert queries.head(cast.company.pk).version == 1


def test_a_stale_save_is_refused_with_the_difference_and_nothing_is_written(cast: Cast) -> None:
    opened = queries.head(cast.company.pk).etag
    save(cast, {"screenshot_quality": 60})
    with pytest.raises(Conflict) as refused:
        save(cast, {"idle_threshold_seconds": 120}, if_match=f'"{opened}"')
    told = refused.value.difference
    assert told["config_version"] == 2
    assert told["etag"] == queries.head(cast.company.pk).etag
    assert cast.owner.email in told["saved_by"]
    assert told["settings"] == {
        "screenshot_quality": {"seen": 85, "now": 60, "yours": 85},
        "idle_threshold_seconds": {"seen": 300, "now": 300, "yours": 120},
    }
    assert queries.head(cast.company.pk).version == 2
    assert len(audit(cast.company.pk)) == 1


def test_a_save_with_the_etag_in_force_is_taken(cast: Cast) -> None:
    opened = queries.head(cast.company.pk).etag
    assert save(cast, {"screenshot_quality": 60}, if_match=f'"{opened}"').head.version == 2


def test_an_etag_that_never_was_is_stale(cast: Cast) -> None:
    with pytest.raises(Conflict) as refused:
        save(cast, {"screenshot_quality": 60}, if_match='"made up"')
    assert refused.value.difference["settings"] == {"screenshot_quality": {"seen": None, "now": 85, "yours": 60}}


def test_the_owner_reads_in_a_conflict_what_changed_but_not_which_person_did_it(cast: Cast) -> None:
    opened = queries.head(cast.company.pk).etag
    actions.set_delegation(acting=cast.owner.acting, company_id=cast.company.pk, delegated=True, now=cast.now)
    save(cast, {"screenshot_quality": 60}, by=cast.admin)
    with pytest.raises(Conflict) as refused:
        save(cast, {"screenshot_quality": 70}, if_match=opened)
    assert "@" not in refused.value.difference["saved_by"]


def test_a_former_version_comes_back_as_a_new_one(cast: Cast) -> None:
    save(cast, {"screenshot_quality": 60, "idle_threshold_seconds": 120})
    save(cast, {"screenshots_enabled": False})
    restored = actions.restore_version(acting=cast.owner.acting, company_id=cast.company.pk, number=1, now=cast.now)
    assert restored.head.settings == {**defaults(), "config_version": 4}
    entry, personal = audit(cast.company.pk)[-1]
    assert details(entry)["config_version"] == 4
    assert set(details(entry)) == {"old_values", "new_values", "config_version"}
    assert "(as in version 1)" in (personal.description or "")
    assert queries.last_change(cast.owner.acting, cast.company.pk).restored_from == 1


def test_restoring_follows_the_same_rules_as_saving(cast: Cast) -> None:
    opened = queries.head(cast.company.pk).etag
    restore = {"company_id": cast.company.pk, "number": 1, "now": cast.now}
    with pytest.raises(NotAllowed):
        actions.restore_version(acting=cast.admin.acting, **restore)
    with pytest.raises(NotFound):
        actions.restore_version(acting=cast.owner.acting, **{**restore, "number": 99})
    assert not actions.restore_version(acting=cast.owner.acting, **restore).changed
    save(cast, {"screenshot_quality": 60})
    with pytest.raises(Conflict):
        actions.restore_version(acting=cast.owner.acting, **restore, if_match=opened)
