"""Folders: made, renamed, moved, put into the bin with all that lies in them, and brought back."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Invalid, NotAllowed
from sundial.server.lib.scope import acting_for
from sundial.server.vault import rules
from sundial.server.vault.actions.binning import put_into_bin
from sundial.server.vault.actions.checks import checked_folder, checked_name, in_turn
from sundial.server.vault.actions.holding import held_folder
from sundial.server.vault.actions.telling import log_folder, refresh_pages, tell_folder
from sundial.server.vault.models import File, Folder
from sundial.server.vault.queries.folders import tree
from sundial.server.vault.queries.visible import company_of, inside, person_of
from sundial.server.vault.types import DEEPEST

_TAKEN = "There is a folder of this name here."


def make_folder(*, acting: Acting, name: str, parent_id: int | None = None, now: datetime) -> Folder:
    """A new folder; its name is read by everybody in the company."""
    with acting_for(company_of(acting)), transaction.atomic():
        company_id, wanted, parent = company_of(acting), checked_name(name), checked_folder(parent_id)
        in_turn(company_id, "names")
        _require_shallow(parent_id, 1)
        _require_free(wanted, parent_id)
        row = Folder.objects.create(
            company_id=company_id,
            parent_id=parent.pk if parent else None,
            name=wanted,
            folded=rules.folded(wanted),
            created_by_id=person_of(acting),
            created_at=now,
        )
        log_folder("FOLDER_CREATED", "was made", row, acting, now)
        refresh_pages(company_id)
    return row


def rename_folder(*, acting: Acting, folder_id: int, name: str, now: datetime) -> Folder:
    """Call a folder something else."""
    with acting_for(inside(acting)), transaction.atomic():
        row, wanted = held_folder(acting, folder_id), checked_name(name)
        if row.name == wanted:
            return row
        in_turn(row.company_id, "names")
        _require_free(wanted, row.parent_id, but=row.pk)
        row.name, row.folded = wanted, rules.folded(wanted)
        row.save(update_fields=["name", "folded"])
        log_folder("FOLDER_RENAMED", "was renamed", row, acting, now)
        tell_folder("folder_updated", row, acting, now)
        refresh_pages(row.company_id)
    return row


def move_folder(*, acting: Acting, folder_id: int, parent_id: int | None, now: datetime) -> Folder:
    """Put a folder into another; raises Invalid for one that lies in it."""
    with acting_for(inside(acting)), transaction.atomic():
        in_turn(inside(acting), "names")
        row, parent = held_folder(acting, folder_id), checked_folder(parent_id)
        known = tree()
        going = known.below(folder_id)
        if parent is not None and parent.pk in going:
            raise Invalid({"folder": "A folder cannot lie in itself."})
        if row.parent_id == parent_id:
            return row
        height = max(len(known.path(key)) for key in going) - len(known.path(folder_id)) + 1
        _require_shallow(parent_id, height)
        _require_free(row.name, parent_id)
        was, row.parent_id = row.parent_id, parent_id
        row.save(update_fields=["parent_id"])
        values = {"old_values": {"folder": was}, "new_values": {"folder": parent_id}}
        log_folder("FOLDER_MOVED", "was moved", row, acting, now, **values)
        tell_folder("folder_updated", row, acting, now)
        refresh_pages(row.company_id)
    return row


def bin_folder(*, acting: Acting, folder_id: int, now: datetime) -> int:
    """Put a folder and all that lies in it into the bin; how many files. All of it must be one's own, or ADMIN's."""
    with acting_for(inside(acting)), transaction.atomic():
        in_turn(inside(acting), "names")
        row = held_folder(acting, folder_id)
        going = tree().below(folder_id)
        folders = list(Folder.objects.select_for_update(of=("self",), no_key=True).filter(id__in=going).order_by("id"))
        files = File.objects.select_for_update(of=("self",), no_key=True).filter(folder_id__in=going)
        held = list(files.filter(binned_at__isnull=True).order_by("id"))
        _require_all(acting, [*(one.created_by_id for one in folders), *(one.owner_id for one in held)])
        for file in held:
            put_into_bin(file, acting, now)
        Folder.objects.filter(id__in=going).update(binned_at=now)
        log_folder("FOLDER_BINNED", "was put into the bin", row, acting, now, files=len(held), folders=len(folders))
        refresh_pages(row.company_id)
    return len(held)


def _require_all(acting: Acting, owners: list[int]) -> None:
    if not all(rules.may_change(acting, owner) for owner in owners):
        raise NotAllowed("Others keep files in this folder. Only an administrator may put all of it into the bin.")


def _require_free(name: str, parent_id: int | None, *, but: int | None = None) -> None:
    rows = Folder.objects.filter(parent_id=parent_id, folded=rules.folded(name), binned_at__isnull=True)
    if rows.exclude(Q(id=but)).exists():
        raise Invalid({"name": _TAKEN}, _TAKEN)


def _require_shallow(parent_id: int | None, height: int) -> None:
    if len(tree().path(parent_id)) + height > DEEPEST:
        raise Invalid({"folder": f"At most {DEEPEST} folders may lie within one another."})
