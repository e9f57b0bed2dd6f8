"""`files`: what is in the vault, what opens it, and its content for whom it opens."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import ConfigDict, Field, StrictInt, StrictStr

from sundial.access import Part
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting
from sundial.server.lib.ids import HIGHEST_ID
from sundial.server.portal.api.answers import answers, changes, creates
from sundial.server.portal.api.doors import acting_of
from sundial.server.portal.api.outcomes import Outcomes
from sundial.server.portal.api.paging import Listing, Paging, Words
from sundial.server.portal.api.repeating import PARAMETER
from sundial.server.vault import actions, queries
from sundial.server.vault.gate.answering import answer
from sundial.server.vault.gate.asking import access_of
from sundial.server.vault.types import NAME_LIMIT, RULE_LIMIT, Door, FileView, Kind, Wanted

router = Router(tags=["files"])
_REPEATABLE = {"parameters": [PARAMETER]}
_MOST_IDS = 1000

Id = StrictInt | None
SameName = Literal["refuse", "version", "both"]


class FileOut(Schema):
    """A file; `policy` is its rule, empty for none, and `opens` whether that is true for the caller now."""

    id: int
    name: str
    folder_id: int | None
    folder: str
    owner_id: int
    owner: str
    policy: str
    opens: bool
    size: int
    media_type: str
    version: int
    revision: int
    created_at: datetime
    updated_at: datetime
    binned_at: datetime | None


class FilePage(Listing):
    """One page of files."""

    items: list[FileOut]


class FileSearch(Paging):
    """Which files to list."""

    folder_id: int | None = Field(None, ge=1, le=HIGHEST_ID, description="Only those that lie in it.")
    owner_id: int | None = Field(None, ge=1, le=HIGHEST_ID)
    kind: Literal["", Kind] = ""
    policy: Literal["", "with", "without"] = Field("", description="Those that have a rule, or have none.")
    binned: bool = Field(False, description="What lies in the bin: all of it for an ADMIN, one's own for others.")
    ordering: Literal[
        "name", "-name", "size", "-size", "kind", "-kind", "owner", "-owner", "created_at", "-created_at",
        "updated_at", "-updated_at", "id", "-id",
    ] = "name"  # fmt: skip
    search: Words = Field("", description="Words of names.")


class FileIn(Schema):
    """What goes with an uploaded file."""

    policy: str = Field("", max_length=RULE_LIMIT, description="The rule that opens it; without one nobody can.")
    folder_id: int | None = Field(None, ge=1, le=HIGHEST_ID, description="Left out: the top.")
    same_name: SameName = Field("refuse", description="What to do if a file of this name lies there.")


class FileChanges(Schema):
    """What to change; what is left out stays. A `revision` that is not the file's own any more is refused."""

    model_config = ConfigDict(extra="forbid")

    name: StrictStr = Field("", min_length=1, max_length=4 * NAME_LIMIT)
    folder_id: Id = Field(None, ge=1, le=HIGHEST_ID, description="Null is the top.")
    revision: Id = Field(None, ge=1, le=2**31 - 1)


class PolicyIn(Schema):
    """The rule of a file; an empty one takes it away."""

    model_config = ConfigDict(extra="forbid")

    policy: StrictStr = Field(max_length=RULE_LIMIT)
    revision: Id = Field(None, ge=1, le=2**31 - 1)


class Gone(Schema):
    """How a file goes."""

    for_good: bool = Field(False, description="Not into the bin: its keys are destroyed now.")


class Whom(Schema):
    """Whose access is asked about."""

    user: int | None = Field(None, ge=1, le=HIGHEST_ID, description="Left out: one's own.")


class AccessPart(Schema):
    """A part of a rule: whether it is true, false or unknown for this person, and why."""

    text: str
    outcome: Literal["true", "false", "unknown"]
    why: str
    parts: list["AccessPart"]


class AccessOut(Schema):
    """Whether a file opens for somebody now, why, and part by part."""

    allowed: bool
    reason: str
    parts: AccessPart | None


class FileIds(Schema):
    """Several files."""

    model_config = ConfigDict(extra="forbid")

    ids: list[StrictInt] = Field(min_length=1, max_length=_MOST_IDS)


class ContentOf(Schema):
    """Which version."""

    version: int | None = Field(None, ge=1, le=2**31 - 1, description="Left out: the one in force.")


@router.get("", response=answers(FilePage), summary="List files")
def list_files(request: HttpRequest, asked: Query[FileSearch]) -> dict[str, Any]:
    """All of the company for an ADMIN; for others those that open for them now, and those they uploaded."""
    wanted = Wanted(
        folder=asked.folder_id,
        everywhere=asked.folder_id is None,
        search=asked.search,
        kind=asked.kind,
        owner=asked.owner_id,
        rule=asked.policy,
        binned=asked.binned,
    )
    found = queries.files_only(
        acting_of(request), wanted, now=clock.now(), ordering=asked.ordering, page=asked.page, page_size=asked.page_size
    )
    items = [_shown(one) for one in found.files]
    return {"items": items, "count": found.count, "page": asked.page, "pages": found.pages}


@router.post("", response=creates(FileOut), openapi_extra=_REPEATABLE, summary="Upload a file")
def upload_file(request: HttpRequest, file: File[UploadedFile], asked: Form[FileIn]) -> Status[Any]:
    """As a form of at most 1 GiB; a longer one is 413 before it is read.

    Files of up to 5 GB, and those that may be cut, come by the resumable upload (tus 1.0) at `/vault/uploads/`.
    """
    acting = acting_of(request)
    row = actions.put_file(
        acting=acting,
        name=file.name or "",
        length=file.size or 0,
        pieces=file.chunks(),
        folder_id=asked.folder_id,
        rule_text=asked.policy,
        same_name=asked.same_name,
        now=clock.now(),
    )
    return Status(201, _file(acting, row.pk))


@router.get("/{id:file_id}", response=answers(FileOut), summary="Read a file's facts")
def read_file(request: HttpRequest, file_id: int) -> dict[str, Any]:
    """One file, without its content."""
    return _file(acting_of(request), file_id)


@router.patch("/{id:file_id}", response=changes(FileOut, 412), summary="Rename or move a file")
def change_file(request: HttpRequest, file_id: int, payload: FileChanges) -> dict[str, Any]:
    """ADMIN, or whoever uploaded it."""
    acting, asked, now = acting_of(request), payload.dict(exclude_unset=True), clock.now()
    revision = asked.get("revision")
    if "name" in asked:
        row = actions.rename(acting=acting, file_id=file_id, name=payload.name, revision=revision, now=now)
        revision = row.revision
    if "folder_id" in asked:
        actions.move(acting=acting, file_id=file_id, folder_id=payload.folder_id, revision=revision, now=now)
    return _file(acting, file_id)


@router.delete("/{id:file_id}", response=answers(None, 204), summary="Delete a file")
def delete_file(request: HttpRequest, file_id: int, asked: Query[Gone]) -> Status[Any]:
    """Into the bin, from where it can be brought back for 30 days. ADMIN, or whoever uploaded it."""
    delete = actions.delete_for_good if asked.for_good else actions.bin_file
    delete(acting=acting_of(request), file_id=file_id, now=clock.now())
    return Status(204, None)


@router.post(
    "/{id:file_id}/restore", response=creates(FileOut, 200), openapi_extra=_REPEATABLE, summary="Bring a file back"
)
def restore_file(request: HttpRequest, file_id: int) -> dict[str, Any]:
    """Out of the bin. ADMIN, or whoever uploaded it."""
    acting = acting_of(request)
    actions.restore_file(acting=acting, file_id=file_id, now=clock.now())
    return _file(acting, file_id)


@router.post(
    "/{id:file_id}/versions", response=creates(FileOut), openapi_extra=_REPEATABLE, summary="Upload a new version"
)
def upload_version(request: HttpRequest, file_id: int, file: File[UploadedFile]) -> Status[Any]:
    """It is read from now on, under the same rule; those before stay. ADMIN, or whoever uploaded the file."""
    acting = acting_of(request)
    actions.put_file(
        acting=acting,
        name=file.name or "",
        length=file.size or 0,
        pieces=file.chunks(),
        file_id=file_id,
        now=clock.now(),
    )
    return Status(201, _file(acting, file_id))


@router.put("/{id:file_id}/policy", response=changes(FileOut, 412), summary="Write a file's rule")
def write_policy(request: HttpRequest, file_id: int, payload: PolicyIn) -> dict[str, Any]:
    """In force at once, for downloads under way, too. ADMIN only."""
    acting = acting_of(request)
    actions.set_rule(
        acting=acting, file_id=file_id, rule_text=payload.policy, revision=payload.revision, now=clock.now()
    )
    return _file(acting, file_id)


@router.delete("/{id:file_id}/policy", response=answers(None, 204), summary="Take a file's rule away")
def remove_policy(request: HttpRequest, file_id: int) -> Status[Any]:
    """It opens for nobody until it has another. ADMIN only."""
    actions.remove_rule(acting=acting_of(request), file_id=file_id, now=clock.now())
    return Status(204, None)


@router.post(
    "/policies/bulk-delete",
    response=creates(Outcomes, 200),
    openapi_extra=_REPEATABLE,
    summary="Take the rules of several files away",
)
def remove_policies(request: HttpRequest, payload: FileIds) -> dict[str, Any]:
    """Each stands alone: the answer says what came of each. ADMIN only."""
    done = actions.remove_rules_of_many(acting=acting_of(request), file_ids=payload.ids, now=clock.now())
    return {"items": done.items}


@router.get("/{id:file_id}/access", response=answers(AccessOut), summary="Say whether a file opens, and why")
def read_access(request: HttpRequest, file_id: int, asked: Query[Whom]) -> dict[str, Any]:
    """One's own access to any file of one's company; somebody else's for an ADMIN and whoever uploaded it."""
    acting = acting_of(request)
    told = access_of(acting=acting, file_id=file_id, user_id=asked.user, now=clock.now())
    return {"allowed": told.allowed, "reason": told.reason, "parts": _part(told.parts)}


@router.get("/{id:file_id}/content", response=answers(None, 200, 206, 304, 412, 416), summary="Read a file")
def read_content(request: HttpRequest, file_id: int, asked: Query[ContentOf]) -> HttpResponseBase:
    """Its bytes, or a Range of them, for whom its rule is true now; `denied` and the reason for anyone else.

    Both are audited. Whoever loses what the rule asks for while they read is cut off within a second.
    """
    acting, now = acting_of(request), clock.now()
    return answer(request, acting=acting, file_id=file_id, version=asked.version, now=now, door=Door.API)


@router.api_operation(["HEAD"], "/{id:file_id}/content", include_in_schema=False)
def read_content_head(request: HttpRequest, file_id: int, asked: Query[ContentOf]) -> HttpResponseBase:
    """The same without the bytes."""
    return read_content(request, file_id, asked)


def _part(part: Part) -> dict[str, Any]:
    parts = [_part(one) for one in part.parts]
    return {"text": part.text, "outcome": str(part.outcome), "why": part.why, "parts": parts}


def _file(acting: Acting, file_id: int) -> dict[str, Any]:
    return _shown(queries.file(acting, file_id, now=clock.now()))


def _shown(one: FileView) -> dict[str, Any]:
    same = {name: getattr(one, name) for name in FileOut.model_fields if name not in {"folder", "policy"}}
    return {**same, "folder": one.place, "policy": one.rule_text, "opens": bool(one.opens)}
