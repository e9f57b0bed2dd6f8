"""Old entries leave the table for a file, and the log is as whole as before."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from sundial.server.audit import actions, queries
from sundial.server.audit.models import ArchiveKey, Entry, Personal
from sundial.server.audit.rules import months
from sundial.server.audit.storage import EvidenceError
from sundial.server.audit.types import Subject
from sundial.server.audit.verify import verify_archive, verify_export
from sundial.server.lib.errors import Invalid
from sundial.server.lib.scope import acting_for
from tests.server.audit.archives import SHELF, Past, live_through
from tests.server.audit.conftest import Notary
from tests.server.audit.plays import ADMIN, NOW, fill, fresh_log
from tests.server.audit.tampering import Row

RAVI = Subject("person", 12)


@pytest.fixture
def past(notary: Notary) -> Past:
    """Three months of entries long ago, and a few of today."""
    made = Past(fresh_log(), notary)
    live_through(made.log, 120)
    fill(made.log, 5)
    notary.attest(made.log)
    return made


def in_table(log: int) -> list[int]:
    with acting_for(log), transaction.atomic():
        rows = Entry.objects.filter(company_id=log).order_by("seq").values_list("seq", flat=True)
        personal = Personal.objects.filter(company_id=log).order_by("seq").values_list("seq", flat=True)
        assert list(rows) == list(personal)
        return list(rows)


def test_what_is_old_leaves_the_table_month_by_month_and_the_log_says_so(past: Past) -> None:
    assert past.archive() == 120
    found = past.archives
    assert [(one.number, one.removed, one.first_at.month) for one in found] == [
        (1, True, 1),
        (2, True, 2),
        (3, True, 3),
    ]
    assert [(one.first, one.last) for one in found] == [(1, 42), (43, 87), (88, 120)]
    assert in_table(past.log) == list(range(121, 129)), "five of today, three that say what was archived"
    said = queries.said_archived(past.log)
    assert [said[one.recorded] for one in found] == [one.as_recorded() for one in found]
    assert past.archive() == 0, "nothing more is old enough"


def test_a_log_with_archives_verifies_entry_by_entry(past: Past) -> None:
    before = past.notary.note(past.log)
    past.archive()
    report = past.notary.report(past.log)
    assert report.exit_code == 0, report.lines()
    assert report.lines() == [f"intact log {past.log}: 128 entries, 128 attested from outside, 120 read from archives"]
    assert past.notary.verdict(past.log, before).state == "intact", "an old checkpoint still lies on the way"


def test_without_its_file_a_range_is_taken_on_its_hash_and_that_is_said(past: Past, tmp_path: Path) -> None:
    past.archive()
    file = SHELF.path(past.log, 2)
    file.rename(tmp_path / "elsewhere")
    report = past.notary.report(past.log)
    (tmp_path / "elsewhere").rename(file)
    assert report.exit_code == 0
    assert report.lines() == [
        f"intact log {past.log}: 128 entries, 128 attested from outside, 75 read from archives",
        f"note: log {past.log}: the entries 43 to 87 are in archive 2, which is not here: "
        "they were taken on its hash alone",
    ]


def test_even_without_leaf_hashes_outside_the_root_comes_out(past: Past) -> None:
    past.archive()
    for tile in (past.notary.directory / str(past.log) / "tile").rglob("*"):
        if tile.is_file():
            tile.unlink()
    assert past.notary.report(past.log).exit_code == 0
    file = SHELF.path(past.log, 1)
    content = file.read_bytes()
    file.unlink()
    report = past.notary.report(past.log)
    assert report.exit_code == 0, report.lines()
    assert "taken on its hash" in report.lines()[-1]
    fill(past.log, 1)
    with pytest.raises(actions.RefusedError, match="archive 1 would have to be here"):
        past.notary.attest(past.log)
    file.write_bytes(content)
    assert past.notary.attest(past.log), "leaf hashes that were lost are made again, from the archives too"
    assert past.notary.verdict(past.log).attested == 129


def test_entries_are_recorded_and_attested_after_archives_as_before(past: Past) -> None:
    past.archive()
    fill(past.log, 20)
    assert past.notary.attest(past.log)
    assert past.notary.verdict(past.log).attested == 148


def test_a_large_month_is_cut_into_several_archives(past: Past) -> None:
    assert past.archive(most=20) == 120
    assert [one.entries for one in past.archives] == [20, 20, 2, 20, 20, 5, 20, 13]
    assert past.notary.report(past.log).exit_code == 0


def test_a_month_that_is_not_wholly_old_stays(past: Past) -> None:
    assert past.archive(before=datetime(2025, 3, 31, tzinfo=UTC)) == 87
    assert in_table(past.log)[0] == 88


def test_an_archive_whose_entries_could_not_leave_is_finished_the_next_time(past: Past) -> None:
    past.archive(before=datetime(2025, 2, 1, tzinfo=UTC))
    with acting_for(past.log), transaction.atomic():
        assert queries.taken_out(past.log) == 42
    broken = SHELF.path(past.log, 2)
    broken.mkdir(parents=True)  # nothing can be written in its place
    with pytest.raises(EvidenceError, match="cannot be written"):
        past.archive()
    broken.rmdir()
    assert in_table(past.log)[0] == 43
    assert past.archive() == 78
    assert past.notary.report(past.log).exit_code == 0


def test_a_rewritten_log_is_not_archived(past: Past, owner: psycopg.Connection[Row]) -> None:
    with acting_for(past.log), transaction.atomic():
        assert Entry.objects.filter(company_id=past.log, seq=7).exists()
    owner.execute("UPDATE audit_entry SET details = '{}' WHERE company_id = %s AND seq = 7", [past.log])
    with pytest.raises(Exception, match="hash is not that of what it says"):
        past.archive()
    assert past.archives == []
    assert not SHELF.has(past.log, 1)


# -- people ---------------------------------------------------------------------------------------


def test_an_archive_says_nothing_of_people_in_the_open(past: Past) -> None:
    past.archive()
    text = b"".join(b"".join(SHELF.lines(past.log, one.number)) for one in past.archives)
    assert b"EMPLOYEE_EDITED" in text
    for word in (b"ravi", b"person1@", b"Entry 7", "Ünal".encode(), b"203.0.113.77"):
        assert word not in text


def test_erasing_somebody_reaches_into_archives_and_the_log_stays_whole(past: Past) -> None:
    past.archive()
    files = [SHELF.digest(past.log, one.number) for one in past.archives]
    with acting_for(past.log), transaction.atomic():
        assert ArchiveKey.objects.filter(company_id=past.log, kind="person", subject=12).count() == 3
    # Every fifth entry is by him, every twenty-first about him.
    assert actions.erase(acting=ADMIN, company_id=past.log, subjects=[RAVI], now=NOW) == 24 + 5
    past.notary.attest(past.log)
    verdict = past.notary.verdict(past.log)
    assert (verdict.state, verdict.erased) == ("intact", 28), "of one entry both halves were his"
    assert files == [SHELF.digest(past.log, one.number) for one in past.archives], "the files are as they were"


def test_who_was_erased_before_is_not_in_the_archive_at_all(past: Past) -> None:
    assert actions.erase(acting=ADMIN, company_id=past.log, subjects=[RAVI], now=NOW) == 29
    past.archive()
    with acting_for(past.log), transaction.atomic():
        assert not ArchiveKey.objects.filter(company_id=past.log, kind="person", subject=12).exists()
    assert past.notary.verdict(past.log).erased == 28


def test_a_key_that_is_gone_without_an_entry_is_an_alarm(past: Past) -> None:
    past.archive()
    with acting_for(past.log), transaction.atomic():
        ArchiveKey.objects.filter(company_id=past.log, archive=1, kind="person", subject=12).delete()
    verdict = past.notary.verdict(past.log)
    assert (verdict.state, verdict.first_bad) == ("tampered", 5)
    assert "no entry says" in verdict.reason


# -- carried away ----------------------------------------------------------------------------------


def test_an_archive_verifies_alone_with_the_public_key(past: Past) -> None:
    past.archive()
    file = SHELF.path(past.log, 2)
    report = verify_archive(path=file, publics=past.notary.signer.publics)
    assert report.lines() == [
        "intact 000002.jsonl.gz: 45 entries, 45 attested from outside",
        "note: it holds the entries 43 to 87; their personal values are sealed",
    ]
    assert verify_archive(path=file, publics=()).exit_code == 2
    assert verify_archive(path=file.with_name("nothing"), publics=past.notary.signer.publics).exit_code == 2
    stranger = Notary(past.notary.directory.parent / "stranger")
    assert verify_archive(path=file, publics=stranger.signer.publics).exit_code == 1


def test_the_whole_log_is_exported_archives_included(past: Past, tmp_path: Path) -> None:
    past.archive()
    actions.erase(acting=ADMIN, company_id=past.log, subjects=[RAVI], now=NOW)
    past.notary.attest(past.log)
    size = queries.end_of(past.log).size
    path = tmp_path / "log.jsonl"
    pieces = actions.sealed(
        log=past.log, size=size, signer=past.notary.signer, folder=past.desk.folder, now=NOW, at_once=50
    )
    path.write_bytes(b"".join(pieces))
    report = verify_export(path=path, publics=past.notary.signer.publics)
    assert report.lines() == [
        f"intact log.jsonl: {size} entries, {size} attested from outside, 28 with erased personal values"
    ]
    assert b"Entry 119 of ten" in path.read_bytes()


# -- what the database lets through -----------------------------------------------------------------


def remove(past: Past, number: int, note: str) -> None:
    with acting_for(past.log), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT audit_remove_archived(%s, %s)", [number, note])


def test_nothing_is_removed_that_was_not_archived(past: Past) -> None:
    with pytest.raises(DatabaseError, match="no such archive"):
        remove(past, 1, past.notary.note(past.log))


def test_nobody_says_in_place_of_the_function_that_something_was_removed(past: Past) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        acting_for(past.log),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("INSERT INTO audit_removal VALUES (%s, 1, 5, now(), '')", [past.log])


def test_the_rule_has_limits_and_is_recorded(past: Past) -> None:
    for wrong in (0, 11, 121):
        with pytest.raises(Invalid):
            actions.change_archive_rule(acting=ADMIN, log=past.log, months_kept=wrong, now=NOW)
    actions.change_archive_rule(acting=ADMIN, log=past.log, months_kept=24, now=NOW)
    assert queries.archived_after(past.log) == 24
    assert (past.log, 24) in queries.archive_rules()
    actions.change_archive_rule(acting=ADMIN, log=past.log, months_kept=None, now=NOW)
    assert queries.archived_after(past.log) is None
    with acting_for(past.log), transaction.atomic():
        assert Entry.objects.filter(company_id=past.log, action="SETTINGS_CHANGED", at=NOW).count() == 2


def test_months_are_whole_ones() -> None:
    assert months.line(datetime(2026, 3, 31, tzinfo=UTC), 12) == datetime(2025, 3, 1, tzinfo=UTC)
    assert months.line(datetime(2026, 1, 1, tzinfo=UTC), 13) == datetime(2024, 12, 1, tzinfo=UTC)
    assert months.end_of(datetime(2024, 12, 31, 23, tzinfo=UTC)) == datetime(2025, 1, 1, tzinfo=UTC)
    assert months.end_of(datetime(2024, 2, 1, tzinfo=UTC)) - timedelta(days=29) == datetime(2024, 2, 1, tzinfo=UTC)
