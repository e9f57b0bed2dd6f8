"""Who does what at this moment, as far as facts tell."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from sundial.server.activity.models import Span, WorkSession
from sundial.server.activity.queries import sessions as work
from sundial.server.activity.queries.visible import company_of
from sundial.server.activity.types import NowRow, NowState, SpanKind
from sundial.server.companies import queries as companies
from sundial.server.companies.types import MemberStatus, Person
from sundial.server.devices import queries as devices
from sundial.server.devices.types import PersonPresence, Presence
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.scope import acting_for
from sundial.server.tracking import queries as tracking

FRESH = timedelta(minutes=5)
_LOOKED_BACK = timedelta(hours=1)  # spans are cut far shorter than this
_TELLING = (SpanKind.APP, SpanKind.AWAY, SpanKind.PRIVATE)


@dataclass(frozen=True, slots=True)
class _Facts:
    """All that one person's row is made from."""

    session: WorkSession | None  # today's last
    span: Span | None  # the freshest
    presence: PersonPresence


def now_board(acting: Acting, *, now: datetime, user_id: int | None = None) -> list[NowRow]:
    """Every active person whom `acting` may see, by name; or one of them. How long is said by `with_worked`."""
    company_id = company_of(acting)
    with acting_for(company_id), transaction.atomic():
        people = _people(acting, user_id)
        ids = [person.id for person in people]
        start, end = work.today_of(company_id, now)
        last = {row.user_id: row for row in work.touching(start, end, ids)}
        spans = {span.user_id: span for span in _freshest(company_id, ids, now)}
        presences = devices.presence_of_people(company_id, ids, now=now)
        told = bool(tracking.head(company_id).settings["app_tracking_enabled"])
    return [
        _row(person, _Facts(last.get(person.id), spans.get(person.id), presences[person.id]), told) for person in people
    ]


def with_worked(acting: Acting, rows: Sequence[NowRow], *, now: datetime) -> list[NowRow]:
    """The same rows with what each of these people worked today."""
    company_id, ids = company_of(acting), [row.user_id for row in rows]
    with acting_for(company_id), transaction.atomic():
        worked = work.worked_of(ids, *work.today_of(company_id, now), now)
    return [replace(row, worked_ms=worked[row.user_id].worked_ms) for row in rows]


def _people(acting: Acting, user_id: int | None) -> list[Person]:
    if user_id is not None or acting.role is Role.EMPLOYEE:
        rows = [companies.person(acting, user_id or acting.id or 0)]
    else:
        rows = list(companies.people(acting, status=MemberStatus.ACTIVE))
    return [companies.as_person(row) for row in rows]


def _freshest(company_id: int, user_ids: list[int], now: datetime) -> QuerySet[Span]:
    rows = Span.objects.filter(
        user_id__in=user_ids,
        started__gt=now - _LOOKED_BACK,
        started__lte=now,
        kind__in=_TELLING,
        ended__gte=now - FRESH,
    )
    return rows.order_by("user_id", "-ended", "-started").distinct("user_id")


def _row(person: Person, facts: _Facts, told: bool) -> NowRow:
    state, since = _state(facts)
    at_work = state is NowState.WORKING and facts.span is not None and facts.span.kind == SpanKind.APP
    session = facts.session if facts.session and facts.session.ended_at is None else None
    return NowRow(
        user_id=person.id,
        name=person.name,
        email=person.email,
        role=str(person.role),
        state=state,
        since=since,
        application=facts.span.name if told and at_work and facts.span else "",
        note=session.note if session else "",
        session_id=session.pk if session else None,
        online=facts.presence.presence is Presence.ONLINE,
        last_at=facts.session.last_at if facts.session else facts.presence.last_seen_at,
    )


def _state(facts: _Facts) -> tuple[NowState, datetime | None]:
    session, span = facts.session, facts.span
    if session is None:
        return NowState.NOT_STARTED, None
    if session.ended_at is not None:
        return NowState.STOPPED, session.ended_at
    if facts.presence.presence is not Presence.ONLINE:
        return NowState.OFFLINE, facts.presence.last_seen_at or session.last_at
    if session.paused_at is not None:
        return NowState.PAUSED, session.paused_at
    if span is not None and span.session == session.uuid and span.kind != SpanKind.APP:
        return _absent(span), span.started
    return NowState.WORKING, session.started_at


def _absent(span: Span) -> NowState:
    if span.kind == SpanKind.PRIVATE:
        return NowState.PRIVATE
    return NowState.IDLE if span.name == "idle" else NowState.AWAY
