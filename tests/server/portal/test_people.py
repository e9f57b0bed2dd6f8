"""The pages of people and devices, and what is true now, for each role."""

import pytest

from sundial.server.companies import actions as companies
from sundial.server.lib import clock
from sundial.server.tracking import queries as tracking
from tests.cast import Cast, Player, address
from tests.server.devices.plays import enrol, report


def page(player: Player, path: str) -> str:
    answer = player.client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_a_person_is_added_and_their_link_is_shown_once(cast: Cast) -> None:
    form = {"email": address("new"), "first_name": "Bo", "last_name": "Lind", "role": "EMPLOYEE"}
    answer = cast.admin.client.post("/employees/new/", form)
    assert answer.status_code == 201
    assert "/password/set/" in answer.content.decode()
    answer = cast.admin.client.post("/employees/new/", form)
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()


def test_names_are_never_read_as_markup(cast: Cast) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    path = f"/employees/{cast.employee.id}/"
    cast.admin.client.post(path, {"first_name": hostile, "last_name": "", "role": "EMPLOYEE"})
    for where in (path, "/employees/", "/dashboard/", "/audit-logs/"):
        assert "<img" not in page(cast.admin, where)


def test_the_last_administrator_cannot_be_let_go(cast: Cast) -> None:
    path = f"/employees/{cast.admin.id}/let-go/"
    html = cast.admin.client.post(path, follow=True).content.decode()
    assert 'data-tone="bad"' in html


@pytest.mark.parametrize(("what", "words"), [("deactivate", "cannot sign in any more"), ("let-go", "was let go")])
def test_what_was_done_to_a_person_is_said(cast: Cast, what: str, words: str) -> None:
    html = cast.admin.client.post(f"/employees/{cast.employee.id}/{what}/", follow=True).content.decode()
    assert f"Employee Player {words}" in html


def test_an_inactive_person_is_marked_and_may_come_back(cast: Cast) -> None:
    cast.admin.client.post(f"/employees/{cast.employee.id}/deactivate/")
    html = page(cast.admin, f"/employees/{cast.employee.id}/")
    assert "Inactive" in html
    assert f"/employees/{cast.employee.id}/reactivate/" in html


def test_a_code_is_shown_with_what_to_do_next(cast: Cast) -> None:
    html = cast.admin.client.post(f"/employees/{cast.employee.id}/enrolment-code/").content.decode()
    assert "A code for Employee Player" in html
    assert cast.employee.client.post("/devices/enrolment-code/").status_code == 200


def test_a_manager_counts_and_lists_their_own_people(cast: Cast) -> None:
    device = enrol(cast)
    report(cast.company.pk, device.device_id, last_agent_sync_at=clock.now(), last_seen_at=clock.now())
    outside = address("outside")
    companies.add_person(
        acting=cast.admin.acting,
        company_id=cast.company.pk,
        email=outside,
        first_name="Out",
        last_name="Side",
        role=cast.employee.acting.role,
        now=clock.now(),
    )
    html = page(cast.manager, "/dashboard/")
    assert cast.employee.email in html
    assert outside not in html
    assert "Nobody: everyone&#x27;s agent has been heard of." in html or "Nobody: everyone's agent" in html


def test_a_device_says_what_became_of_the_policy(cast: Cast) -> None:
    head, now = tracking.head(cast.company.pk), clock.now()
    device = enrol(cast)
    heard = {"last_agent_sync_at": now, "last_seen_at": now, "policy_version": 1, "policy_etag": head.etag}
    for state, words in (
        ("rejected", "v1 rejected"),
        ("waiting", "v1 waits for the person"),
        ("applying", "applying v1"),
    ):
        report(cast.company.pk, device.device_id, **heard, state=state, error="found no display")
        assert words in page(cast.admin, "/devices/")
        assert words in page(cast.employee, "/dashboard/")


def test_the_list_behind_applying_holds_those_who_have_not_answered_yet(cast: Cast) -> None:
    device = enrol(cast, hostname="silent-one")
    report(cast.company.pk, device.device_id, last_agent_sync_at=clock.now(), last_seen_at=clock.now())
    assert "silent-one" in page(cast.admin, "/devices/?standing=applying")
    assert "No device fits" in page(cast.admin, "/devices/?standing=applied")


def test_an_export_holds_what_the_page_shows(cast: Cast) -> None:
    enrol(cast, hostname="=cmd()")
    enrol(cast, cast.admin, hostname="other")
    body = cast.admin.client.get("/devices/?search=cmd&format=csv").getvalue().decode()
    assert "'=cmd()" in body, "a spreadsheet must not run it"
    assert "other" not in body


def test_pages_show_their_times_in_the_company_s_zone(cast: Cast) -> None:
    companies.change_company(
        acting=cast.owner.acting, company_id=cast.company.pk, changes={"time_zone": "Asia/Dhaka"}, now=clock.now()
    )
    html = page(cast.admin, "/dashboard/")
    assert 'data-time-zone="Asia/Dhaka"' in html
    assert "Times are in Asia/Dhaka" in html
    assert 'data-time-zone="UTC"' in page(cast.owner, "/owner/")
