"""`usage`: how long which application or website was in front, from the roll-ups in quarters of an hour."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from sundial.server.activity import queries
from sundial.server.activity.types import SpanKind
from sundial.server.lib import clock
from sundial.server.lib.errors import Invalid
from sundial.server.lib.ids import HIGHEST_ID
from sundial.server.portal.api.answers import answers
from sundial.server.portal.api.doors import acting_of
from sundial.server.portal.api.moments import moment
from sundial.server.portal.api.paging import Listing, Paging, Words, page_of

router = Router(tags=["usage"])
_QUARTER, _A_DAY, _MOST = timedelta(minutes=15), timedelta(days=1), timedelta(days=400)
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_ALL = 1_000_000


class UsageKind(StrEnum):
    """What is summed."""

    APP = "app"
    WEBSITE = "website"
    AWAY = "away"
    PRIVATE = "private"


class Group(StrEnum):
    """What each item is about."""

    NAME = "name"
    BUCKET = "bucket"


class UsageOut(Schema):
    """A sum: of a name, with its share of its kind, or of a kind in the quarter of an hour that begins at `bucket`."""

    kind: str
    name: str | None = None
    bucket: datetime | None = None
    seconds: float
    share: float | None = None


class UsagePage(Listing):
    """One page of sums."""

    items: list[UsageOut]


class UsageSearch(Paging):
    """Which time, whose, and how it is summed."""

    since: Words = Field(
        "", alias="from", description="A day or a moment, ISO 8601, taken down to the quarter; else a day before `to`."
    )
    until: Words = Field("", alias="to", description="A day, which is included, or a moment, which is not; else now.")
    user_id: int | None = Field(None, ge=1, le=HIGHEST_ID, description="Everyone whom you may see, if left out.")
    kind: UsageKind = Field(UsageKind.APP, description="What is summed by name.")
    group: Group = Field(Group.NAME, description="`bucket` is every kind by quarter of an hour.")
    ordering: Literal["", "seconds", "-seconds", "name", "-name", "bucket", "-bucket"] = Field(
        "", description="By `seconds`, or by what is summed; if left out, `-seconds` of names, `bucket` of quarters."
    )
    search: Words = Field("", description="Words of names.")


@router.get("", response=answers(UsagePage), summary="Sum usage")
def sum_usage(request: HttpRequest, asked: Query[UsageSearch]) -> dict[str, Any]:
    """Sums over the roll-ups: all of the company for an ADMIN, of their teams for a MANAGER, else one's own."""
    since, until = _window(asked)
    acting, ordering = acting_of(request), _ordering(asked)
    if asked.group is Group.BUCKET:
        rows = queries.usage_by_bucket(
            acting, since=since, until=until, user_id=asked.user_id, search=asked.search, ordering=ordering
        )
        return page_of(
            rows, asked, lambda row: {"kind": row[1].name.lower(), "bucket": row[0], "seconds": row[2] / 1000}
        )
    totals = queries.top_usage(
        acting,
        kind=SpanKind[asked.kind.name],
        since=since,
        until=until,
        user_id=asked.user_id,
        search=asked.search,
        ordering=ordering,
        limit=_ALL,
    )
    return page_of(
        totals,
        asked,
        lambda one: {"kind": asked.kind, "name": one.name, "seconds": one.ms / 1000, "share": round(one.share, 6)},
    )


def _ordering(asked: UsageSearch) -> str:
    if not asked.ordering:
        return "-seconds" if asked.group is Group.NAME else "bucket"
    if asked.ordering.removeprefix("-") not in {"seconds", asked.group}:
        raise Invalid({"ordering": f"What is summed by {asked.group} has no such order."})
    return asked.ordering


def _window(asked: UsageSearch) -> tuple[datetime, datetime]:
    until = moment("to", asked.until, whole_day=True) or clock.now() + _QUARTER
    since = moment("from", asked.since) or max(until, _EARLIEST) - _A_DAY
    if until <= since:
        raise Invalid({"to": "Ask for a time that ends after it begins."})
    if until - since > _MOST:
        raise Invalid({"from": f"Ask for at most {_MOST.days} days at once."})
    return since, until
