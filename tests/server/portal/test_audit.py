"""The pages of the audit log: narrowed by the address, readable, and no more than one may see."""

import json

import pytest
from django.db import transaction

from sundial.server.audit import actions as audit
from sundial.server.audit.types import Filters
from sundial.server.companies import actions as companies
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.scope import acting_for
from sundial.server.portal.views.audit import words_of
from sundial.server.tracking import actions as tracking
from tests.cast import Cast, Player


def page(player: Player, path: str) -> str:
    answer = player.client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def change_policy(cast: Cast, **changes: int) -> None:
    tracking.change_policy(acting=cast.owner.acting, company_id=cast.company.pk, changes=dict(changes), now=clock.now())


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("action_type=POLICY_CHANGED", 1),
        ("action_type=POLICY_CHANGED&user={owner}", 1),
        ("action_type=POLICY_CHANGED&user=nobody@example.test", 0),
        ("action_type=EMPLOYEE_ADDED&user=ada adm", 2),
        ("action_type=EMPLOYEE_ADDED&user=ADMIN-", 2),
        ("action_type=EMPLOYEE_ADDED&user=ada nobody", 0),
        ("action_type=EMPLOYEE_ADDED&user=%25", 0),
        ("action_type=POLICY_CHANGED&from=2020-01-01", 1),
        ("action_type=POLICY_CHANGED&to=2020-01-01", 0),
        ("action_type=POLICY_CHANGED&from=nonsense&to=", 1),
        ("action_type=POLICY_CHANGED&from=0001-01-01&to=9999-12-31", 1),
        ("action_type=POLICY_CHANGED&month={month}", 1),
        ("action_type=POLICY_CHANGED&month=2020-12", 0),
        ("action_type=POLICY_CHANGED&month=9999-12", 1),
        ("search=no such words", 0),
    ],
)
def test_the_address_narrows_the_list(cast: Cast, query: str, rows: int) -> None:
    change_policy(cast, screenshot_interval_seconds=300)
    html = page(cast.admin, f"/audit-logs/?{query.format(owner=cast.owner.email, month=f'{clock.now():%Y-%m}')}")
    assert html.count("data-key=") == rows
    assert ("No entry fits" in html) == (rows == 0)


def test_a_filter_can_be_taken_away_and_the_others_stay(cast: Cast) -> None:
    html = page(cast.admin, "/audit-logs/?action_type=POLICY_CHANGED&from=2020-01-01&to=2020-01-02&user=a")
    assert "2020-01-01 – 2020-01-02" in html
    assert 'href="?action_type=POLICY_CHANGED&amp;user=a"' in html, "without the days"
    assert 'href="?action_type=POLICY_CHANGED&amp;from=2020-01-01&amp;to=2020-01-02"' in html, "without the person"


def test_an_entry_says_what_changed_in_words_and_exactly(cast: Cast) -> None:
    change_policy(cast, screenshot_interval_seconds=420)
    listed = page(cast.admin, "/audit-logs/?action_type=POLICY_CHANGED")
    seq = listed.split('data-key="')[1].split('"')[0]
    html = page(cast.admin, f"/audit-logs/{seq}/")
    assert "10 minutes" in html
    assert "7 minutes" in html
    assert "&quot;screenshot_interval_seconds&quot;: 420" in html
    assert cast.owner.email in html
    assert "127.0.0.1" in html


def test_things_of_several_parts_are_told_apart(cast: Cast) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        audit.record(
            acting=cast.admin.acting,
            company_id=cast.company.pk,
            action="FILE_ERASED",
            description="The keys of a file were destroyed",
            details={"versions": [{"version": 1, "bytes": 11}, {"version": 2, "bytes": 12}]},
            now=clock.now(),
        )
    listed = page(cast.admin, "/audit-logs/?action_type=FILE_ERASED")
    seq = listed.split('data-key="')[1].split('"')[0]
    told = page(cast.admin, f"/audit-logs/{seq}/").partition("<pre")[0]
    assert "Bytes: 11, Version: 1; Bytes: 12, Version: 2" in told


def test_a_role_is_told_as_people_say_it_and_exactly_as_it_is_spelled(cast: Cast) -> None:
    with acting_for(cast.company.pk):
        companies.edit_person(
            acting=cast.admin.acting, user_id=cast.employee.id, changes={"role": Role.MANAGER}, now=clock.now()
        )
    listed = page(cast.admin, "/audit-logs/?action_type=EMPLOYEE_EDITED")
    seq = listed.split('data-key="')[1].split('"')[0]
    told, exactly = page(cast.admin, f"/audit-logs/{seq}/").split("<pre")
    assert ("Manager" in told, "MANAGER" in told) == (True, False)
    assert "&quot;role&quot;: &quot;MANAGER&quot;" in exactly


def test_an_employee_reads_what_is_about_them_and_nothing_else(cast: Cast) -> None:
    html = page(cast.employee, "/audit-logs/")
    assert "Entries about me" in html
    assert cast.manager.email not in html
    assert cast.employee.client.get("/audit-logs/1/").status_code == 404
    assert cast.employee.client.get("/audit-logs/export/").status_code == 403


def test_an_owner_reads_their_own_acts_by_company_without_a_person(cast: Cast) -> None:
    change_policy(cast, screenshot_interval_seconds=300)
    html = page(cast.owner, "/audit-logs/")
    assert cast.company.name in html
    assert "5 minutes" in html
    for player in (cast.admin, cast.manager, cast.employee):
        assert player.email not in html


@pytest.mark.parametrize("form", ["bundle", "csv", "json"])
def test_the_log_is_exported_as_a_file(cast: Cast, form: str) -> None:
    answer = cast.admin.client.get(f"/audit-logs/export/?format={form}")
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    assert b"COMPANY_CREATED" in answer.getvalue()


def test_another_format_is_nowhere(cast: Cast) -> None:
    assert cast.admin.client.get("/audit-logs/export/?format=exe").status_code == 404


def test_names_of_the_log_read_as_words() -> None:
    assert words_of("POLICY_CHANGED") == "Policy changed"


def test_the_last_twelve_months_can_be_chosen_by_name(cast: Cast) -> None:
    html = page(cast.admin, "/audit-logs/")
    now = clock.now()
    assert f"month={now:%Y-%m}" in html
    assert f"{now:%B %Y}" in html
    assert html.count("?month=") == 12


def test_what_was_narrowed_can_be_taken_away_and_that_is_on_record(cast: Cast) -> None:
    change_policy(cast, screenshot_interval_seconds=300)
    change_policy(cast, screenshot_interval_seconds=420)
    html = page(cast.admin, "/audit-logs/?action_type=POLICY_CHANGED&search=policy")
    assert "?format=csv&amp;action_type=POLICY_CHANGED&amp;search=policy" in html
    answer = cast.admin.client.get("/audit-logs/export/?format=csv&action_type=POLICY_CHANGED&search=policy")
    lines = b"".join(answer).decode().splitlines()
    assert [line.split(",")[2] for line in lines] == ["action_type", "POLICY_CHANGED", "POLICY_CHANGED"]
    answer = cast.admin.client.get("/audit-logs/export/?format=json&action_type=POLICY_CHANGED")
    assert len(json.loads(b"".join(answer))) == 2
    answer = cast.admin.client.get("/audit-logs/export/?format=json&search=nosuchword")
    assert json.loads(b"".join(answer)) == []
    exported = page(cast.admin, "/audit-logs/?action_type=REPORT_EXPORTED")
    assert exported.count("A part of the audit log was exported (csv)") == 1
    assert exported.count("A part of the audit log was exported (json)") == 2
    seq = exported.split('data-key="')[3].split('"')[0]
    assert "POLICY_CHANGED" in page(cast.admin, f"/audit-logs/{seq}/")


def test_a_bundle_is_the_whole_log_whatever_is_looked_at(cast: Cast) -> None:
    answer = cast.admin.client.get("/audit-logs/export/?format=bundle&action_type=POLICY_CHANGED")
    lines = b"".join(answer).splitlines()
    assert json.loads(lines[0])["size"] == len(lines) - 2
    assert len(lines) > 4


def test_an_export_goes_on_page_after_page(cast: Cast) -> None:
    for number in range(7):
        change_policy(cast, screenshot_interval_seconds=300 + number)
    pieces = list(
        audit.export(
            acting=cast.admin.acting,
            form="json",
            filters=Filters(action_type="POLICY_CHANGED"),
            now=clock.now(),
            at_once=3,
        )
    )
    assert len(pieces) == 4, "three pages and the end"
    seqs = [one["seq"] for one in json.loads(b"".join(pieces))]
    assert len(seqs) == 7
    assert seqs == sorted(seqs, reverse=True)
