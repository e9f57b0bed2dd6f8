"""What archives hold of somebody is shown to them, and to no colleague and no stranger."""

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from sundial.server.activity import actions as activity
from sundial.server.audit import actions as audit
from sundial.server.audit.types import Subject
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.scope import acting_for
from tests.cast import Cast, Player, make_cast, make_person
from tests.server.audit.archives import SHELF, archive_company
from tests.server.portal.api.knock import ask
from tests.server.portal.test_audit import page

LONG_AGO = datetime(2024, 3, 5, 9, tzinfo=UTC)
A_DAY = LONG_AGO.date()


@pytest.fixture
def old(committed_db: None) -> Cast:
    """A company founded long ago; the admin looked at a day of the employee, and later at one of the manager."""
    cast = make_cast(founded_at=LONG_AGO)
    looks_at(cast, cast.employee, A_DAY.isoformat(), 1)
    looks_at(cast, cast.manager, A_DAY.replace(day=1).isoformat(), 2)
    assert archive_company(cast.company.pk) > 5
    return cast


def looks_at(cast: Cast, player: Player, day: str, hours: int) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        audit.record(
            acting=cast.admin.acting,
            company_id=cast.company.pk,
            action="DAY_VIEWED",
            description=f"{cast.admin.email} looked at the day {day} of {player.email}",
            details={"day": day},
            personal={"target": player.email},
            target_kind="person",
            target_id=player.id,
            now=LONG_AGO + timedelta(hours=hours),
        )


def newcomer(cast: Cast) -> Player:
    """A colleague of today, of whom no archive tells."""
    return make_person(cast.admin, Role.EMPLOYEE, "newcomer")


def refused(player: Player, path: str) -> int:
    return player.client.get(path).status_code


def test_an_employee_reads_in_an_archive_what_is_about_them_and_nothing_else(old: Cast) -> None:
    assert "/audit-logs/archives/1/" in page(old.employee, "/audit-logs/archives/")
    html = page(old.employee, "/audit-logs/archives/1/")
    assert f"the day {A_DAY.isoformat()} of {old.employee.email}" in html
    assert old.admin.email in html, "who it was"
    assert old.manager.email not in html
    assert "Company founded" not in html
    whole = page(old.admin, "/audit-logs/archives/1/")
    assert old.manager.email in whole
    assert "127.0.0.1" in whole
    assert "127.0.0.1" not in html, "from where others act is not theirs to know"


def test_searching_an_archive_tells_an_employee_nothing_of_others(old: Cast) -> None:
    assert "No entry fits" in page(old.employee, f"/audit-logs/archives/1/?search={old.manager.email}")
    assert "No entry fits" in page(old.employee, "/audit-logs/archives/1/?action_type=COMPANY_CREATED")


def test_old_entries_open_one_by_one_for_whom_they_concern(old: Cast) -> None:
    seqs = [one for one in range(1, 12) if refused(old.admin, f"/audit-logs/{one}/") == 200]
    mine = [one for one in seqs if refused(old.employee, f"/audit-logs/{one}/") == 200]
    assert len(seqs) > len(mine) > 0
    for seq in mine:
        assert old.employee.email in page(old.employee, f"/audit-logs/{seq}/")
    assert all(refused(old.stranger, f"/audit-logs/{seq}/") == 404 for seq in mine if seq > 2)
    assert refused(old.manager, f"/audit-logs/{mine[0]}/") == 403


def test_files_and_the_rule_are_for_those_who_read_the_whole_log(old: Cast) -> None:
    assert refused(old.employee, "/audit-logs/archives/1/file/") == 403
    assert old.employee.client.post("/audit-logs/archives/", {"months": "24"}).status_code == 403
    html = page(old.employee, "/audit-logs/archives/")
    assert "Download" not in html
    assert 'name="months"' not in html
    assert "first entry" not in page(old.employee, "/audit-logs/archives/?format=csv"), "no figures of the whole log"


def test_the_api_lists_an_employee_the_archives_that_tell_of_them_without_figures_of_the_log(
    old: Cast,
) -> None:
    (mine,) = ask(old.employee, "GET", "/audit/archives").json()["items"]
    (whole,) = ask(old.admin, "GET", "/audit/archives").json()["items"]
    figures = {"first", "last", "entries", "bytes", "sha256", "entry"}
    assert {name: mine[name] for name in whole} == {**whole, **dict.fromkeys(figures)}
    assert all(whole[name] for name in figures)
    assert ask(newcomer(old), "GET", "/audit/archives").json()["items"] == []
    assert ask(old.employee, "GET", "/audit/archives/1/file").status_code == 403


def test_who_looked_long_ago_is_told_to_them_alone(old: Cast) -> None:
    assert old.admin.email not in page(old.employee, "/me/looked/").partition("<tbody>")[2]
    html = page(old.employee, "/me/looked/?archive=1")
    assert old.admin.email in html
    assert f"the day {A_DAY.isoformat()}" in html
    assert f"the day {A_DAY.replace(day=1).isoformat()}" not in html, "that was the manager's"
    theirs = page(old.manager, "/me/looked/?archive=1")
    assert f"the day {A_DAY.replace(day=1).isoformat()}" in theirs
    assert f"the day {A_DAY.isoformat()}" not in theirs


def test_the_list_of_looks_is_searched_and_exported(old: Cast) -> None:
    assert "Nobody looked" in page(old.employee, "/me/looked/?archive=1&search=nobody-of-that-name")
    assert old.admin.email in page(old.employee, f"/me/looked/?archive=1&search={old.admin.email[:7].upper()}")
    told = b"".join(old.employee.client.get("/me/looked/?archive=1&format=csv")).decode()
    assert told.splitlines()[0].removeprefix("\ufeff") == "at,by,what,day,screenshot_id,pictures"
    assert f"{old.admin.email},DAY_VIEWED,{A_DAY.isoformat()}" in told


def test_a_colleague_and_a_stranger_find_no_archive(old: Cast) -> None:
    colleague = newcomer(old)
    assert "No archive tells of you" in page(colleague, "/audit-logs/archives/")
    for path in ("/audit-logs/archives/1/", "/me/looked/?archive=1"):
        assert refused(colleague, path) == 404, path
        assert refused(old.stranger, path) == 404, path
    assert refused(old.employee, "/me/looked/?archive=9") == 404
    assert refused(old.owner, "/me/looked/?archive=1") == 403


def test_whoever_was_erased_is_in_no_archive_any_more(old: Cast) -> None:
    person = [Subject("person", old.employee.id)]
    audit.erase(acting=old.admin.acting, company_id=old.company.pk, subjects=person, now=clock.now())
    assert "No archive tells of you" in page(old.employee, "/audit-logs/archives/")
    assert refused(old.employee, "/me/looked/?archive=1") == 404


def test_an_archive_that_was_carried_away_is_said_and_not_opened(old: Cast) -> None:
    file = SHELF.path(old.company.pk, 1)
    away = file.rename(file.with_name("elsewhere"))
    try:
        assert "March 2024, archive 1" in page(old.employee, "/me/looked/")
        assert refused(old.employee, "/me/looked/?archive=1") == 404
        assert "its file is not on this server" in page(old.employee, "/audit-logs/archives/")
    finally:
        away.rename(file)


def test_everything_about_me_tells_of_looks_in_archives_too(old: Cast) -> None:
    with zipfile.ZipFile(io.BytesIO(b"".join(old.employee.client.get("/me/export/")))) as whole:
        told = whole.read("who_looked.csv").decode()
    assert told.count(f"DAY_VIEWED,{A_DAY.isoformat()}") == 1


def test_the_page_of_looks_asks_as_much_for_many_as_for_few(old: Cast) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            page(old.employee, "/me/looked/")
        return len(seen)

    def look_at_day(number: int) -> None:
        day, now = A_DAY + timedelta(days=number), clock.now() + timedelta(seconds=number)
        activity.record_view(acting=old.admin.acting, user_id=old.employee.id, day=day, now=now)

    look_at_day(0)
    few = asked()
    for number in range(1, 30):
        look_at_day(number)
    assert "page=2" in page(old.employee, "/me/looked/")
    assert asked() == few
