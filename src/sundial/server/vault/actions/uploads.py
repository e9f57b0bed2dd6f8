"""Uploads: begun, coming in part by part, gone on with after a cut, given up."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

from django.db import transaction

from sundial import access
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Conflict, Invalid, TooMany
from sundial.server.lib.scope import acting_for
from sundial.server.vault import rules, storage
from sundial.server.vault.actions.arriving import arrive
from sundial.server.vault.actions.checks import (
    TAKEN,
    checked_folder,
    checked_name,
    checked_rule,
    file_called,
    free_name,
    in_turn,
)
from sundial.server.vault.actions.erasing import drop_upload_key
from sundial.server.vault.actions.holding import held, held_upload
from sundial.server.vault.actions.keys import new_upload_key
from sundial.server.vault.actions.telling import refresh_progress
from sundial.server.vault.models import File, Upload
from sundial.server.vault.queries.uploads import room_of
from sundial.server.vault.queries.visible import company_of, inside, person_of
from sundial.server.vault.types import LARGEST, UPLOAD_LASTS

SameName = Literal["refuse", "version", "both"]
_MOST_AT_ONCE = 200
_GIGABYTE = 1 << 30


class NoRoom(Invalid):
    """The company's room is full."""

    code = "no_room"


class TooLarge(Invalid):
    """The file is larger than any may be."""

    status, code = 413, "too_large"


class NameTaken(Invalid):
    """There is a file of this name already."""

    code = "name_taken"


def begin_upload(
    *,
    acting: Acting,
    name: str,
    length: int,
    folder_id: int | None = None,
    rule_text: str = "",
    file_id: int | None = None,
    same_name: SameName = "refuse",
    now: datetime,
) -> Upload:
    """Begin to take a file, or with `file_id` the next version of one; its room is kept from now on.

    Where a file of this name is there: `refuse` raises NameTaken, `version` makes this its next version, `both` numbers
    the new one. An empty rule is none: the file opens for nobody until an administrator writes one.
    """
    with acting_for(_company(acting, file_id)), transaction.atomic():
        return begun(acting, name, length, folder_id, rule_text, file_id, same_name, now)


def _company(acting: Acting, file_id: int | None) -> int:
    """Where it goes; somebody from nowhere may not list files, and finds none to make a version of."""
    return company_of(acting) if file_id is None else inside(acting)


def begun(
    acting: Acting, name: str, length: int, folder_id: int | None, rule_text: str, file_id: int | None,
    same_name: SameName, now: datetime,
) -> Upload:  # fmt: skip
    """The row of a new upload; in the company's scope and the caller's transaction."""
    company_id = company_of(acting)
    folder = checked_folder(folder_id)
    of = held(acting, file_id, now=now) if file_id is not None else None
    title = of.name if of else checked_name(name)
    of = of or _same(acting, title, folder_id, same_name, now)
    _require_room(acting, company_id, length)
    rule = of.rule_text if of else checked_rule(rule_text)
    place = uuid4()
    wrapped = new_upload_key(company_id=company_id, storage=place, now=now)
    return Upload.objects.create(
        id=uuid4(),
        company_id=company_id,
        file_id=of.pk if of else None,
        folder_id=of.folder_id if of else folder.pk if folder else None,
        name=title if of or same_name != "both" else free_name(title, folder_id),
        owner_id=person_of(acting),
        length=length,
        wrapped_key=wrapped.key,
        company_key=wrapped.company_key,
        storage=place,
        rule_text=rule,
        rule_language=access.LANGUAGE,
        media_type=rules.media_type_of(b""),
        begun_at=now,
        touched_at=now,
        expires_at=now + UPLOAD_LASTS,
    )


def _same(acting: Acting, name: str, folder_id: int | None, same_name: SameName, now: datetime) -> File | None:
    """The file that gets a new version because it is called the same; raises NameTaken."""
    found = file_called(name, folder_id) if same_name != "both" else None
    if found is None:
        return None
    if same_name == "refuse" or not rules.may_change(acting, found.owner_id):
        raise NameTaken({"name": TAKEN}, TAKEN)
    return held(acting, found.pk, now=now)


def _require_room(acting: Acting, company_id: int, length: int) -> None:
    in_turn(company_id, "room")
    if length < 0 or length > LARGEST:
        raise TooLarge({"file": f"At most {LARGEST // _GIGABYTE} GB a file."}, "This file is too large.")
    if length > room_of(company_id).free:
        raise NoRoom(
            {"file": "The company's room is full. Delete files for good, or ask for a larger plan."},
            "The company's room is full. Delete files for good, or ask for a larger plan.",
        )
    if Upload.objects.filter(owner_id=acting.id).count() >= _MOST_AT_ONCE:
        raise TooMany(f"At most {_MOST_AT_ONCE} uploads at once. Let some of them end first.", 60)


def receive_part(
    *, acting: Acting, upload_id: UUID, offset: int, pieces: Iterable[bytes], now: datetime
) -> tuple[Upload, File | None]:
    """Take the bytes that follow; with the last of them there is a file.

    What this answers lasts. Raises Conflict if the part does not begin where the last one ended, Invalid if it is
    longer than was announced, and NotFound for an upload that was given up.
    """
    with acting_for(company_of(acting)), transaction.atomic():
        row = held_upload(acting, upload_id, now=now)
        return row, taken_in(row, offset, pieces, acting, now)


def taken_in(row: Upload, offset: int, pieces: Iterable[bytes], acting: Acting, now: datetime) -> File | None:
    """Write the pieces behind what came so far; the file once all of it did. In the caller's transaction."""
    with storage.open_draft(row) as draft:
        if draft.received != offset:
            raise Conflict(f"The next byte is number {draft.received}.", {"offset": draft.received})
        head = b""
        for piece in pieces:
            head = head if len(head) >= rules.HEAD_BYTES else head + piece[: rules.HEAD_BYTES - len(head)]
            if draft.received + len(piece) > row.length:
                raise Invalid({"file": "More bytes came than were announced."})
            draft.write(piece)
        whole = draft.received == row.length
        kept = draft.finish() if whole else None
        if kept is None:
            draft.keep()
        row.received = draft.received
    if offset == 0:
        row.media_type = rules.media_type_of(head)
    row.touched_at, row.expires_at = now, now + UPLOAD_LASTS
    row.save(update_fields=["received", "media_type", "touched_at", "expires_at"])
    refresh_progress(row.company_id)
    return arrive(row, kept, acting, now) if kept else None


def look_at_upload(*, acting: Acting, upload_id: UUID, now: datetime) -> Upload:
    """One's own upload with how far it truly is: what lasted but was not told, because of a crash, counts."""
    with acting_for(company_of(acting)), transaction.atomic():
        row = held_upload(acting, upload_id, now=now)
        with storage.open_draft(row) as draft:
            row.received = draft.received
        row.save(update_fields=["received"])
        return row


def cancel_upload(*, acting: Acting, upload_id: UUID, now: datetime) -> None:
    """Give an upload up; nothing of it stays. Raises NotFound."""
    with acting_for(company_of(acting)), transaction.atomic():
        give_up(held_upload(acting, upload_id, now=now))


def give_up(row: Upload) -> None:
    """Forget an upload and destroy what came of it, at commit. In the company's scope."""
    drop_upload_key(company_id=row.company_id, storage=row.storage)
    refresh_progress(row.company_id)
    row.delete()


def put_file(
    *,
    acting: Acting,
    name: str,
    length: int,
    pieces: Iterable[bytes],
    folder_id: int | None = None,
    rule_text: str = "",
    file_id: int | None = None,
    same_name: SameName = "refuse",
    now: datetime,
) -> File:
    """A whole file at once, of this many bytes; what lies outside the database after a failure is swept away later."""
    with acting_for(_company(acting, file_id)), transaction.atomic():
        row = begun(acting, name, length, folder_id, rule_text, file_id, same_name, now)
        made = taken_in(row, 0, pieces, acting, now)
        if made is None:
            raise Invalid({"file": "Fewer bytes came than were announced."})
    return made
