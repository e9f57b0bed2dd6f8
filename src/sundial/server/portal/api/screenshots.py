"""`screenshots`: what was taken when, the pictures themselves, and erasing one with the time it covers."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from sundial.server.activity import actions, queries
from sundial.server.activity.types import ScreenshotView
from sundial.server.lib import clock
from sundial.server.lib.ids import HIGHEST_ID
from sundial.server.portal.api.answers import answers
from sundial.server.portal.api.doors import acting_of
from sundial.server.portal.api.moments import moment
from sundial.server.portal.api.paging import Listing, Paging, Words

router = Router(tags=["screenshots"])


class ScreenshotOut(Schema):
    """A screenshot without its bytes; `told_at` is the time that was claimed, where it was absurd and replaced."""

    id: int
    eid: UUID
    user_id: int
    user: str
    name: str
    device_id: int
    session: UUID
    taken_at: datetime
    told_at: str
    received_at: datetime
    screen: int
    blurred: bool
    state: str
    width: int
    height: int
    bytes: int


class ScreenshotPage(Listing):
    """One page of screenshots."""

    items: list[ScreenshotOut]


class ScreenshotSearch(Paging):
    """Which screenshots to list."""

    user_id: int | None = Field(None, ge=1, le=HIGHEST_ID)
    since: Words = Field("", alias="from", description="A day or a moment, ISO 8601.")
    until: Words = Field("", alias="to", description="A day, which is included, or a moment, which is not.")
    session: UUID | None = Field(None, description="Those of one work session, by its uuid.")
    ordering: Literal["taken_at", "-taken_at"] = "-taken_at"
    search: Words = Field("", description="Words of names or addresses of people.")


class Size(Schema):
    """Which picture."""

    size: Literal["full", "thumb"] = "full"


class Covered(Schema):
    """What goes with a picture."""

    take_time: bool = Field(True, description="Take out what was recorded since the picture before it.")


@router.get("", response=answers(ScreenshotPage), summary="List screenshots")
def list_screenshots(request: HttpRequest, asked: Query[ScreenshotSearch]) -> dict[str, Any]:
    """All of the company for an ADMIN, of their teams for a MANAGER, their own for an EMPLOYEE."""
    found = queries.screenshots(
        acting_of(request),
        user_id=asked.user_id,
        since=moment("from", asked.since),
        until=moment("to", asked.until, whole_day=True),
        session=asked.session,
        search=asked.search,
        ordering=asked.ordering,
        page=asked.page,
        page_size=asked.page_size,
        past_end=False,
    )
    items = [_shown(one) for one in found.items]
    return {"items": items, "count": found.count, "page": asked.page, "pages": found.pages}


@router.get("/{id:screenshot_id}", response=answers(ScreenshotOut), summary="Read a screenshot's facts")
def read_screenshot(request: HttpRequest, screenshot_id: int) -> dict[str, Any]:
    """One screenshot, without its bytes."""
    return _shown(queries.screenshot(acting_of(request), screenshot_id))


@router.get("/{id:screenshot_id}/image", response=answers(None), summary="Read a screenshot")
def read_image(request: HttpRequest, screenshot_id: int, asked: Query[Size]) -> HttpResponse:
    """The picture, WebP. That somebody else looked at it is audited and shown to its person."""
    thumb = asked.size == "thumb"
    opened = actions.open_picture(acting=acting_of(request), screenshot_id=screenshot_id, thumb=thumb, now=clock.now())
    answer = HttpResponse(opened, content_type="image/webp")
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@router.delete("/{id:screenshot_id}", response=answers(None, 204), summary="Erase a screenshot")
def delete_screenshot(request: HttpRequest, screenshot_id: int, asked: Query[Covered]) -> Status[Any]:
    """It is gone for good, and the time it covers no longer counts. ADMIN, or the person whose it is."""
    actions.delete_screenshot(
        acting=acting_of(request), screenshot_id=screenshot_id, take_time=asked.take_time, now=clock.now()
    )
    return Status(204, None)


def _shown(one: ScreenshotView) -> dict[str, Any]:
    facts = {name: getattr(one, name) for name in ScreenshotOut.model_fields if name != "user"}
    return {**facts, "state": str(one.state), "user": one.email}
