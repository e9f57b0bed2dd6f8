"""The bin: files go there first, come back from there, and are deleted for good from there."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Q

from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotFound
from sundial.server.lib.outcomes import Outcome, alone
from sundial.server.lib.scope import acting_for
from sundial.server.vault import rules
from sundial.server.vault.actions.checks import free_name, in_turn
from sundial.server.vault.actions.erasing import erase_versions
from sundial.server.vault.actions.holding import held
from sundial.server.vault.actions.telling import log_file, refresh_pages, tell, tell_arrived
from sundial.server.vault.actions.uploads import give_up
from sundial.server.vault.models import File, Folder, Share, Upload
from sundial.server.vault.queries.visible import company_of, inside


def bin_file(*, acting: Acting, file_id: int, revision: int | None = None, now: datetime) -> File:
    """Put a file into the bin: nobody opens it there, and after a while it is deleted for good."""
    with acting_for(inside(acting)), transaction.atomic():
        row = held(acting, file_id, now=now, revision=revision)
        put_into_bin(row, acting, now)
        refresh_pages(row.company_id)
    return row


def put_into_bin(row: File, acting: Acting, now: datetime) -> None:
    """Of a file that is held; in the caller's transaction."""
    row.binned_at, row.binned_by_id, row.revision = now, acting.id, row.revision + 1
    row.save(update_fields=["binned_at", "binned_by_id", "revision"])
    log_file("FILE_BINNED", "was put into the bin", row, acting, now)
    tell("file_deleted", row, acting, now)


def restore_file(*, acting: Acting, file_id: int, now: datetime) -> File:
    """Take a file out of the bin; its folder is gone: to the top; its name is taken: numbered."""
    with acting_for(inside(acting)), transaction.atomic():
        row = held(acting, file_id, now=now, binned=True)
        in_turn(row.company_id, "names")
        if not Folder.objects.filter(Q(id=row.folder_id), binned_at__isnull=True).exists():
            row.folder_id = None
        row.name = free_name(row.name, row.folder_id)
        row.folded, row.binned_at, row.binned_by_id = rules.folded(row.name), None, None
        row.revision, row.updated_at = row.revision + 1, now
        row.save()
        log_file("FILE_RESTORED", "was taken out of the bin", row, acting, now)
        tell_arrived(row, acting, now)
        refresh_pages(row.company_id)
    return row


def delete_for_good(*, acting: Acting, file_id: int, now: datetime) -> None:
    """Destroy the keys of a file, in use or in the bin: nobody can read it any more, from no backup either."""
    with acting_for(inside(acting)), transaction.atomic():
        row = _held_anywhere(acting, file_id, now)
        erase(row, acting, now)
        refresh_pages(row.company_id)


def _held_anywhere(acting: Acting, file_id: int, now: datetime) -> File:
    try:
        return held(acting, file_id, now=now)
    except NotFound:
        return held(acting, file_id, now=now, binned=True)


def erase(row: File, acting: Acting, now: datetime) -> None:
    """Of a file that is held: its content and its name go, its row stays for the log. In the caller's transaction."""
    for upload in Upload.objects.select_for_update(of=("self",)).filter(file_id=row.pk):
        give_up(upload)
    Share.objects.filter(file_id=row.pk, ended_at__isnull=True).update(ended_at=now)
    erase_versions(acting=acting, file=row, now=now)
    log_file("FILE_DELETED", "was deleted for good", row, acting, now)
    tell("file_deleted", row, acting, now)
    row.binned_at, row.erased_at, row.updated_at = row.binned_at or now, now, now
    row.name, row.folded, row.rule_text, row.folder_id, row.version, row.size = "", "", "", None, 0, 0
    row.revision += 1
    row.save()


def bin_many(*, acting: Acting, file_ids: Iterable[int], now: datetime) -> list[Outcome]:
    """Put several files into the bin; each stands alone."""
    return each(acting, file_ids, lambda key: bin_file(acting=acting, file_id=key, now=now))


def restore_many(*, acting: Acting, file_ids: Iterable[int], now: datetime) -> list[Outcome]:
    """Take several files out of the bin; each stands alone."""
    return each(acting, file_ids, lambda key: restore_file(acting=acting, file_id=key, now=now))


def delete_many_for_good(*, acting: Acting, file_ids: Iterable[int], now: datetime) -> list[Outcome]:
    """Destroy several files; each stands alone."""
    return each(acting, file_ids, lambda key: delete_for_good(acting=acting, file_id=key, now=now))


def each(acting: Acting, ids: Iterable[int], do: Callable[[int], object]) -> list[Outcome]:
    """What came of each, in one transaction and in one order; who is refused leaves the others done."""
    with acting_for(company_of(acting)), transaction.atomic():
        return [alone(key, partial(do, key)) for key in sorted(set(ids))]
