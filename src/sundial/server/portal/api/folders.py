"""`folders`: where files lie."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field, StrictInt, StrictStr

from sundial.server.lib import clock
from sundial.server.lib.ids import HIGHEST_ID
from sundial.server.portal.api.answers import answers, changes, creates
from sundial.server.portal.api.doors import acting_of
from sundial.server.portal.api.paging import Listing, Paging, Words, page_of
from sundial.server.portal.api.repeating import PARAMETER
from sundial.server.vault import actions, queries
from sundial.server.vault.types import NAME_LIMIT, FolderView

router = Router(tags=["files"])
_REPEATABLE = {"parameters": [PARAMETER]}


class FolderOut(Schema):
    """A folder; `path` is where it lies, in words."""

    id: int
    name: str
    parent_id: int | None
    path: str
    created_by_id: int
    created_at: datetime


class FolderPage(Listing):
    """One page of folders."""

    items: list[FolderOut]


class FolderIn(Schema):
    """A new folder."""

    model_config = ConfigDict(extra="forbid")

    name: StrictStr = Field(min_length=1, max_length=4 * NAME_LIMIT)
    parent_id: StrictInt | None = Field(None, ge=1, le=HIGHEST_ID, description="Left out: the top.")


class FolderChanges(Schema):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: StrictStr = Field("", min_length=1, max_length=4 * NAME_LIMIT)
    parent_id: StrictInt | None = Field(None, ge=1, le=HIGHEST_ID, description="Null is the top.")


class FolderSearch(Paging):
    """Which folders to list."""

    ordering: Literal["path", "-path", "name", "-name", "created_at", "-created_at"] = Field(
        "path", description="By `path`, each stands after the one it lies in."
    )
    search: Words = Field("", description="Words of names.")


@router.get("", response=answers(FolderPage), summary="List folders")
def list_folders(request: HttpRequest, asked: Query[FolderSearch]) -> dict[str, Any]:
    """All of the company: everybody reads their names."""
    found = queries.folder_list(acting_of(request), search=asked.search, ordering=asked.ordering)
    return page_of(found, asked, _shown)


@router.post("", response=creates(FolderOut), openapi_extra=_REPEATABLE, summary="Make a folder")
def make_folder(request: HttpRequest, payload: FolderIn) -> Status[Any]:
    """Anybody in the company may."""
    acting = acting_of(request)
    row = actions.make_folder(acting=acting, name=payload.name, parent_id=payload.parent_id, now=clock.now())
    return Status(201, _shown(queries.folder(acting, row.pk)))


@router.get("/{id:folder_id}", response=answers(FolderOut), summary="Read a folder")
def read_folder(request: HttpRequest, folder_id: int) -> dict[str, Any]:
    """One folder."""
    return _shown(queries.folder(acting_of(request), folder_id))


@router.patch("/{id:folder_id}", response=changes(FolderOut), summary="Rename or move a folder")
def change_folder(request: HttpRequest, folder_id: int, payload: FolderChanges) -> dict[str, Any]:
    """ADMIN, or whoever made it."""
    acting, asked, now = acting_of(request), payload.dict(exclude_unset=True), clock.now()
    if "name" in asked:
        actions.rename_folder(acting=acting, folder_id=folder_id, name=payload.name, now=now)
    if "parent_id" in asked:
        actions.move_folder(acting=acting, folder_id=folder_id, parent_id=payload.parent_id, now=now)
    return _shown(queries.folder(acting, folder_id))


@router.delete("/{id:folder_id}", response=answers(None, 204), summary="Put a folder into the bin")
def delete_folder(request: HttpRequest, folder_id: int) -> Status[Any]:
    """With all that lies in it: ADMIN, or whoever made it if all of that is theirs."""
    actions.bin_folder(acting=acting_of(request), folder_id=folder_id, now=clock.now())
    return Status(204, None)


def _shown(one: FolderView) -> dict[str, Any]:
    path = " / ".join(name for _key, name in one.path)
    return {**{name: getattr(one, name) for name in FolderOut.model_fields if name != "path"}, "path": path}
