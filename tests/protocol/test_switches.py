"""The switches of a policy's sections: named, checked, compared, and put back where agents read them."""

import pytest

from sundial.protocol import policy, switches
from sundial.protocol.settings import defaults
from sundial.protocol.signing import SigningKey
from sundial.protocol.switches import NAMED, SWITCHES
from sundial.protocol.words import in_words, policy_lines, shown

NAMES = ["screenshots.blurred", "websites.detail"]


def test_every_switch_is_off_where_its_section_says_nothing() -> None:
    assert [one.name for one in SWITCHES] == NAMES
    assert switches.switched({}) == dict.fromkeys(NAMES, False)
    assert switches.switched({"websites": {"detail": True}, "later": {"x": 1}})["websites.detail"] is True


@pytest.mark.parametrize("name", NAMES)
def test_what_is_switched_on_is_what_an_agent_obeys(name: str) -> None:
    sections = switches.sections_with({}, {name: True})
    document = policy.issue(
        company_id=1, epoch=1, version=1, settings=defaults(), key=SigningKey.generate(), sections=sections
    )
    details = policy.details_of(document)
    assert (details.blurred, details.website_detail) == (name == NAMES[0], name == NAMES[1])
    assert policy.unknown_sections(document) == []


def test_sections_with_other_fields_keep_them() -> None:
    before = {"websites": {"detail": True, "later": 5}, "hours": {"from": 9}}
    after = switches.sections_with(before, {"websites.detail": False, "screenshots.blurred": True})
    assert after == {"websites": {"detail": False, "later": 5}, "hours": {"from": 9}, "screenshots": {"blurred": True}}
    assert before["websites"] == {"detail": True, "later": 5}, "what was given is not changed"


@pytest.mark.parametrize(
    ("asked", "name", "problem"),
    [
        ({"hours": {"from": 9}}, "hours", "There is no such section."),
        ({"hours": {}}, "hours", "There is no such section."),
        ({"websites": {"titles": True}}, "websites.titles", "There is no such field in this section."),
        ({"websites": True}, "websites", "Must be an object."),
        ({"websites": {"detail": 1}}, "websites.detail", "Must be true or false."),
        ({"screenshots": {"blurred": "on"}}, "screenshots.blurred", "Must be true or false."),
    ],
)
def test_what_cannot_be_taken_is_said_by_name(asked: dict[str, object], name: str, problem: str) -> None:
    assert switches.problems(switches.named(asked)) == {name: problem}


def test_what_can_be_taken_is_no_problem() -> None:
    asked = switches.named({"websites": {"detail": True}, "screenshots": {}})
    assert asked == {"websites.detail": True}
    assert switches.problems(asked) == {}


def test_differences_are_of_the_switches_alone() -> None:
    old = switches.whole(defaults(), {})
    assert switches.differences(old, {**old, "screenshot_quality": 60}) == {}
    assert switches.differences(old, {"websites.detail": True}) == {"websites.detail": (False, True)}


def test_people_read_them_in_the_same_words_as_settings() -> None:
    assert shown("websites.detail", True) == "on"
    assert in_words({"screenshots.blurred": (False, True)}) == ["Blur screenshots: switched on."]
    assert all(NAMED[name].label and NAMED[name].help for name in NAMES)
    plain = policy_lines(defaults())
    told = policy_lines(defaults(), policy.Details(website_detail=True, blurred=True))
    assert told[0] == f"{plain[0]}, blurred on the device"
    assert told[2] == "Websites, with addresses and titles of pages, recorded"
    off = policy_lines({**defaults(), "website_tracking_enabled": False}, policy.Details(website_detail=True))
    assert off[2] == "Websites not recorded"
