"""Who does what at this moment, as far as facts tell."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from sundial.protocol import ids
from sundial.server.activity import rules
from sundial.server.activity.models import Span, WorkSession
from sundial.server.activity.queries import sessions as work
from sundial.server.activity.queries.visible import company_of
from sundial.server.activity.types import NowRow, NowState, SpanKind
from sundial.server.companies.queries.roster import listed
from sundial.server.companies.types import Listed
from sundial.server.devices import queries as devices
from sundial.server.devices.types import PersonPresence, Presence
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.tracking import queries as tracking

FRESH = timedelta(minutes=5)
_LOOKED_BACK = timedelta(hours=1)  # spans are cut far shorter than this
_NAMED_WITHIN = timedelta(days=2)  # names of spans begin with the time: of all months only this one is looked into
_TELLING = (SpanKind.APP, SpanKind.AWAY, SpanKind.PRIVATE)


@dataclass(frozen=True, slots=True)
class _Session:
    """What the board says of a session: a thousand people have one each."""

    id: int
    uuid: UUID
    note: str
    started_at: datetime
    paused_at: datetime | None
    ended_at: datetime | None
    last_at: datetime


@dataclass(frozen=True, slots=True)
class _Freshest:
    """The last thing that was told of somebody."""

    kind: int
    name: str
    session: UUID
    started: datetime


@dataclass(frozen=True, slots=True)
class _Facts:
    """All that one person's row is made from."""

    session: _Session | None  # today's last
    span: _Freshest | None
    presence: PersonPresence


def now_board(acting: Acting, *, now: datetime, user_id: int | None = None) -> list[NowRow]:
    """Every active person whom `acting` may see, by name; or one of them. How long is said by `with_worked`."""
    company_id = company_of(acting)
    with acting_for(company_id), transaction.atomic():
        people = _people(acting, user_id)
        user_ids = [person.id for person in people]
        last = _last_of_today(company_id, user_ids, now)
        spans = _freshest(user_ids, now)
        presences = devices.presence_of_people(company_id, user_ids, now=now)
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


def _people(acting: Acting, user_id: int | None) -> list[Listed]:
    one = acting.id or 0 if user_id is None and acting.role is Role.EMPLOYEE else user_id
    found = listed(acting, one)
    if one is not None and not found:
        raise NotFound
    return found


def _last_of_today(company_id: int, user_ids: list[int], now: datetime) -> dict[int, _Session]:
    start, end = work.today_of(company_id, now)
    rows = WorkSession.objects.filter(id__in=work.ids_touching(start, end, user_ids)).order_by("started_at", "id")
    names = (field.name for field in fields(_Session))
    return {user_id: _Session(*values) for user_id, *values in rows.values_list("user_id", *names)}


def _freshest(user_ids: list[int], now: datetime) -> dict[int, _Freshest]:
    rows = Span.objects.filter(
        user_id__in=user_ids,
        eid__range=[ids.uuid7(rules.ms(at - rules.EPOCH), 0) for at in (now - _NAMED_WITHIN, now + _NAMED_WITHIN)],
        started__gt=now - _LOOKED_BACK,
        started__lte=now,
        kind__in=_TELLING,
        ended__gte=now - FRESH,
    )
    last = rows.order_by("user_id", "-ended", "-started").distinct("user_id")
    names = (field.name for field in fields(_Freshest))
    return {user_id: _Freshest(*values) for user_id, *values in last.values_list("user_id", *names)}


def _row(person: Listed, facts: _Facts, told: bool) -> NowRow:
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
        session_id=session.id if session else None,
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


def _absent(span: _Freshest) -> NowState:
    if span.kind == SpanKind.PRIVATE:
        return NowState.PRIVATE
    return NowState.IDLE if span.name == "idle" else NowState.AWAY
