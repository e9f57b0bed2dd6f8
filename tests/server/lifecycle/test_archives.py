"""What becomes of archived audit entries when a company is exported, and when its data is deleted."""

import tracemalloc
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from sundial.server.audit.actions import record, signer
from sundial.server.audit.actions.reading_back import archive_read_by, archived_entries
from sundial.server.audit.models import ArchiveKey
from sundial.server.audit.types import Report
from sundial.server.audit.verify import verify_archive, verify_export, verify_live
from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle import actions, jobs
from tests.cast import Cast, make_cast
from tests.server.audit.archives import SHELF, archive_company
from tests.server.lifecycle.test_closing import closed, exported, fetched

ENTRIES = 40


def live_through(cast: Cast, count: int, word: str = "") -> None:
    """So many entries of two years ago, each about the employee or about nobody."""
    since = clock.now() - timedelta(days=700)
    with acting_for(cast.company.pk), transaction.atomic():
        for number in range(count):
            personal = number % 2 == 0
            record(
                acting=cast.admin.acting,
                company_id=cast.company.pk,
                action="EMPLOYEE_EDITED" if personal else "SETTINGS_CHANGED",
                description=f"{cast.employee.email} was edited{word}" if personal else f"Setting {number}{word}",
                details={"number": number},
                personal={"target": cast.employee.email} if personal else None,
                target_kind="person" if personal else "company",
                target_id=cast.employee.id if personal else cast.company.pk,
                now=since + timedelta(minutes=number),
            )


@pytest.fixture
def old(committed_db: None) -> Cast:
    """A company with a log of years, of which the oldest entries lie in one archive."""
    cast = make_cast(founded_at=clock.now() - timedelta(days=701))
    live_through(cast, ENTRIES)
    assert archive_company(cast.company.pk) > ENTRIES
    return cast


def checked(cast: Cast) -> Report:
    return verify_live(directory=Path(settings.CHECKPOINT_DIR), publics=signer().publics, only=cast.company.pk)


def unpacked(whole: zipfile.ZipFile, tmp_path: Path) -> Path:
    whole.extractall(tmp_path)
    return tmp_path / "audit"


def test_an_export_holds_the_whole_log_and_its_archives_and_both_verify(old: Cast, tmp_path: Path) -> None:
    folder = unpacked(fetched(old, exported(old)), tmp_path)
    report = verify_export(path=folder / "log.jsonl", publics=signer().publics)
    assert report.exit_code == 0, report.lines()
    assert report.verdicts[0].size > ENTRIES
    text = (folder / "log.jsonl").read_text()
    assert text.count(f"{old.employee.email} was edited") == ENTRIES / 2, "with the names that archives seal"
    (path,) = (folder / "archives").iterdir()
    assert path.read_bytes() == SHELF.path(old.company.pk, 1).read_bytes()
    assert verify_archive(path=path, publics=signer().publics).exit_code == 0


def test_one_changed_letter_in_the_exported_log_is_found(old: Cast, tmp_path: Path) -> None:
    path = unpacked(fetched(old, exported(old)), tmp_path) / "log.jsonl"
    path.write_text(path.read_text().replace("Setting 3", "Setting 8", 1))
    assert verify_export(path=path, publics=signer().publics).exit_code == 1


def test_without_a_file_of_an_archive_the_rest_is_exported(old: Cast, tmp_path: Path) -> None:
    file = SHELF.path(old.company.pk, 1)
    file.rename(tmp_path / "elsewhere")
    whole = fetched(old, exported(old))
    (tmp_path / "elsewhere").rename(file)
    assert [name for name in whole.namelist() if name.startswith("audit/")] == []
    assert "tables/audit_entry.jsonl" in whole.namelist()


def test_an_archive_that_was_changed_leaves_a_log_that_verifying_finds(old: Cast, tmp_path: Path) -> None:
    file = SHELF.path(old.company.pk, 1)
    before = file.read_bytes()
    file.write_bytes(before[:-200])
    try:
        folder = unpacked(fetched(old, exported(old)), tmp_path)
    finally:
        file.write_bytes(before)
    assert verify_export(path=folder / "log.jsonl", publics=signer().publics).exit_code == 1


def test_a_long_log_is_exported_in_little_memory(old: Cast) -> None:
    live_through(old, 1500, word=" and again" * 400)  # 6 MB
    export = actions.ask_export(acting=old.admin.acting, company_id=old.company.pk, now=old.now)
    tracemalloc.start()
    try:
        jobs.make_company_export(old.company.pk, export)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert fetched(old, export).getinfo("audit/log.jsonl").file_size > 6_000_000
    assert peak < 60_000_000


def test_archives_of_a_deleted_company_stay_as_evidence_and_name_nobody(old: Cast) -> None:
    closed(old)
    before = SHELF.path(old.company.pk, 1).read_bytes()
    assert actions.delete_closed(now=old.now + timedelta(days=31)) >= 1
    assert SHELF.path(old.company.pk, 1).read_bytes() == before, "sealed by person, no byte has to change"
    report = checked(old)
    assert report.exit_code == 0, report.lines()
    with acting_for(old.company.pk), transaction.atomic():
        left = set(ArchiveKey.objects.exclude(kind__in=("", "company")).values_list("kind", "subject"))
    assert left == {("person", old.owner.id)}
    archived = archive_read_by(old.admin.acting, 1)
    entries = [one for page in (1, 2, 3) for one in archived_entries(old.admin.acting, archived, page=page).items]
    assert {one.user for one in entries if one.actor_role == "ADMIN"} == {None}
    assert {one.user for one in entries if one.actor_role == "OWNER"} == {old.owner.email}, "who founded it is evidence"
    assert {one.description for one in entries if one.target_kind == "person"} == {None}
    assert any(one.description == "Setting 3" for one in entries), "what was said of the company itself stays"
