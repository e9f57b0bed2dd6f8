"""The key of a person's pictures is two halves: no backup opens what was erased, and keys of before get theirs."""

import os
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.db import transaction

from sundial.server.activity import actions, jobs, storage
from sundial.server.activity.actions.takeout import remove_all_pictures
from sundial.server.activity.models import PersonKey, Screenshot
from sundial.server.lib import clock, sealing
from sundial.server.lib.scope import acting_for
from sundial.server.lib.sealing import SealBroken
from tests.cast import Cast, Player
from tests.server.activity.test_pictures import file_of, row_of, taken


class Backup:
    """One picture in an old backup: its row, the row of its key, and its file."""

    def __init__(self, cast: Cast, screenshot_id: int) -> None:
        self.company_id = cast.company.pk
        self.row = row_of(self.company_id, screenshot_id)
        self.path = file_of(self.company_id, screenshot_id, "picture")
        self.sealed = self.path.read_bytes()

    def restore(self) -> None:
        """Put everything back as it was, over what is there now."""
        with acting_for(self.company_id), transaction.atomic():
            self.row.key.save(force_update=True)
            self.row.save(force_update=True)
        self.path.write_bytes(self.sealed)

    def opened(self) -> bytes:
        row = row_of(self.company_id, self.row.pk)
        return storage.read(row, row.key, storage.Part.PICTURE)


def key_of(cast: Cast, player: Player | None = None) -> PersonKey:
    with acting_for(cast.company.pk), transaction.atomic():
        return PersonKey.objects.get(user_id=(player or cast.employee).id, destroyed_at=None)


def outside(cast: Cast, player: Player | None = None) -> Path:
    name = key_of(cast, player).outside
    assert name is not None
    return path_of(cast.company.pk, name)


def path_of(company_id: int, name: UUID) -> Path:
    return Path(settings.KEYS_DIR) / "pictures" / "people" / str(company_id) / str(name)[-2:] / str(name)


def erase(cast: Cast) -> None:
    actions.erase_pictures_of(acting=cast.employee.acting, user_id=cast.employee.id, now=cast.now)


def lies_whole(cast: Cast, player: Player | None = None) -> PersonKey:
    """A key as an older release made it, under which a picture lies."""
    person = player or cast.employee
    with acting_for(cast.company.pk), transaction.atomic():
        bound = f"person-key|{cast.company.pk}|{person.id}".encode()
        return PersonKey.objects.create(
            company_id=cast.company.pk,
            user_id=person.id,
            made_at=cast.now,
            wrapped=sealing.new_wrapped_key(storage.PURPOSE, bound),
        )


def test_erased_is_unreadable_from_an_old_backup_of_database_and_files(cast: Cast) -> None:
    erased, kept = Backup(cast, taken(cast)), Backup(cast, taken(cast, cast.admin))
    before = kept.opened()
    half = outside(cast)
    erase(cast)
    assert not half.exists()
    for backup in (erased, kept):
        backup.restore()
    assert kept.opened() == before  # the backup itself is good: only what was erased stays closed
    with pytest.raises(SealBroken, match="destroyed"):
        erased.opened()


def test_neither_half_opens_anything_without_the_other(cast: Cast) -> None:
    backup = Backup(cast, taken(cast))
    key, half = backup.row.key, outside(cast)
    name, secret = key.outside, half.read_bytes()
    key.outside = None
    with pytest.raises(SealBroken):  # what the row holds, alone
        storage.read(backup.row, key, storage.Part.PICTURE)
    bound = f"screenshot|{cast.company.pk}|{backup.row.pk}|picture".encode()
    with pytest.raises(SealBroken):  # what the keys directory holds, alone
        sealing.unseal(secret, backup.sealed, bound)
    key.outside = name
    assert storage.read(backup.row, key, storage.Part.PICTURE)
    half.write_bytes(bytes(len(secret)))  # overwritten, and killed before it was taken away
    with pytest.raises(SealBroken, match="destroyed"):
        storage.read(backup.row, key, storage.Part.PICTURE)


def test_a_key_of_an_older_release_gets_its_half_and_its_pictures_stay_readable(cast: Cast) -> None:
    whole = lies_whole(cast)
    picture = Backup(cast, taken(cast))
    before = picture.opened()
    assert jobs.part_whole_keys(0) >= 1
    parted = key_of(cast)
    assert (parted.pk, parted.wrapped == whole.wrapped) == (whole.pk, False)
    assert outside(cast).exists()
    assert picture.opened() == before
    dump = Backup(cast, picture.row.pk)
    erase(cast)
    dump.restore()
    with pytest.raises(SealBroken, match="destroyed"):
        dump.opened()


def test_parting_again_parts_nothing_and_a_key_that_cannot_be_read_stays_as_it_is(cast: Cast) -> None:
    jobs.part_whole_keys(0)
    broken = lies_whole(cast, cast.manager)
    with acting_for(cast.company.pk), transaction.atomic():
        PersonKey.objects.filter(id=broken.pk).update(wrapped=bytes(broken.wrapped or b"")[:-1] + b"?")
    assert jobs.part_whole_keys(0) == 0
    assert key_of(cast, cast.manager).outside is None


def test_what_a_kill_left_after_the_commit_is_finished_by_the_sweep(cast: Cast) -> None:
    taken(cast)
    taken(cast, cast.admin)
    half, others = outside(cast), outside(cast, cast.admin)
    with acting_for(cast.company.pk), transaction.atomic():
        # As the commit leaves it; the process was killed before anything else was done.
        PersonKey.objects.filter(user_id=cast.employee.id).update(wrapped=None, destroyed_at=cast.now)
    assert half.exists()
    actions.sweep_files(now=clock.now())
    assert not half.exists()
    assert others.exists()


def test_a_half_of_no_key_is_swept_once_it_is_old(cast: Cast) -> None:
    taken(cast)
    half = outside(cast)
    stray = path_of(cast.company.pk, storage.new_key(cast.company.pk, cast.employee.id).outside)
    actions.sweep_files(now=clock.now())
    assert stray.exists(), "it may belong to a transaction that is not over"
    os.utime(stray, (0, 0))
    os.utime(half, (0, 0))
    actions.sweep_files(now=clock.now() + timedelta(days=300))
    assert not stray.exists()
    assert half.exists()


def test_a_closed_company_leaves_no_half(cast: Cast) -> None:
    backup = Backup(cast, taken(cast))
    half = outside(cast)
    remove_all_pictures(cast.company.pk)
    assert not half.exists()
    backup.path.parent.mkdir(parents=True, exist_ok=True)
    backup.path.write_bytes(backup.sealed)
    with pytest.raises(SealBroken, match="destroyed"):
        backup.opened()


def test_a_rollback_destroys_nothing(cast: Cast) -> None:
    backup = Backup(cast, taken(cast))
    with transaction.atomic():
        erase(cast)
        transaction.set_rollback(True)
    assert backup.opened()


def test_many_pictures_of_a_person_lie_under_one_key_with_one_half(cast: Cast) -> None:
    ids = [taken(cast) for _ in range(3)]
    with acting_for(cast.company.pk), transaction.atomic():
        assert Screenshot.objects.filter(id__in=ids).values("key").distinct().count() == 1
    assert len(list(storage.halves_outside(cast.company.pk))) == 1
