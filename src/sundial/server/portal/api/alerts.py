"""`alerts`: what somebody should look into, marked read and put off; and reaching people whose agents are silent."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field, StrictInt

from sundial.server.alerts import actions, queries
from sundial.server.alerts.queries import AlertFilters
from sundial.server.alerts.types import AlertRow
from sundial.server.companies import queries as companies
from sundial.server.lib import clock
from sundial.server.lib.ids import HIGHEST_ID
from sundial.server.lib.outcomes import Outcome
from sundial.server.portal.api.answers import answers, creates
from sundial.server.portal.api.doors import acting_of
from sundial.server.portal.api.outcomes import OutcomeOut
from sundial.server.portal.api.paging import Listing, Paging, Words
from sundial.server.portal.api.repeating import PARAMETER

router = Router(tags=["alerts"])
_REPEATABLE = {"parameters": [PARAMETER]}
_MANY = 200


class AlertOut(Schema):
    """An alert in words; `unread` is your own mark. `user_id` is whom it concerns, for those who may see them.

    Times within `text` are in the zone of the company; for the OWNER in UTC.
    """

    id: int
    rule: str
    title: str
    text: str
    state: Literal["OPEN", "RESOLVED"]
    subject_kind: str
    subject_id: int
    user_id: int | None
    person: str
    raised_at: datetime
    resolved_at: datetime | None
    snoozed_until: datetime | None
    times: int
    unread: bool


class AlertPage(Listing):
    """One page of alerts."""

    items: list[AlertOut]


class AlertSearch(Paging):
    """Which alerts to list."""

    state: Literal["", "open", "unread", "snoozed", "resolved"] = ""
    rule: Words = ""
    ordering: Literal["raised_at", "-raised_at"] = "-raised_at"
    search: Words = Field("", description="Words of the rule, or of the person, computer or company it is about.")


class Unread(Schema):
    """How many open alerts you have not read."""

    unread: int


class ReadIn(Schema):
    """Which alerts you have read; without any, all."""

    model_config = ConfigDict(extra="forbid")

    ids: list[StrictInt] = Field([], max_length=_MANY)


class SnoozeIn(Schema):
    """For how long nobody is reminded; 0 is to be reminded again."""

    model_config = ConfigDict(extra="forbid")

    hours: Literal[0, 4, 24, 168]


class NotifyIn(Schema):
    """Whom to remind."""

    model_config = ConfigDict(extra="forbid")

    user_ids: list[StrictInt] = Field(min_length=1, max_length=_MANY)


class ContactIn(NotifyIn):
    """Whom to write to, and what."""

    subject: str = Field(min_length=1, max_length=120)
    words: str = Field(min_length=1, max_length=4_000)


@router.get("", response=answers(AlertPage), summary="List alerts")
def list_alerts(request: HttpRequest, asked: Query[AlertSearch]) -> dict[str, Any]:
    """The company's for an ADMIN, about their people for a MANAGER, the platform's for the OWNER."""
    filters = AlertFilters(asked.state, asked.rule, asked.search)
    acting, now = acting_of(request), clock.now()
    with timezone.override(companies.zone_of(acting)):
        found = queries.alerts(
            acting, filters, now=now, ordering=asked.ordering, page=asked.page, page_size=asked.page_size
        )
    items = [_shown(row) for row in found.items] if found.page == asked.page else []
    return {"items": items, "count": found.count, "page": asked.page, "pages": found.pages}


@router.get("/unread", response=answers(Unread), summary="Count unread alerts")
def count_unread(request: HttpRequest) -> dict[str, int]:
    """Open, not put off, and not read by you."""
    return {"unread": queries.unread_count(acting_of(request), now=clock.now())}


@router.post("/read", response=creates(Unread, 200), openapi_extra=_REPEATABLE, summary="Mark alerts as read")
def mark_read(request: HttpRequest, payload: ReadIn) -> dict[str, int]:
    """Your own mark: nobody else's count changes. Ids that you may not see are passed over."""
    acting, now = acting_of(request), clock.now()
    if payload.ids:
        actions.mark_read(acting=acting, ids=payload.ids, now=now)
    else:
        actions.mark_all_read(acting=acting, now=now)
    return {"unread": queries.unread_count(acting, now=now)}


@router.post(
    "/notify",
    response=creates(list[OutcomeOut], 200),
    openapi_extra=_REPEATABLE,
    summary="Remind people",
)
def notify(request: HttpRequest, payload: NotifyIn) -> list[Outcome]:
    """A notice on their computers and a mail, at most once an hour a person; each item stands alone. ADMIN, MANAGER."""
    return actions.notify_people(acting=acting_of(request), user_ids=_known(payload.user_ids), now=clock.now())


@router.post("/contact", response=creates(list[OutcomeOut], 200), openapi_extra=_REPEATABLE, summary="Write to people")
def contact(request: HttpRequest, payload: ContactIn) -> list[Outcome]:
    """A mail in your words to each alone, at most three an hour a person. ADMIN, MANAGER."""
    return actions.contact_people(
        acting=acting_of(request),
        user_ids=_known(payload.user_ids),
        subject=payload.subject,
        words=payload.words,
        now=clock.now(),
    )


@router.post(
    "/{id:alert_id}/snooze", response=creates(AlertOut, 200), openapi_extra=_REPEATABLE, summary="Put an alert off"
)
def snooze(request: HttpRequest, alert_id: int, payload: SnoozeIn) -> dict[str, Any]:
    """Nobody is reminded of it for that long."""
    acting, now = acting_of(request), clock.now()
    with timezone.override(companies.zone_of(acting)):
        return _shown(actions.snooze(acting=acting, alert_id=alert_id, hours=payload.hours, now=now))


def _known(ids: list[int]) -> list[int]:
    """Numbers that can be ids, in the order of the first; what cannot is nobody's."""
    return [min(max(one, -1), HIGHEST_ID) for one in ids]


def _shown(row: AlertRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in AlertOut.model_fields}
