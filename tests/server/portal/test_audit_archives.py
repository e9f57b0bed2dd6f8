"""Archives on pages and in the API: chosen by a rule, made at night, read back, fetched, checked."""

import csv
import gzip
import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sundial.server.accounts.models import User
from sundial.server.audit import jobs
from sundial.server.audit.storage import Shelf
from sundial.server.audit.verify import verify_archive
from sundial.server.companies.types import CompanyStatus
from sundial.server.lib import keys
from sundial.server.lib.acting import Role
from sundial.server.lifecycle.actions import found_company
from tests.cast import Player, _player, address, make_owner, make_person, unique
from tests.server.audit.archives import JANUARY, live_through


@pytest.fixture
def admin(committed_db: None) -> Player:
    """The ADMIN of a company that was founded long ago."""
    founded = found_company(
        acting=make_owner().acting,
        name=unique("old"),
        admin_email=address("admin"),
        admin_first_name="Ada",
        admin_last_name="Admin",
        status=CompanyStatus.ACTIVE,
        now=JANUARY,
    )
    live_through(founded.company_id, 60)
    return _player(User.objects.get(id=founded.admin_id), Role.ADMIN, founded.company_id)


@pytest.fixture
def archived(admin: Player) -> Player:
    """The same, after a rule was chosen and a night has passed."""
    assert admin.client.post("/audit-logs/archives/", {"months": "12"}).status_code == 302
    jobs.archive_old(0)
    return admin


def page(player: Player, path: str) -> str:
    answer = player.client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def shelf() -> Shelf:
    return Shelf(Path(settings.ARCHIVE_DIR))


def test_a_rule_is_chosen_where_the_other_times_are(admin: Player) -> None:
    html = page(admin, "/settings/retention/")
    assert "Old audit entries" in html
    assert 'action="/audit-logs/archives/"' in html
    assert "Nothing was archived yet" in page(admin, "/audit-logs/archives/")
    admin.client.post("/audit-logs/archives/", {"months": "24"})
    assert '<option value="24" selected>2 years</option>' in page(admin, "/settings/retention/")
    assert admin.client.post("/audit-logs/archives/", {"months": "11"}).status_code == 422


def test_what_was_archived_is_listed_and_the_log_says_where_it_is(archived: Player) -> None:
    html = page(archived, "/audit-logs/archives/")
    assert html.count("data-key=") == 2
    assert "January 2025" in html
    log = page(archived, "/audit-logs/")
    assert "The entries up to No. 6" in log
    assert 'href="/audit-logs/archives/"' in log
    assert "Entry 5 of ten" not in log
    assert "data-key" not in page(archived, "/audit-logs/archives/?year=2024")
    found = archived.client.get("/audit-logs/archives/?format=csv")
    rows = list(csv.reader(io.StringIO(b"".join(found.streaming_content).decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["archive", "2", "1"]


def test_an_archive_is_read_back_page_by_page_and_searched(archived: Player) -> None:
    html = page(archived, "/audit-logs/archives/1/")
    assert html.count("data-key=") == 20
    assert "Entry 40 of ten:thousand," in html
    assert page(archived, "/audit-logs/archives/1/?page=2").count("data-key=") == 20
    assert page(archived, "/audit-logs/archives/1/?search=entry 7 ten").count("data-key=") == 1
    assert page(archived, "/audit-logs/archives/1/?search=person3&action_type=EMPLOYEE_EDITED").count("data-key=") == 2
    assert "No entry fits" in page(archived, "/audit-logs/archives/1/?search=nobody")


def test_one_archived_entry_is_shown_like_any_other(archived: Player) -> None:
    html = page(archived, "/audit-logs/archives/1/?search=entry 9 ten")
    seq = html.split('data-key="')[1].split('"')[0]
    html = page(archived, f"/audit-logs/{seq}/")
    assert "Entry 9 of ten" in html
    assert "person2@acme.test" in html
    assert "asha@acme.test" in html


def test_the_file_is_fetched_checked_and_on_record(archived: Player, tmp_path: Path) -> None:
    answer = archived.client.get("/audit-logs/archives/1/file/")
    file = tmp_path / "archive.jsonl.gz"
    file.write_bytes(b"".join(answer.streaming_content))
    publics = [named.public for named in keys.publics("checkpoint")]
    assert verify_archive(path=file, publics=publics).exit_code == 0
    assert b"acme.test" not in gzip.decompress(file.read_bytes())
    assert "Archive 1 of the audit log was fetched" in page(archived, "/audit-logs/")


def test_a_file_that_was_carried_away_is_said_to_be_elsewhere(archived: Player, tmp_path: Path) -> None:
    path = shelf().path(archived.acting.company_id or 0, 1)
    path.rename(tmp_path / "away")
    assert "its file is not on this server" in page(archived, "/audit-logs/archives/")
    assert archived.client.get("/audit-logs/archives/1/").status_code == 404
    assert archived.client.get("/audit-logs/3/").status_code == 404
    assert archived.client.get("/audit-logs/export/?format=bundle").status_code == 409
    (tmp_path / "away").rename(path)
    assert archived.client.get("/audit-logs/3/").status_code == 200


def test_a_file_that_was_changed_is_not_shown(archived: Player) -> None:
    path = shelf().path(archived.acting.company_id or 0, 1)
    true = path.read_bytes()
    path.write_bytes(true[:-40] + bytes(20) + true[-20:])
    assert archived.client.get("/audit-logs/archives/1/").status_code == 409
    path.write_bytes(true)
    assert archived.client.get("/audit-logs/archives/1/").status_code == 200


def test_the_api_lists_and_hands_out_archives(archived: Player) -> None:
    found = archived.client.get("/api/v1/audit/archives").json()
    assert (found["count"], found["pages"]) == (2, 1)
    assert [one["number"] for one in found["items"]] == [2, 1]
    one = found["items"][1]
    assert (one["first"], one["here"], one["entries"]) == (1, True, one["last"])
    answer = archived.client.get("/api/v1/audit/archives/1/file")
    assert len(b"".join(answer.streaming_content)) == one["bytes"]


def test_someone_of_whom_no_archive_tells_reads_none(archived: Player) -> None:
    employee = make_person(archived, Role.EMPLOYEE, "employee")
    assert "No archive tells of you" in page(employee, "/audit-logs/archives/")
    assert employee.client.get("/audit-logs/archives/1/").status_code == 404
    assert employee.client.get("/audit-logs/3/").status_code == 404
    assert "See the archives that tell of you" in page(employee, "/audit-logs/")


def test_pages_of_archives_ask_as_often_however_many_there_are(archived: Player) -> None:
    counts = []
    for months in (0, 6):
        live_through_more(archived, months)
        asked = []
        for path in ("/audit-logs/", "/audit-logs/archives/", "/audit-logs/archives/1/"):
            archived.client.get(path)
            with CaptureQueriesContext(connection) as caught:
                archived.client.get(path)
            asked.append(len(caught))
        counts.append(asked)
    assert counts[0] == counts[1]


def live_through_more(player: Player, months: int) -> None:
    log = player.acting.company_id or 0
    if months:
        live_through(log, months, since=JANUARY + timedelta(days=60), step=timedelta(days=31))
        jobs.archive_old(0)
