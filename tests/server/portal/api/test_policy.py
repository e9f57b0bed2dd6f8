"""`companies/{id}/policy` of the public API."""

from typing import Any

import pytest
from django.http import HttpResponse

from sundial.protocol import settings as table
from sundial.server.lib import clock
from sundial.server.tracking import actions as tracking
from tests.cast import Cast, Player
from tests.server.companies.test_signing_in import actions_in
from tests.server.portal.api.knock import ask, fields, problem


def path(cast: Cast) -> str:
    return f"/companies/{cast.company.pk}/policy"


def save(player: Player, cast: Cast, body: Any, etag: str | None = None) -> HttpResponse:
    """Save on top of what is in force now, or of `etag`."""
    seen = etag if etag is not None else ask(player, "GET", path(cast))["ETag"]
    return ask(player, "PATCH", path(cast), body, If_Match=seen)


def test_everyone_in_the_company_and_the_owner_read_it_with_its_etag(cast: Cast) -> None:
    for player in (cast.owner, cast.admin, cast.manager, cast.employee):
        answer = ask(player, "GET", path(cast))
        told = answer.json()
        assert answer["ETag"] == f'"{told["etag"]}"'
        assert told["settings"] == table.defaults()
        assert (told["version"], told["company_id"]) == (1, cast.company.pk)


def test_who_has_it_already_is_told_only_that(cast: Cast) -> None:
    etag = ask(cast.employee, "GET", path(cast))["ETag"]
    same = ask(cast.employee, "GET", path(cast), If_None_Match=etag)
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", etag)
    assert ask(cast.employee, "GET", path(cast), If_None_Match='"other"').status_code == 200


@pytest.mark.parametrize("nested", [False, True])
def test_a_save_makes_the_next_version(cast: Cast, nested: bool) -> None:
    body: dict[str, Any] = {"screenshot_interval_seconds": 300}
    before = ask(cast.owner, "GET", path(cast))["ETag"]
    answer = save(cast.owner, cast, {"settings": body} if nested else body)
    told = answer.json()
    assert answer.status_code == 200
    assert (told["version"], told["settings"]["screenshot_interval_seconds"]) == (2, 300)
    assert answer["ETag"] == f'"{told["etag"]}"' != before
    assert "POLICY_CHANGED" in actions_in(cast.company.pk)


def test_without_if_match_it_is_428_and_nothing_changes(cast: Cast) -> None:
    answer = ask(cast.owner, "PATCH", path(cast), {"screenshots_enabled": False})
    assert problem(answer) == (428, "precondition_required")
    assert ask(cast.owner, "GET", path(cast)).json()["version"] == 1


def test_a_stale_save_is_412_with_the_difference(cast: Cast) -> None:
    seen = ask(cast.owner, "GET", path(cast))["ETag"]
    save(cast.owner, cast, {"screenshot_interval_seconds": 300})
    answer = save(cast.owner, cast, {"screenshot_interval_seconds": 120}, etag=seen)
    assert problem(answer) == (412, "stale")
    difference = answer.json()["error"]["difference"]
    assert difference["settings"] == {"screenshot_interval_seconds": {"seen": 600, "now": 300, "yours": 120}}
    assert difference["config_version"] == 2
    assert ask(cast.owner, "GET", path(cast)).json()["version"] == 2


@pytest.mark.parametrize("etag", ["", "x", '"', '""', "W/", "é", "a" * 3000, '"x", "y"'])
def test_an_etag_that_never_was_is_stale(cast: Cast, etag: str) -> None:
    assert problem(save(cast.owner, cast, {"screenshots_enabled": False}, etag=etag)) == (412, "stale")


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"screenshot_interval_seconds": 29}, {"screenshot_interval_seconds"}),
        (
            {"screenshot_interval_seconds": 3601, "screenshot_quality": 1},
            {"screenshot_interval_seconds", "screenshot_quality"},
        ),
        ({"screenshot_interval_seconds": "300"}, {"screenshot_interval_seconds"}),
        ({"screenshot_interval_seconds": 300.0}, {"screenshot_interval_seconds"}),
        ({"screenshots_enabled": 1}, {"screenshots_enabled"}),
        ({"screenshots_enabled": None}, {"screenshots_enabled"}),
        ({"config_version": 7}, {"config_version"}),
        ({"no_such_setting": 7}, {"no_such_setting"}),
        ({"settings": 7}, {"settings"}),
    ],
)
def test_what_does_not_fit_is_422_by_field_and_nothing_changes(cast: Cast, wrong: Any, named: set[str]) -> None:
    body = wrong if "settings" in wrong else {**wrong, "idle_threshold_seconds": 120}
    assert fields(save(cast.owner, cast, body)) == named
    assert ask(cast.owner, "GET", path(cast)).json()["version"] == 1


def test_a_save_that_changes_nothing_makes_no_version(cast: Cast) -> None:
    for body in ({}, {"screenshot_interval_seconds": 600}):
        answer = save(cast.owner, cast, body)
        assert (answer.status_code, answer.json()["version"]) == (200, 1)


def test_only_a_delegated_admin_and_the_owner_may_save(cast: Cast) -> None:
    body = {"screenshots_enabled": False}
    for player in (cast.admin, cast.manager, cast.employee):
        assert problem(save(player, cast, body)) == (403, "forbidden")
    tracking.set_delegation(acting=cast.owner.acting, company_id=cast.company.pk, delegated=True, now=clock.now())
    for player in (cast.manager, cast.employee):
        assert problem(save(player, cast, body)) == (403, "forbidden")
    assert save(cast.admin, cast, body).json()["version"] == 2


def test_all_versions_are_listed_newest_first_with_their_differences(cast: Cast) -> None:
    for seconds in (300, 240, 120):
        save(cast.owner, cast, {"screenshot_interval_seconds": seconds})
    told = ask(cast.admin, "GET", f"{path(cast)}/versions?page_size=3").json()
    assert [row["version"] for row in told["items"]] == [4, 3, 2]
    assert (told["count"], told["page"], told["pages"]) == (4, 1, 2)
    assert [row["current"] for row in told["items"]] == [True, False, False]
    (change,) = told["items"][0]["differences"]
    assert (change["name"], change["old"], change["new"]) == ("screenshot_interval_seconds", 240, 120)
    last = ask(cast.admin, "GET", f"{path(cast)}/versions?page_size=3&page=2").json()
    assert [(row["version"], row["differences"]) for row in last["items"]] == [(1, [])]
    assert ask(cast.admin, "GET", f"{path(cast)}/versions?page=9").json()["items"] == []


def test_the_owner_does_not_learn_which_admin_saved(cast: Cast) -> None:
    tracking.set_delegation(acting=cast.owner.acting, company_id=cast.company.pk, delegated=True, now=clock.now())
    save(cast.admin, cast, {"screenshots_enabled": False})
    seen = ask(cast.owner, "GET", f"{path(cast)}/versions")
    assert cast.admin.email not in seen.content.decode()
    assert cast.admin.email in ask(cast.employee, "GET", f"{path(cast)}/versions").content.decode()


@pytest.mark.parametrize("nested", [False, True])
def test_sections_are_saved_with_or_without_settings(cast: Cast, nested: bool) -> None:
    settings = {"screenshot_quality": 60}
    sections = {"screenshots": {"blurred": True}}
    body = {"settings": settings, "sections": sections} if nested else {**settings, "sections": sections}
    told = save(cast.owner, cast, body).json()
    assert (told["sections"], told["settings"]["screenshot_quality"]) == (sections, 60)
    told = save(cast.owner, cast, {"sections": {"websites": {"detail": True}}}).json()
    assert told["version"] == 3
    assert told["sections"] == {**sections, "websites": {"detail": True}}
    newest = ask(cast.owner, "GET", f"{path(cast)}/versions").json()["items"][0]
    assert newest["sections"] == told["sections"]
    assert [(one["name"], one["old"], one["new"]) for one in newest["differences"]] == [
        ("websites.detail", False, True)
    ]


@pytest.mark.parametrize(
    ("sections", "wrong"),
    [
        ({"hours": {"from": 9}}, "hours"),
        ({"websites": {"titles": True}}, "websites.titles"),
        ({"websites": {"detail": "url"}}, "websites.detail"),
        ({"websites": 1}, "websites"),
        ([], "sections"),
    ],
)
def test_sections_that_do_not_fit_are_422_by_name_and_nothing_changes(cast: Cast, sections: Any, wrong: str) -> None:
    answer = save(cast.owner, cast, {"screenshot_quality": 60, "sections": sections})
    assert problem(answer) == (422, "invalid")
    assert set(fields(answer)) == {wrong}
    assert ask(cast.owner, "GET", path(cast)).json()["version"] == 1
