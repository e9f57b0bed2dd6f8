"""`sessions`: who worked from when to when, on which device, and ending one that goes on."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field, StrictStr

from sundial.server.activity import actions, queries
from sundial.server.activity.types import SessionView
from sundial.server.lib import clock
from sundial.server.lib.ids import HIGHEST_ID
from sundial.server.portal.api.answers import answers, creates
from sundial.server.portal.api.doors import acting_of
from sundial.server.portal.api.moments import moment
from sundial.server.portal.api.paging import Listing, Paging, Words
from sundial.server.portal.api.repeating import PARAMETER

router = Router(tags=["sessions"])
_REPEATABLE = {"parameters": [PARAMETER]}


class SessionOut(Schema):
    """A work session; `worked_seconds` is without pauses and without what a later session owns."""

    id: int
    uuid: UUID
    user_id: int
    user: str
    name: str
    device_id: int
    device: str
    note: str
    started_at: datetime
    paused_at: datetime | None
    ended_at: datetime | None
    ended_by: str
    ended_by_name: str
    reason: str
    last_at: datetime
    worked_seconds: int


class SessionPage(Listing):
    """One page of sessions."""

    items: list[SessionOut]


class SessionSearch(Paging):
    """Which sessions to list."""

    user_id: int | None = Field(None, ge=1, le=HIGHEST_ID)
    state: Literal[
        "", "open", "ended", "person", "admin", "other_device", "crash", "left", "implied", "silence"
    ] = Field("", description="Running or ended, or what ended it.")  # fmt: skip
    since: Words = Field("", alias="from", description="A day or a moment, ISO 8601: those that touch the time after.")
    until: Words = Field("", alias="to", description="A day, which is included, or a moment, which is not.")
    ordering: Literal["started_at", "-started_at", "ended_at", "-ended_at", "id", "-id"] = "-started_at"
    search: Words = Field("", description="Words of the notes.")


class EndIn(Schema):
    """Why a session is ended."""

    model_config = ConfigDict(extra="forbid")

    reason: StrictStr = Field("", max_length=500)


@router.get("", response=answers(SessionPage), summary="List sessions")
def list_sessions(request: HttpRequest, asked: Query[SessionSearch]) -> dict[str, Any]:
    """All of the company for an ADMIN, of their teams for a MANAGER, their own for an EMPLOYEE."""
    found = queries.sessions(
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
        past_end=False,
    )
    items = [_shown(one) for one in found.items]
    return {"items": items, "count": found.count, "page": asked.page, "pages": found.pages}


@router.get("/{id:session_id}", response=answers(SessionOut), summary="Read a session")
def read_session(request: HttpRequest, session_id: int) -> dict[str, Any]:
    """One session."""
    return _shown(queries.session(acting_of(request), session_id, now=clock.now()))


@router.post(
    "/{id:session_id}/end", response=creates(SessionOut, 200), openapi_extra=_REPEATABLE, summary="End a session"
)
def end_session(request: HttpRequest, session_id: int, payload: EndIn | None = None) -> dict[str, Any]:
    """The agent stops within a second and says who did it. ADMIN, or MANAGER of a team; one that is over stays so."""
    acting, now = acting_of(request), clock.now()
    reason = payload.reason if payload else ""
    actions.end_session(acting=acting, session_id=session_id, reason=reason, now=now)
    return _shown(queries.session(acting, session_id, now=now))


def _shown(one: SessionView) -> dict[str, Any]:
    own = {"user", "worked_seconds"}
    facts = {name: getattr(one, name) for name in SessionOut.model_fields if name not in own}
    return {**facts, "ended_by": str(one.ended_by), "user": one.email, "worked_seconds": one.worked_ms // 1000}
