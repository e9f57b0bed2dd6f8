"""`tasks`: what people have to do, where it stands, and what was said about it."""

from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field, StrictInt, StrictStr

from sundial.server.companies import queries as companies
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting
from sundial.server.lib.ids import HIGHEST_ID
from sundial.server.portal.api.answers import answers, changes, creates
from sundial.server.portal.api.doors import acting_of
from sundial.server.portal.api.paging import Listing, Paging, Words, page_of
from sundial.server.portal.api.repeating import PARAMETER
from sundial.server.tasks import actions, queries
from sundial.server.tasks.types import LONGEST_ESTIMATE, TEXT_LIMIT, TITLE_LIMIT, CommentView, TaskView, Wanted

router = Router(tags=["tasks"])
_REPEATABLE = {"parameters": [PARAMETER]}

TaskStatus = Literal["OPEN", "IN_PROGRESS", "DONE"]
Id = StrictInt | None


class TaskOut(Schema):
    """A task; `progress` is in per cent, `project` and `assigned_to` are empty where there is none."""

    id: int
    title: str
    description: str
    status: TaskStatus
    progress: int
    due_date: date | None
    estimate_minutes: int | None
    project_id: int | None
    project: str
    assigned_to_id: int | None
    assigned_to: str
    assigned_by: str
    created_at: datetime
    completed_at: datetime | None


class TaskPage(Listing):
    """One page of tasks."""

    items: list[TaskOut]


class TaskIn(Schema):
    """Something to do; given to nobody yet where `assigned_to_id` is null."""

    model_config = ConfigDict(extra="forbid")

    title: StrictStr = Field(min_length=1, max_length=TITLE_LIMIT)
    description: StrictStr = Field("", max_length=TEXT_LIMIT)
    project_id: Id = Field(None, ge=1, le=HIGHEST_ID)
    due_date: date | None = None
    estimate_minutes: StrictInt | None = Field(None, ge=1, le=LONGEST_ESTIMATE)
    assigned_to_id: Id = Field(None, ge=1, le=HIGHEST_ID)


class TaskChanges(Schema):
    """What to change; what is left out stays. Whoever has the task may change `status` and `progress` alone."""

    model_config = ConfigDict(extra="forbid")

    title: StrictStr = Field("", min_length=1, max_length=TITLE_LIMIT)
    description: StrictStr = Field("", max_length=TEXT_LIMIT)
    project_id: Id = Field(None, ge=1, le=HIGHEST_ID)
    due_date: date | None = None
    estimate_minutes: StrictInt | None = Field(None, ge=1, le=LONGEST_ESTIMATE)
    assigned_to_id: Id = Field(None, ge=1, le=HIGHEST_ID)
    progress: StrictInt = Field(0, ge=0, le=100, description="100 is DONE, less is not.")
    status: TaskStatus = "OPEN"


class TaskSearch(Paging):
    """Which tasks to list."""

    whose: Literal["", "mine", "team", "nobody"] = Field("", description="One's own, other people's, or nobody's.")
    status: Literal["", "OPEN", "IN_PROGRESS", "DONE", "unfinished"] = ""
    due: Literal["", "overdue", "today", "week", "none"] = Field(
        "", description="Days and weeks in the company's zone."
    )
    user_id: int | None = Field(None, ge=1, le=HIGHEST_ID)
    project_id: int | None = Field(None, ge=1, le=HIGHEST_ID)
    ordering: Literal[
        "due_date", "-due_date", "title", "-title", "status", "-status", "progress", "-progress", "project", "-project",
        "created_at", "-created_at", "changed_at", "-changed_at", "id", "-id",
    ] = "due_date"  # fmt: skip
    search: Words = Field("", description="Words of titles, descriptions and projects.")


class CommentOut(Schema):
    """What somebody said about a task."""

    id: int
    author_id: int
    author: str
    text: str
    at: datetime


class CommentIn(Schema):
    """Something to say."""

    model_config = ConfigDict(extra="forbid")

    text: StrictStr = Field(min_length=1, max_length=TEXT_LIMIT)


class CommentSearch(Paging):
    """Which comments to list."""

    ordering: Literal["id", "-id"] = Field("id", description="`id`: the eldest first.")
    search: Words = Field("", description="Words of what was said.")


class Comments(Listing):
    """What was said about a task."""

    items: list[CommentOut]


@router.get("", response=answers(TaskPage), summary="List tasks")
def list_tasks(request: HttpRequest, asked: Query[TaskSearch]) -> dict[str, Any]:
    """All of the company for an ADMIN, of their teams for a MANAGER, their own for an EMPLOYEE."""
    acting = acting_of(request)
    wanted = Wanted(_today(acting), asked.whose, asked.status, asked.due, asked.user_id, asked.project_id, asked.search)
    found = queries.tasks(acting, wanted, ordering=asked.ordering, page=asked.page, page_size=asked.page_size)
    items = [_shown(one) for one in found.items] if found.page == asked.page else []
    return {"items": items, "count": found.count, "page": asked.page, "pages": found.pages}


@router.post("", response=creates(TaskOut), openapi_extra=_REPEATABLE, summary="Make a task")
def make_task(request: HttpRequest, payload: TaskIn) -> Status[Any]:
    """Whoever it is given to hears in their agent within a second, and by mail if they like. ADMIN, or MANAGER."""
    acting = acting_of(request)
    row = actions.create_task(acting=acting, now=clock.now(), **payload.dict())
    return Status(201, _shown(queries.task(acting, row.pk)))


@router.get("/{id:task_id}", response=answers(TaskOut), summary="Read a task")
def read_task(request: HttpRequest, task_id: int) -> dict[str, Any]:
    """One task."""
    return _shown(queries.task(acting_of(request), task_id))


@router.patch("/{id:task_id}", response=changes(TaskOut), summary="Change a task")
def change_task(request: HttpRequest, task_id: int, payload: TaskChanges) -> dict[str, Any]:
    """What it says and whose it is: ADMIN, or MANAGER of a team. Status and progress: whoever has it, too."""
    acting, asked, now = acting_of(request), payload.dict(exclude_unset=True), clock.now()
    before = queries.task(acting, task_id)
    progress, status = asked.pop("progress", None), asked.pop("status", None)
    if progress is not None:
        actions.set_progress(acting=acting, task_id=task_id, progress=progress, now=now)
    if status is not None:
        actions.set_status(acting=acting, task_id=task_id, status=status, now=now)
    if asked:
        actions.edit_task(acting=acting, task_id=task_id, changes=asked, now=now)
    # A manager may have given it to nobody of theirs: then this is the last that they read of it.
    return _shown(queries.task_or(acting, task_id, before))


@router.delete("/{id:task_id}", response=answers(None, 204), summary="Delete a task")
def delete_task(request: HttpRequest, task_id: int) -> Status[Any]:
    """It leaves every list; the time worked on it stays counted. ADMIN, or MANAGER of a team."""
    actions.delete_task(acting=acting_of(request), task_id=task_id, now=clock.now())
    return Status(204, None)


@router.post(
    "/{id:task_id}/restore", response=creates(TaskOut, 200), openapi_extra=_REPEATABLE, summary="Bring a task back"
)
def restore_task(request: HttpRequest, task_id: int) -> dict[str, Any]:
    """As it was before it was deleted; one that was not stays as it is. ADMIN, or MANAGER of a team."""
    acting = acting_of(request)
    actions.restore_task(acting=acting, task_id=task_id, now=clock.now())
    return _shown(queries.task(acting, task_id))


@router.get("/{id:task_id}/comments", response=answers(Comments), summary="Read what was said")
def list_comments(request: HttpRequest, task_id: int, asked: Query[CommentSearch]) -> dict[str, Any]:
    """By anyone who may read the task."""
    found = queries.comments(acting_of(request), task_id, search=asked.search, ordering=asked.ordering)
    return page_of(found, asked, _said)


@router.post("/{id:task_id}/comments", response=creates(CommentOut), openapi_extra=_REPEATABLE, summary="Say something")
def add_comment(request: HttpRequest, task_id: int, payload: CommentIn) -> Status[Any]:
    """Anyone who may read the task may."""
    acting = acting_of(request)
    row = actions.comment(acting=acting, task_id=task_id, text=payload.text, now=clock.now())
    told = next(one for one in queries.comments(acting, task_id) if one.id == row.pk)
    return Status(201, _said(told))


def _today(acting: Acting) -> date:
    """The date in the company's zone."""
    return clock.now().astimezone(ZoneInfo(companies.zone_of(acting))).date()


def _shown(one: TaskView) -> dict[str, Any]:
    facts = {name: getattr(one, name) for name in TaskOut.model_fields}
    return {**facts, "status": str(one.status)}


def _said(one: CommentView) -> dict[str, Any]:
    return {name: getattr(one, name) for name in CommentOut.model_fields}
