"""Rows held until the change is committed; the log is locked after them, never before."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Conflict, NotAllowed, NotFound
from sundial.server.vault import rules
from sundial.server.vault.models import File, Folder, Upload
from sundial.server.vault.queries.visible import inside, visible_file

_NOT_YOURS = "Only an administrator or whoever uploaded it may do this."


def held(acting: Acting, file_id: int, *, now: datetime, revision: int | None = None, binned: bool = False) -> File:
    """A file that `acting` may change. NotFound if they do not see it, NotAllowed if they only see it.

    With `revision`, what the page has seen, Conflict if somebody changed the file since.
    """
    seen = visible_file(acting, file_id, now=now, binned=binned)
    if not rules.may_change(acting, seen.owner_id):
        raise NotAllowed(_NOT_YOURS)
    return _locked(file_id, revision, binned=binned)


def held_for_rule(acting: Acting, file_id: int, *, now: datetime, revision: int | None = None) -> File:
    """A file whose rule `acting` may change."""
    visible_file(acting, file_id, now=now)
    if not rules.may_rule(acting):
        raise NotAllowed("Only an administrator may change the rule of a file.")
    return _locked(file_id, revision, binned=False)


def held_for_rules(file_ids: Collection[int]) -> dict[int, File]:
    """Those of these files that are in use, by id, for an administrator; locked in one order."""
    return {row.pk: row for row in _lockable(binned=False).filter(id__in=file_ids).order_by("id")}


def require_revision(row: File, revision: int | None) -> None:
    """Raise Conflict, with how the file is now, if this is not what the page has seen."""
    if revision is not None and revision != row.revision:
        now_is = {"name": row.name, "policy": row.rule_text, "folder": row.folder_id, "revision": row.revision}
        raise Conflict("Somebody else changed this file meanwhile. Look at it again, then decide.", now_is)


def _locked(file_id: int, revision: int | None, *, binned: bool) -> File:
    row = _lockable(binned=binned).filter(id=file_id).first()
    if row is None:
        raise NotFound
    require_revision(row, revision)
    return row


def _lockable(*, binned: bool) -> QuerySet[File]:
    rows = File.objects.select_for_update(of=("self",), no_key=True)
    return rows.filter(binned_at__isnull=not binned, erased_at__isnull=True)


def held_folder(acting: Acting, folder_id: int, *, binned: bool = False) -> Folder:
    """A folder that `acting` may change: an administrator any, others those they made."""
    inside(acting)
    rows = Folder.objects.select_for_update(of=("self",), no_key=True)
    row = rows.filter(id=folder_id, binned_at__isnull=not binned).first()
    if row is None:
        raise NotFound
    if not rules.may_change(acting, row.created_by_id):
        raise NotAllowed("Only an administrator or whoever made this folder may do this.")
    return row


def held_upload(acting: Acting, upload_id: UUID, *, now: datetime) -> Upload:
    """One's own upload that may go on; NotFound else."""
    inside(acting)
    rows = Upload.objects.select_for_update(of=("self",))
    row = rows.filter(id=upload_id, owner_id=acting.id, expires_at__gt=now).first()
    if row is None:
        raise NotFound
    return row
