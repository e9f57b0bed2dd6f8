"""Switches of a policy's sections: saved, audited, compared and brought back like settings."""

import pytest

from sundial.protocol import policy
from sundial.server.lib.errors import Conflict, Invalid, NotAllowed
from sundial.server.tracking import actions, queries
from sundial.server.tracking.types import Head
from tests.cast import Cast
from tests.server.tracking.plays import audit, details, document, save

DETAIL = {"websites": {"detail": True}}
BLURRED = {"screenshots": {"blurred": True}}


def head(cast: Cast) -> Head:
    return queries.head(cast.company.pk)


def test_a_switch_alone_makes_the_next_version_and_agents_are_given_it(cast: Cast) -> None:
    before = head(cast)
    saved = save(cast, {}, sections=DETAIL)
    assert saved.changed
    assert (saved.head.version, saved.head.sections) == (2, DETAIL)
    assert saved.head.settings == {**before.settings, "config_version": 2}
    assert saved.head.etag != before.etag
    assert policy.details_of(document(cast.company.pk)).website_detail
    assert "websites" not in saved.head.config_json, "the first system's body has the 15 settings alone"


def test_the_log_names_the_switch_beside_the_settings(cast: Cast) -> None:
    save(cast, {"screenshot_quality": 60}, sections=BLURRED)
    [(entry, personal)] = audit(cast.company.pk)
    assert details(entry) == {
        "old_values": {"screenshot_quality": 85, "screenshots.blurred": False},
        "new_values": {"screenshot_quality": 60, "screenshots.blurred": True},
        "config_version": 2,
    }
    assert "Blur screenshots: off → on" in (personal.description or "")


def test_what_stands_already_makes_no_version(cast: Cast) -> None:
    assert not save(cast, {}, sections={"websites": {"detail": False}, "screenshots": {}}).changed
    save(cast, {}, sections=DETAIL)
    assert not save(cast, {}, sections=DETAIL).changed
    assert (head(cast).version, len(audit(cast.company.pk))) == (2, 1)


def test_a_save_of_settings_leaves_the_switches_as_they_are(cast: Cast) -> None:
    save(cast, {}, sections={**DETAIL, **BLURRED})
    save(cast, {"screenshot_quality": 60})
    assert head(cast).sections == {**DETAIL, **BLURRED}


def test_one_that_does_not_fit_is_refused_with_everything_else(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        save(cast, {"screenshot_quality": 60}, sections={"websites": {"detail": "url"}, "hours": {}})
    assert refused.value.fields == {"websites.detail": "Must be true or false.", "hours": "There is no such section."}
    assert head(cast).version == 1


def test_who_may_not_change_the_policy_may_not_change_its_sections(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        save(cast, {}, by=cast.admin, sections=DETAIL)
    assert head(cast).sections == {}


def test_versions_say_which_switch_they_changed(cast: Cast) -> None:
    save(cast, {}, sections=DETAIL)
    newest, _ = queries.versions(cast.owner.acting, cast.company.pk).items
    assert [one.text for one in newest.differences] == ["Record addresses and titles of pages: off → on"]
    assert newest.sections == DETAIL


def test_an_earlier_version_comes_back_with_its_switches(cast: Cast) -> None:
    save(cast, {}, sections=DETAIL)
    save(cast, {}, sections={"websites": {"detail": False}, **BLURRED})
    actions.restore_version(acting=cast.owner.acting, company_id=cast.company.pk, number=2, now=cast.now)
    assert head(cast).values["websites.detail"] is True
    assert head(cast).values["screenshots.blurred"] is False
    restored = actions.restore_version(acting=cast.owner.acting, company_id=cast.company.pk, number=1, now=cast.now)
    assert restored.head.values["websites.detail"] is False


def test_a_stale_save_shows_the_switches_too(cast: Cast) -> None:
    seen = head(cast).etag
    save(cast, {}, sections=DETAIL)
    with pytest.raises(Conflict) as refused:
        save(cast, {}, sections=BLURRED, if_match=seen)
    assert refused.value.difference["settings"] == {
        "screenshots.blurred": {"seen": False, "now": False, "yours": True},
        "websites.detail": {"seen": False, "now": True, "yours": False},
    }
