"""Work sessions, and the time worked in them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy

from sundial.server.activity import rules
from sundial.server.activity.models import Mark, WorkSession
from sundial.server.activity.queries.session_words import with_words
from sundial.server.activity.queries.told import Asked, sessions_touching, told_of
from sundial.server.activity.queries.visible import company_of, names, turned, visible_ids
from sundial.server.activity.rules.parts import Parts, parts_of
from sundial.server.activity.rules.ranges import at_ms, length
from sundial.server.activity.types import EndedBy, Pause, SessionView, Worked
from sundial.server.audit.types import Page
from sundial.server.companies import queries as companies
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotFound
from sundial.server.lib.scope import across_companies, acting_for

_ORDERINGS = {"started_at": "started_at", "ended_at": "ended_at", "id": "id"}


def sessions(
    acting: Acting,
    *,
    now: datetime,
    user_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    state: str = "",
    search: str = "",
    ordering: str = "-started_at",
    page: int = 1,
    page_size: int = 20,
    count_at_most: int | None = None,
    past_end: bool = True,
) -> Page[SessionView]:
    """The sessions that `acting` may see, newest first; `state` is `open`, `ended` or how it ended.

    Those that touch the time from `since` up to `until`; `search` looks into notes, names of people and of computers.
    A page past the end is the last, or, without `past_end`, empty. With `count_at_most` a long list ends there, of
    very many notes the newest are looked through, and the page says that it is `capped`.
    """
    with acting_for(company_of(acting)), transaction.atomic():
        rows = _filtered(_seen_by(acting, user_id, since), since, until, state)
        met = with_words(acting, rows, search, at_most=count_at_most)
        turn = turned(
            met.rows,
            _order(ordering),
            page=page,
            page_size=page_size,
            at_most=count_at_most,
            count=met.count,
            past_end=past_end,
        )
        found = {row.pk: row for row in living().filter(id__in=turn.ids)}
        shown = views([found[one] for one in turn.ids if one in found], now)
        return Page(shown, turn.count, turn.page, turn.pages, turn.capped or met.is_part)


def session(acting: Acting, session_id: int, *, now: datetime) -> SessionView:
    """One session that `acting` may see; raises NotFound."""
    if acting.company_id is None or acting.is_owner:
        raise NotFound
    with acting_for(acting.company_id), transaction.atomic():
        row = living().filter(id=session_id, user_id__in=companies.visible_user_ids(acting)).first()
        if row is None:
            raise NotFound
        return views([row], now)[0]


def open_session_of(company_id: int, user_id: int) -> WorkSession | None:
    """The session of this person that goes on, if one does; inside the company's scope."""
    return living().filter(user_id=user_id, ended_at__isnull=True).first()


def living() -> QuerySet[WorkSession]:
    """Every session but the deleted ones, in the scope of a company."""
    return _living().select_related("device")


def _living() -> QuerySet[WorkSession]:
    return WorkSession.objects.exclude(ended_by=EndedBy.DELETED)


def touching(start: datetime, end: datetime, user_ids: Iterable[int]) -> list[WorkSession]:
    """The sessions of these people that touch a time, eldest first."""
    return list(living().filter(id__in=ids_touching(start, end, user_ids)).order_by("started_at", "id"))


def ids_touching(start: datetime, end: datetime, user_ids: Iterable[int]) -> list[int]:
    """The same by their ids alone."""
    return sessions_touching([Asked(user_id, start, end) for user_id in user_ids])


def pauses_of(rows: Sequence[WorkSession], now: datetime) -> dict[UUID, list[Pause]]:
    """The pauses of each of these sessions."""
    marks: dict[UUID, list[tuple[datetime, str]]] = defaultdict(list)
    told = Mark.objects.filter(session__in=[row.uuid for row in rows], kind="session")
    for session_uuid, at, state in told.values_list("session", "at", "state"):
        marks[session_uuid].append((at, state))
    return {row.uuid: rules.pauses(row.uuid, marks[row.uuid], row.started_at, end_of(row, now)) for row in rows}


def end_of(row: WorkSession, now: datetime) -> datetime:
    """Up to when this session counts."""
    return rules.counted_end(row.started_at, row.ended_at, row.last_at, row.counts_until, now)


def views(rows: Sequence[WorkSession], now: datetime) -> list[SessionView]:
    """Sessions as lists show them."""
    people = names(row.user_id for row in rows)
    told = told_of([Asked(row.user_id, row.started_at, end_of(row, now)) for row in rows], now)
    parts = [_within(row, parts_of(one), now) for row, one in zip(rows, told, strict=True)]
    return [
        SessionView(
            id=row.pk,
            uuid=row.uuid,
            user_id=row.user_id,
            name=people[row.user_id].name,
            email=people[row.user_id].email,
            device_id=row.device_id,
            device=row.device.hostname,
            note=row.note,
            started_at=row.started_at,
            paused_at=row.paused_at,
            ended_at=row.ended_at,
            ended_by=EndedBy(row.ended_by),
            ended_by_name=row.ended_by_name,
            reason=row.reason,
            counts_until=row.counts_until,
            last_at=row.last_at,
            task_id=row.task_id,
            worked_ms=length(part.tracked),
            break_ms=length(part.rest),
        )
        for row, part in zip(rows, parts, strict=True)
    ]


def worked_of(user_ids: Sequence[int], start: datetime, end: datetime, now: datetime) -> dict[int, Worked]:
    """What each of these people worked between two moments; in a company's scope."""
    told = told_of([Asked(user_id, start, end) for user_id in user_ids], now)
    notes = {row.user_id: row.note for row in touching(start, end, user_ids) if row.note}
    return {
        user_id: worked_in(parts_of(one).between(at_ms(start), at_ms(end)), notes.get(user_id, ""))
        for user_id, one in zip(user_ids, told, strict=True)
    }


def worked_in(parts: Parts, note: str = "") -> Worked:
    """How long all this is."""
    return Worked(
        worked_ms=length(parts.worked),
        active_ms=length(parts.active),
        away_ms=length(parts.away),
        private_ms=length(parts.private),
        paused_ms=length(parts.paused),
        break_ms=length(parts.rest),
        manual_ms=length(parts.manual),
        note=note,
    )


def worked_today(company_id: int, user_id: int, *, now: datetime) -> Worked:
    """What a person worked today, in the company's zone."""
    with acting_for(company_id), transaction.atomic():
        start, end = today_of(company_id, now)
        return worked_of([user_id], start, end, now)[user_id]


def today_of(company_id: int, now: datetime) -> tuple[datetime, datetime]:
    """When today begins and ends in this company's zone."""
    zone = companies.company(company_id).time_zone
    return rules.day_bounds(rules.local_day(now, zone), zone)


def _within(row: WorkSession, parts: Parts, now: datetime) -> Parts:
    return parts.between(at_ms(row.started_at), at_ms(end_of(row, now)))


def _seen_by(acting: Acting, user_id: int | None, since: datetime | None) -> QuerySet[WorkSession]:
    """The sessions of one person, or of all whom `acting` may see; who sees all is asked for few: those who left.

    What ended after a moment is found person by person, by the index of when their sessions ended.
    """
    if user_id is not None or acting.role is not Role.ADMIN or since is not None:
        return _living().filter(user_id__in=visible_ids(acting, user_id))
    return _living().exclude(user_id__in=companies.ids_of_those_who_left())


def _filtered(
    rows: QuerySet[WorkSession], since: datetime | None, until: datetime | None, state: str
) -> QuerySet[WorkSession]:
    if since is not None:
        rows = rows.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=since))
    if until is not None:
        rows = rows.filter(started_at__lt=until)
    if state in {"open", "ended"}:
        rows = rows.filter(ended_at__isnull=state == "open")
    elif state in set(EndedBy) - {EndedBy.OPEN}:
        rows = rows.filter(ended_by=state)
    return rows


def _order(ordering: str) -> tuple[OrderBy, OrderBy]:
    """By that column, sessions that go on counting as the latest; of two at once the one that was told later first."""
    field = F(_ORDERINGS.get(ordering.removeprefix("-"), "started_at"))
    first = field.desc(nulls_first=True) if ordering.startswith("-") else field.asc(nulls_last=True)
    return first, F("id").desc()


def silent(before: datetime) -> list[WorkSession]:
    """Sessions that go on and were not heard of since; in the company's scope."""
    return list(living().filter(ended_at__isnull=True, last_at__lt=before).order_by("id"))


def companies_at_work() -> list[int]:
    """The companies in which somebody's session goes on."""
    with transaction.atomic(), across_companies():
        rows = WorkSession.objects.filter(ended_at__isnull=True).order_by("company_id")
        return list(rows.values_list("company_id", flat=True).distinct())
