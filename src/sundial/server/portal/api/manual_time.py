"""`manual-time`: time that nothing recorded, asked for, decided on, or entered by an administrator."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field, StrictInt, StrictStr

from sundial.server.activity import actions, queries
from sundial.server.activity.actions import Manual
from sundial.server.activity.types import ManualKind, ManualView
from sundial.server.lib import clock
from sundial.server.lib.errors import Invalid
from sundial.server.lib.ids import HIGHEST_ID
from sundial.server.portal.api.answers import answers, creates
from sundial.server.portal.api.doors import acting_of
from sundial.server.portal.api.moments import moment
from sundial.server.portal.api.paging import Listing, Paging, Words
from sundial.server.portal.api.repeating import PARAMETER
from sundial.server.tasks import queries as tasks

router = Router(tags=["manual-time"])
_REPEATABLE = {"parameters": [PARAMETER]}
Kind = Literal["work", "meeting"]
State = Literal["ASKED", "APPROVED", "REFUSED", "WITHDRAWN"]


class ManualOut(Schema):
    """Manual time; only APPROVED counts, and of it what was recorded anyway (`recorded_seconds`) counts once."""

    id: int
    user_id: int
    user: str
    name: str
    started_at: datetime
    ended_at: datetime
    seconds: int
    recorded_seconds: int
    kind: Kind
    reason: str
    task_id: int | None
    state: State
    asked_at: datetime
    asked_by: str
    decided_by: str
    decided_at: datetime | None
    answer: str


class ManualPage(Listing):
    """One page of manual time."""

    items: list[ManualOut]


class ManualSearch(Paging):
    """Which manual time to list."""

    user_id: int | None = Field(None, ge=1, le=HIGHEST_ID)
    state: Literal["", "ASKED", "APPROVED", "REFUSED", "WITHDRAWN"] = ""
    since: Words = Field("", alias="from", description="A day or a moment, ISO 8601: what touches the time after.")
    until: Words = Field("", alias="to", description="A day, which is included, or a moment, which is not.")
    ordering: Literal["asked_at", "-asked_at", "started_at", "-started_at"] = "-asked_at"
    search: Words = Field("", description="Words of the reasons.")


class ManualIn(Schema):
    """Time to ask for. An ADMIN may name a person: then it is entered, and counts at once."""

    model_config = ConfigDict(extra="forbid")

    started_at: StrictStr = Field(description="A moment, ISO 8601.")
    ended_at: StrictStr = Field(description="A moment, ISO 8601.")
    reason: StrictStr = Field(min_length=1, max_length=1000)
    kind: Kind = "work"
    task_id: StrictInt | None = Field(None, ge=1, le=HIGHEST_ID, description="A task that the one who asks may see.")
    user_id: StrictInt | None = Field(None, ge=1, le=HIGHEST_ID)


class DecisionIn(Schema):
    """Why."""

    model_config = ConfigDict(extra="forbid")

    answer: StrictStr = Field("", max_length=1000)


@router.get("", response=answers(ManualPage), summary="List manual time")
def list_manual(request: HttpRequest, asked: Query[ManualSearch]) -> dict[str, Any]:
    """All of the company for an ADMIN, of their teams for a MANAGER, their own for an EMPLOYEE."""
    found = queries.manual_times(
        acting_of(request),
        now=clock.now(),
        user_id=asked.user_id,
        since=moment("from", asked.since),
        until=moment("to", asked.until, whole_day=True),
        state=asked.state,
        search=asked.search,
        ordering=asked.ordering,
        page=asked.page,
        page_size=asked.page_size,
    )
    items = [_shown(one) for one in found.items] if found.page == asked.page else []
    return {"items": items, "count": found.count, "page": asked.page, "pages": found.pages}


@router.post("", response=creates(ManualOut), openapi_extra=_REPEATABLE, summary="Ask for manual time")
def ask_manual(request: HttpRequest, payload: ManualIn) -> Status[Any]:
    """For oneself: somebody else decides on it. With `user_id`, by an ADMIN: entered for that person."""
    acting, now = acting_of(request), clock.now()
    if payload.task_id is not None:
        tasks.task(acting, payload.task_id)
    start, end = _at("started_at", payload.started_at), _at("ended_at", payload.ended_at)
    manual = Manual(start, end, payload.reason, ManualKind(payload.kind), payload.task_id)
    if payload.user_id is None:
        made = actions.ask_manual(acting=acting, manual=manual, now=now)
    else:
        made = actions.enter_manual(acting=acting, user_id=payload.user_id, manual=manual, now=now)
    return Status(201, _shown(queries.manual_time(acting, made, now=now)))


@router.get("/{id:manual_id}", response=answers(ManualOut), summary="Read manual time")
def read_manual(request: HttpRequest, manual_id: int) -> dict[str, Any]:
    """One stretch of it."""
    return _shown(queries.manual_time(acting_of(request), manual_id, now=clock.now()))


@router.post(
    "/{id:manual_id}/approve",
    response=creates(ManualOut, 200),
    openapi_extra=_REPEATABLE,
    summary="Approve manual time",
)
def approve(request: HttpRequest, manual_id: int, payload: DecisionIn | None = None) -> dict[str, Any]:
    """It counts from now on. ADMIN, or MANAGER of a team and not of their own."""
    return _decided(request, manual_id, payload, approve=True)


@router.post(
    "/{id:manual_id}/refuse", response=creates(ManualOut, 200), openapi_extra=_REPEATABLE, summary="Refuse manual time"
)
def refuse(request: HttpRequest, manual_id: int, payload: DecisionIn | None = None) -> dict[str, Any]:
    """With words, which the person reads. ADMIN, who may take back what was approved, or MANAGER of a team."""
    return _decided(request, manual_id, payload, approve=False)


@router.post(
    "/{id:manual_id}/withdraw",
    response=creates(ManualOut, 200),
    openapi_extra=_REPEATABLE,
    summary="Withdraw manual time",
)
def withdraw(request: HttpRequest, manual_id: int) -> dict[str, Any]:
    """By the person, as long as nobody decided."""
    acting, now = acting_of(request), clock.now()
    actions.withdraw_manual(acting=acting, manual_id=manual_id, now=now)
    return _shown(queries.manual_time(acting, manual_id, now=now))


def _at(name: str, text: str) -> datetime:
    found = moment(name, text)
    if found is None:
        raise Invalid({name: "A moment is needed."})
    return found


def _decided(request: HttpRequest, manual_id: int, payload: DecisionIn | None, *, approve: bool) -> dict[str, Any]:
    acting, now, answer = acting_of(request), clock.now(), payload.answer if payload else ""
    actions.decide_manual(acting=acting, manual_id=manual_id, approve=approve, answer=answer, now=now)
    return _shown(queries.manual_time(acting, manual_id, now=now))


def _shown(one: ManualView) -> dict[str, Any]:
    own = {"user", "seconds", "recorded_seconds", "asked_by", "decided_by"}
    facts = {name: getattr(one, name) for name in ManualOut.model_fields if name not in own}
    return {
        **facts,
        "kind": str(one.kind),
        "state": str(one.state),
        "user": one.email,
        "seconds": one.ms // 1000,
        "recorded_seconds": one.recorded_ms // 1000,
        "asked_by": one.asked_by_name,
        "decided_by": one.decided_by_name,
    }
