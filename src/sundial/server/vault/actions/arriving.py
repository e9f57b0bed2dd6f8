"""What came in whole becomes a file, or a new version of one."""

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Max, Q

from sundial.server.lib.acting import Acting
from sundial.server.vault import rules, storage
from sundial.server.vault.actions.checks import free_name, in_turn
from sundial.server.vault.actions.keys import bind_to_version
from sundial.server.vault.actions.telling import log_file, refresh_pages, refresh_progress, tell_arrived
from sundial.server.vault.models import File, Folder, Upload, Version
from sundial.server.vault.types import kind_of


def arrive(upload: Upload, kept: storage.Kept, acting: Acting, now: datetime) -> File:
    """Make the file or version of an upload whose last byte came; its row goes. In the company's scope.

    What happened meanwhile loses no upload: a name that was taken is numbered, a folder that went is the top.
    """
    in_turn(upload.company_id, "names")
    row = _next_version_of(upload) or _new_file(upload, now)
    number = _highest(row) + 1
    row.version, row.size, row.media_type, row.updated_at = number, upload.length, upload.media_type, now
    row.revision += 0 if number == 1 else 1
    row.save()
    wrapped = bind_to_version(upload=upload, file=row, number=number, now=now)
    Version.objects.create(
        company_id=row.company_id,
        file_id=row.pk,
        number=number,
        size=kept.size,
        media_type=row.media_type,
        chunks=kept.chunks,
        storage=upload.storage,
        wrapped_key=wrapped.key,
        company_key=wrapped.company_key,
        sha256=kept.digest,
        created_by_id=upload.owner_id,
        created_at=now,
    )
    place = storage.Place(upload.company_id, upload.storage)
    upload.delete()
    _tell(row, number, acting, now)
    transaction.on_commit(partial(storage.close_up, place))
    return row


def _next_version_of(upload: Upload) -> File | None:
    """The file that gets a new version; None if there is none to be had any more."""
    rows = File.objects.select_for_update(of=("self",), no_key=True)
    return rows.filter(id=upload.file_id, binned_at__isnull=True).first() if upload.file_id else None


def _new_file(upload: Upload, now: datetime) -> File:
    upload.file_id = None
    folder = Folder.objects.filter(Q(id=upload.folder_id), binned_at__isnull=True).first()
    name = free_name(upload.name, folder.pk if folder else None)
    return File.objects.create(
        company_id=upload.company_id,
        folder_id=folder.pk if folder else None,
        name=name,
        folded=rules.folded(name),
        owner_id=upload.owner_id,
        rule_text=upload.rule_text,
        rule_language=upload.rule_language,
        created_at=now,
        updated_at=now,
    )


def _highest(row: File) -> int:
    found: int | None = Version.objects.filter(file_id=row.pk).aggregate(highest=Max("number"))["highest"]
    return found or 0


def _tell(row: File, number: int, acting: Acting, now: datetime) -> None:
    facts: dict[str, Any] = {"version": number, "size": row.size, "kind": kind_of(row.media_type)}
    if number == 1:
        log_file("FILE_UPLOADED", "was uploaded", row, acting, now, more={"rule": row.rule_text}, **facts)
    else:
        log_file("FILE_VERSION_ADDED", f"has a new version, {number}", row, acting, now, **facts)
    tell_arrived(row, acting, now, version=number)
    refresh_progress(row.company_id)
    refresh_pages(row.company_id)
