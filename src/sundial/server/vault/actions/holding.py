"""Rows held until the change is committed; the log is locked after them, never before."""

from datetime import datetime
from uuid import UUID

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


def _locked(file_id: int, revision: int | None, *, binned: bool) -> File:
    rows = File.objects.select_for_update(of=("self",), no_key=True)
    row = rows.filter(id=file_id, binned_at__isnull=not binned, erased_at__isnull=True).first()
    if row is None:
        raise NotFound
    if revision is not None and revision != row.revision:
        now_is = {"name": row.name, "policy": row.rule_text, "folder": row.folder_id, "revision": row.revision}
        raise Conflict("Somebody else changed this file meanwhile. Look at it again, then decide.", now_is)
    return row


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
