"""What is erased cannot be read any more: not here, and not from an old copy of the database and of the files."""

import json
import os
import shutil
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from sundial.server.audit.models import Entry
from sundial.server.lib.scope import acting_for
from sundial.server.lib.seal import SealBroken
from sundial.server.vault.actions.erasing import OLD_ENOUGH, erase_versions, remove_all_files, sweep
from sundial.server.vault.models import CompanyKey, File, Upload, Version
from sundial.server.vault.storage import SECRETS, Place, open_draft, open_version
from tests.cast import Cast
from tests.server.vault.filed import add_version, begin, put

pytestmark = pytest.mark.usefixtures("own_database")

BODY = b"to be forgotten " * 10_000


def erase(cast: Cast, file: File, *numbers: int) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        erase_versions(acting=cast.admin.acting, file=file, numbers=numbers or None, now=cast.now)


def read(cast: Cast, file: File, number: int = 1) -> bytes:
    with acting_for(cast.company.pk), transaction.atomic():
        row = File.objects.get(id=file.pk)
        with open_version(row, Version.objects.get(file_id=file.pk, number=number)) as reader:
            return reader.read(len(BODY))


class Backup:
    """A copy of a company's rows and sealed bytes, as an old backup of database and data directory holds them."""

    def __init__(self, cast: Cast, file: File, folder: Path) -> None:
        self.cast, self.folder = cast, folder
        with acting_for(cast.company.pk), transaction.atomic():
            self.version = Version.objects.get(file_id=file.pk)
            self.row = File.objects.get(id=file.pk)
            self.keys = list(CompanyKey.objects.all())
        self.place = Place(cast.company.pk, self.version.storage)
        shutil.copy(self.place.path, folder / "sealed")

    def restore(self) -> None:
        """Put everything back as it was, over what is there now."""
        with acting_for(self.cast.company.pk), transaction.atomic():
            for row in (self.row, self.version, *self.keys):
                row.save(force_update=True)
        shutil.copy(self.folder / "sealed", self.place.path)


def test_erased_is_unreadable_at_once_and_the_log_says_what_it_was(cast: Cast) -> None:
    file = put(cast, BODY)
    with acting_for(cast.company.pk), transaction.atomic():
        version = Version.objects.get(file_id=file.pk)
    place = Place(cast.company.pk, version.storage)
    erase(cast, file)
    with pytest.raises(SealBroken, match="destroyed"):
        read(cast, file)
    assert not place.path.exists()
    assert not SECRETS.is_there(cast.company.pk, version.storage)
    with acting_for(cast.company.pk), transaction.atomic():
        entry = Entry.objects.get(action="FILE_ERASED", target_id=file.pk, target_kind="file")
    assert json.loads(entry.details)["versions"] == [
        {"bytes": len(BODY), "digest": bytes(version.sha256).hex(), "storage": str(version.storage), "version": 1}
    ]


def test_erased_is_unreadable_from_an_old_backup_of_database_and_files(cast: Cast, tmp_path: Path) -> None:
    kept, erased = put(cast, BODY), put(cast, BODY)
    (tmp_path / "kept").mkdir()
    backups = Backup(cast, kept, tmp_path / "kept"), Backup(cast, erased, tmp_path)
    erase(cast, erased)
    for backup in backups:
        backup.restore()
    assert read(cast, kept) == BODY  # the backup itself is good: only what was erased stays closed
    with pytest.raises(SealBroken, match="destroyed"):
        read(cast, erased)


def test_a_rollback_destroys_nothing(cast: Cast) -> None:
    file = put(cast, BODY)
    with acting_for(cast.company.pk), transaction.atomic():
        erase_versions(acting=cast.admin.acting, file=file, now=cast.now)
        transaction.set_rollback(True)
    assert read(cast, file) == BODY


def test_one_version_can_be_erased_and_the_others_stay(cast: Cast) -> None:
    file = put(cast, BODY)
    with acting_for(cast.company.pk), transaction.atomic():
        add_version(cast, file, b"second")
    erase(cast, file, 1)
    with pytest.raises(SealBroken):
        read(cast, file, 1)
    assert read(cast, file, 2) == b"second"
    erase(cast, file, 1)  # again is no fault


def test_what_a_kill_left_after_the_commit_is_finished_by_the_sweep(cast: Cast, tmp_path: Path) -> None:
    file = put(cast, BODY)
    with acting_for(cast.company.pk), transaction.atomic():
        version = Version.objects.get(file_id=file.pk)
        # As the commit leaves it; the process was killed before anything else was done.
        Version.objects.filter(id=version.pk).update(wrapped_key=None, erased_at=cast.now)
    assert SECRETS.is_there(cast.company.pk, version.storage)
    assert sweep(now=cast.now) >= 1
    assert not SECRETS.is_there(cast.company.pk, version.storage)
    assert not Place(cast.company.pk, version.storage).path.exists()


def test_the_sweep_takes_what_belongs_to_nothing_once_it_is_old_and_leaves_the_rest(cast: Cast) -> None:
    file = put(cast, BODY)
    with acting_for(cast.company.pk), transaction.atomic():
        under_way, lost = begin(cast, None, 5), begin(cast, None, 5)
        with open_draft(under_way) as one, open_draft(lost) as other:
            one.keep()
            other.keep()
        Upload.objects.filter(id=lost.pk).delete()
    places = {upload: Place(cast.company.pk, upload.storage) for upload in (under_way, lost)}
    sweep(now=cast.now)
    assert places[lost].path.exists()  # it may belong to a transaction that is not over
    for path in (places[lost].path, places[lost].state):
        os.utime(path, (time.time() - OLD_ENOUGH.total_seconds() * 2,) * 2)
    secret = next(Path(path) for path in _secrets(cast) if path.name == str(lost.storage))
    os.utime(secret, (time.time() - OLD_ENOUGH.total_seconds() * 2,) * 2)
    sweep(now=cast.now)
    assert not places[lost].path.exists()
    assert not places[lost].state.exists()
    assert not SECRETS.is_there(cast.company.pk, lost.storage)
    assert places[under_way].path.exists()
    sweep(now=cast.now + timedelta(days=300))
    assert SECRETS.is_there(cast.company.pk, under_way.storage)
    assert read(cast, file) == BODY


def _secrets(cast: Cast) -> list[Path]:
    return list((Path(settings.KEYS_DIR) / "vault" / "files" / str(cast.company.pk)).glob("*/*"))


def test_a_closed_company_leaves_nothing_that_could_be_read(cast: Cast) -> None:
    file = put(cast, BODY)
    remove_all_files(cast.company.pk)
    assert _secrets(cast) == []
    with pytest.raises(SealBroken):
        read(cast, file)
