"""The policy page: read by all, changed by those who may, refused with what is needed to go on."""

import re

from django.test import Client

from sundial.protocol.settings import EDITABLE
from sundial.server.companies import actions as companies
from sundial.server.lib import clock
from sundial.server.portal.forms import policy_changes
from sundial.server.tracking import queries
from tests.cast import Cast
from tests.server.devices.plays import enrol, report


def path(cast: Cast) -> str:
    return f"/owner/company/{cast.company.pk}/policy/"


def form(cast: Cast, **changes: str) -> dict[str, str]:
    """What a browser would send: every number, and the switches that are on."""
    head = queries.head(cast.company.pk)
    sent = {one.name: str(head.settings[one.name]) for one in EDITABLE if one.kind == "int"}
    sent |= {one.name: "on" for one in EDITABLE if one.kind == "bool" and head.settings[one.name]}
    return sent | {"etag": head.etag} | changes


def delegate(cast: Cast) -> None:
    companies.change_company(
        acting=cast.owner.acting, company_id=cast.company.pk, changes={"policy_delegated": True}, now=clock.now()
    )


def progress(client: Client, where: str) -> dict[str, int]:
    html = client.get(where).content.decode()
    found = re.findall(r'<li data-segment="(\w+)".*?<b data-count>(\d+)</b>', html, re.DOTALL)
    return {name: int(count) for name, count in found}


def test_the_first_version_says_that_it_is_the_defaults(cast: Cast) -> None:
    html = cast.owner.client.get(path(cast)).content.decode()
    assert "version 1" in html
    assert "nobody has changed them yet" in html
    assert "sync to all agents" in html


def test_a_save_makes_a_version_and_says_who(cast: Cast) -> None:
    answer = cast.owner.client.post(path(cast), form(cast, screenshot_interval_seconds="300"), follow=True)
    html = answer.content.decode()
    assert "Saved as version 2." in html
    assert f"Last changed by {cast.owner.email}" in html


def test_a_save_that_changes_nothing_says_so(cast: Cast) -> None:
    html = cast.owner.client.post(path(cast), form(cast), follow=True).content.decode()
    assert "Nothing was changed, so no new version was made." in html


def test_what_does_not_fit_is_marked_and_the_rest_is_kept(cast: Cast) -> None:
    answer = cast.owner.client.post(path(cast), form(cast, screenshot_interval_seconds="7", screenshot_quality="60"))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Must be between 30 and 3600 s." in html
    assert 'name="screenshot_quality" value="60"' in html
    assert 'data-saved="85"' in html, "what stands is still known, so that the page can say what differs"
    assert queries.head(cast.company.pk).version == 1


def test_a_stale_save_shows_what_is_in_force_beside_what_was_asked(cast: Cast) -> None:
    stale = form(cast, screenshot_interval_seconds="660")
    cast.owner.client.post(path(cast), form(cast, screenshot_interval_seconds="540"))
    answer = cast.owner.client.post(path(cast), stale)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Nothing of yours was saved" in html
    assert re.search(r"<del>.*9 minutes</del>.*<ins>.*11 minutes</ins>", html, re.DOTALL)
    assert queries.head(cast.company.pk).version == 2


def test_those_who_may_not_change_it_read_the_same_words_without_a_form(cast: Cast) -> None:
    for player in (cast.admin, cast.manager, cast.employee):
        html = player.client.get("/policy/").content.decode()
        assert "Read-only" in html
        assert "data-policy-form" not in html
        assert "a closer look at the person&#x27;s day" in html
        assert player.client.post("/policy/", form(cast)).status_code == 403


def test_a_delegated_administrator_changes_it_and_the_owner_learns_no_name(cast: Cast) -> None:
    delegate(cast)
    answer = cast.admin.client.post("/policy/", form(cast, screenshot_quality="70"), follow=True)
    assert "Saved as version 2." in answer.content.decode()
    for where in (path(cast), f"{path(cast)}versions/", f"/owner/company/{cast.company.pk}/"):
        html = cast.owner.client.get(where).content.decode()
        assert cast.admin.email not in html
        assert "an administrator of the company" in html


def test_the_meaning_of_a_change_is_said_in_numbers_or_else_in_words(cast: Cast) -> None:
    here = cast.owner.client
    html = here.get(f"{path(cast)}meaning/", form(cast, screenshot_interval_seconds="300")).content.decode()
    assert "A screenshot every 5 minutes instead of 10: about twice the storage, 96 a day per person" in html
    html = here.get(f"{path(cast)}meaning/", form(cast, notification_interval_minutes="60")).content.decode()
    assert "Time between reminders: 1 hour instead of 30 minutes." in html
    assert here.get(f"{path(cast)}meaning/", form(cast)).content.strip() == b""
    assert here.get(f"{path(cast)}meaning/", form(cast, screenshot_quality="x")).content.strip() == b""


def test_the_line_counts_what_devices_said_of_this_very_version(cast: Cast) -> None:
    head, now = queries.head(cast.company.pk), clock.now()
    heard = {"last_agent_sync_at": now, "last_seen_at": now, "policy_version": 1, "policy_etag": head.etag}
    for state in ("applied", "applied", "waiting", "rejected"):
        device = enrol(cast)
        report(cast.company.pk, device.device_id, **heard, state=state)
    silent = enrol(cast)
    report(cast.company.pk, silent.device_id, last_agent_sync_at=now, last_seen_at=now)
    enrol(cast)
    counts = progress(cast.owner.client, f"{path(cast)}progress/")
    assert counts == {"applied": 2, "applying": 1, "waiting": 1, "rejected": 1, "offline": 1}


def test_only_who_sees_devices_is_led_to_them(cast: Cast) -> None:
    enrol(cast)
    assert "/devices/?standing=applied" in cast.admin.client.get("/policy/progress/").content.decode()
    assert "/devices/" not in cast.owner.client.get(f"{path(cast)}progress/").content.decode()
    assert cast.employee.client.get("/policy/progress/").status_code == 403


def test_an_earlier_version_is_brought_back_as_a_new_one(cast: Cast) -> None:
    cast.owner.client.post(path(cast), form(cast, screenshot_interval_seconds="300"))
    answer = cast.owner.client.post(f"{path(cast)}restore/", {"id": "1"}, follow=True)
    assert "Version 1 is back, as version 3." in answer.content.decode()
    html = cast.owner.client.get(f"{path(cast)}versions/").content.decode()
    assert "brought back from version 1" in html
    for wrong in ("", "x", "99", "1" * 12):
        assert cast.owner.client.post(f"{path(cast)}restore/", {"id": wrong}).status_code == 404


def test_versions_come_in_pages(cast: Cast) -> None:
    for seconds in range(330, 330 + 30 * 21, 30):
        cast.owner.client.post(path(cast), form(cast, screenshot_interval_seconds=str(seconds)))
    html = cast.owner.client.get(f"{path(cast)}versions/").content.decode()
    assert "1–20 of 22" in html
    html = cast.owner.client.get(f"{path(cast)}versions/?page=2").content.decode()
    assert "21–22 of 22" in html
    assert "The defaults, as the company began" in html


def test_a_switch_that_is_not_sent_is_off_and_text_is_no_number() -> None:
    changes, errors = policy_changes({"screenshot_quality": "many", "enable_mouse_tracking": "on"})
    assert changes["enable_mouse_tracking"] is True
    assert changes["screenshots_enabled"] is False
    assert set(errors) == {"screenshot_quality"}


def test_switches_of_sections_stand_among_the_settings_and_are_saved_with_them(cast: Cast) -> None:
    html = cast.owner.client.get(path(cast)).content.decode()
    assert 'name="screenshots.blurred"' in html
    assert 'name="websites.detail"' in html
    sent = form(cast, screenshot_quality="60") | {"screenshots.blurred": "on"}
    assert "Saved as version 2." in cast.owner.client.post(path(cast), sent, follow=True).content.decode()
    saved = queries.head(cast.company.pk)
    assert (saved.sections, saved.settings["screenshot_quality"]) == ({"screenshots": {"blurred": True}}, 60)
    cast.owner.client.post(path(cast), form(cast))
    assert queries.head(cast.company.pk).values["screenshots.blurred"] is False, "unticked is off"


def test_the_meaning_of_a_switch_is_said_beside_the_numbers(cast: Cast) -> None:
    asked = form(cast, screenshot_interval_seconds="300") | {"screenshots.blurred": "on"}
    html = cast.owner.client.get(f"{path(cast)}meaning/", asked).content.decode()
    assert "A screenshot every 5 minutes instead of 10" in html
    assert "Blur screenshots: switched on." in html


def test_a_stale_save_of_a_switch_shows_it_in_words(cast: Cast) -> None:
    old = form(cast) | {"websites.detail": "on"}
    cast.owner.client.post(path(cast), form(cast, screenshot_quality="60"))
    answer = cast.owner.client.post(path(cast), old)
    assert answer.status_code == 409
    assert "Record addresses and titles of pages" in answer.content.decode().split("data-policy-form")[0]
