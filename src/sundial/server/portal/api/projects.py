"""`projects`: names for tasks that belong together."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field, StrictBool, StrictInt, StrictStr

from sundial.server.lib import clock
from sundial.server.portal.api.answers import answers, changes, creates
from sundial.server.portal.api.doors import acting_of
from sundial.server.portal.api.paging import Listing, Paging, Words, listing
from sundial.server.portal.api.repeating import PARAMETER
from sundial.server.tasks import actions, queries
from sundial.server.tasks.types import HUES, NAME_LIMIT, ProjectView

router = Router(tags=["projects"])
_REPEATABLE = {"parameters": [PARAMETER]}


class ProjectOut(Schema):
    """A project; `colour` is a number, 0 for none; counted are the tasks that one may see."""

    id: int
    name: str
    colour: int
    archived: bool
    open_tasks: int
    done_tasks: int
    made_by: str
    created_at: datetime


class ProjectPage(Listing):
    """One page of projects."""

    items: list[ProjectOut]


class ProjectIn(Schema):
    """A new project."""

    model_config = ConfigDict(extra="forbid")

    name: StrictStr = Field(min_length=1, max_length=NAME_LIMIT)
    colour: StrictInt = Field(0, ge=0, le=HUES)


class ProjectChanges(Schema):
    """What to change; what is left out stays. An archived project takes no new tasks."""

    model_config = ConfigDict(extra="forbid")

    name: StrictStr = Field("", min_length=1, max_length=NAME_LIMIT)
    colour: StrictInt = Field(0, ge=0, le=HUES)
    archived: StrictBool = False


class ProjectSearch(Paging):
    """Which projects to list."""

    state: Literal["", "active", "archived"] = ""
    ordering: Literal["name", "-name", "created_at", "-created_at", "id", "-id"] = "name"
    search: Words = Field("", description="Words of the name.")


@router.get("", response=answers(ProjectPage), summary="List projects")
def list_projects(request: HttpRequest, asked: Query[ProjectSearch]) -> dict[str, Any]:
    """The company's. ADMIN, or MANAGER."""
    acting = acting_of(request)
    rows = queries.projects(acting, search=asked.search, state=asked.state, ordering=asked.ordering)
    count, first = rows.count(), (asked.page - 1) * asked.page_size
    found = list(rows[first : first + asked.page_size]) if first < count else []
    return listing(asked, [_shown(one) for one in queries.project_views(acting, found)], count)


@router.post("", response=creates(ProjectOut), openapi_extra=_REPEATABLE, summary="Make a project")
def make_project(request: HttpRequest, payload: ProjectIn) -> Status[Any]:
    """Its name is not in use yet. ADMIN, or MANAGER."""
    acting = acting_of(request)
    row = actions.make_project(acting=acting, name=payload.name, hue=payload.colour, now=clock.now())
    return Status(201, _shown(queries.project(acting, row.pk)))


@router.get("/{id:project_id}", response=answers(ProjectOut), summary="Read a project")
def read_project(request: HttpRequest, project_id: int) -> dict[str, Any]:
    """One project. ADMIN, or MANAGER."""
    return _shown(queries.project(acting_of(request), project_id))


@router.patch("/{id:project_id}", response=changes(ProjectOut), summary="Change a project")
def change_project(request: HttpRequest, project_id: int, payload: ProjectChanges) -> dict[str, Any]:
    """ADMIN, or the MANAGER who made it."""
    acting, asked, now = acting_of(request), payload.dict(exclude_unset=True), clock.now()
    actions.edit_project(acting=acting, project_id=project_id, name=asked.get("name"), hue=asked.get("colour"), now=now)
    if "archived" in asked:
        actions.archive_project(acting=acting, project_id=project_id, archived=asked["archived"], now=now)
    return _shown(queries.project(acting, project_id))


@router.delete("/{id:project_id}", response=answers(None, 204), summary="Archive a project")
def archive_project(request: HttpRequest, project_id: int) -> Status[Any]:
    """Its tasks stay; PATCH `archived` takes it out again. ADMIN, or the MANAGER who made it."""
    actions.archive_project(acting=acting_of(request), project_id=project_id, archived=True, now=clock.now())
    return Status(204, None)


def _shown(one: ProjectView) -> dict[str, Any]:
    same = {name: getattr(one, name) for name in ("id", "name", "archived", "made_by", "created_at")}
    return {**same, "colour": one.hue, "open_tasks": one.open, "done_tasks": one.done}
