"""Renaming and moving files."""

from datetime import datetime

from django.db import transaction

from sundial.server.lib.acting import Acting
from sundial.server.lib.scope import acting_for
from sundial.server.vault import rules
from sundial.server.vault.actions.checks import checked_folder, checked_name, in_turn, require_free
from sundial.server.vault.actions.holding import held
from sundial.server.vault.actions.telling import log_file, refresh_pages, tell
from sundial.server.vault.models import File
from sundial.server.vault.queries.visible import inside


def rename(*, acting: Acting, file_id: int, name: str, revision: int | None = None, now: datetime) -> File:
    """Call a file something else; it is called that already: nothing is done. Raises Invalid for a taken name."""
    with acting_for(inside(acting)), transaction.atomic():
        row, wanted = held(acting, file_id, now=now, revision=revision), checked_name(name)
        if row.name == wanted:
            return row
        in_turn(row.company_id, "names")
        require_free(wanted, row.folder_id, but=row.pk)
        was, row.name, row.folded = row.name, wanted, rules.folded(wanted)
        _save(row, now, "name", "folded")
        log_file("FILE_RENAMED", "was renamed", row, acting, now, more={"was": was})
        tell("file_updated", row, acting, now, was=was)
        refresh_pages(row.company_id)
    return row


def move(*, acting: Acting, file_id: int, folder_id: int | None, revision: int | None = None, now: datetime) -> File:
    """Put a file into another folder, or to the top; it lies there already: nothing is done."""
    with acting_for(inside(acting)), transaction.atomic():
        row = held(acting, file_id, now=now, revision=revision)
        folder = checked_folder(folder_id)
        if row.folder_id == (folder.pk if folder else None):
            return row
        in_turn(row.company_id, "names")
        require_free(row.name, folder_id)
        was, row.folder_id = row.folder_id, folder.pk if folder else None
        _save(row, now, "folder_id")
        log_file(
            "FILE_MOVED", "was moved", row, acting, now, old_values={"folder": was}, new_values={"folder": folder_id}
        )
        tell("file_updated", row, acting, now)
        refresh_pages(row.company_id)
    return row


def _save(row: File, now: datetime, *fields: str) -> None:
    row.revision, row.updated_at = row.revision + 1, now
    row.save(update_fields=[*fields, "revision", "updated_at"])
