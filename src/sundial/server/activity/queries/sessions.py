"""Work sessions, and the time worked in them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from sundial.server.activity import rules
from sundial.server.activity.models import Mark, Usage, WorkSession
from sundial.server.activity.queries.visible import company_of, names, visible_ids
from sundial.server.activity.types import EndedBy, Pause, SessionView, SpanKind, Worked
from sundial.server.audit.types import Page
from sundial.server.companies import queries as companies
from sundial.server.lib.acting import Acting
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
) -> Page[SessionView]:
    """The sessions that `acting` may see, newest first; `state` is `open`, `ended` or how it ended.

    Those that touch the time from `since` up to `until`; `search` looks into notes. A page past the end is the last.
    """
    with acting_for(company_of(acting)), transaction.atomic():
        rows = _filtered(visible_ids(acting, user_id), since, until, state, search)
        count = rows.count()
        pages = max(1, -(-count // page_size))
        page = min(max(page, 1), pages)
        field = F(_ORDERINGS.get(ordering.removeprefix("-"), "started_at"))
        first = field.desc(nulls_first=True) if ordering.startswith("-") else field.asc(nulls_last=True)
        found = list(rows.order_by(first, "-id")[(page - 1) * page_size : page * page_size])
        return Page(views(found, now), count, page, pages)


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
    return WorkSession.objects.exclude(ended_by=EndedBy.DELETED).select_related("device")


def touching(start: datetime, end: datetime, user_ids: Iterable[int]) -> list[WorkSession]:
    """The sessions of these people that touch a time, eldest first."""
    rows = living().filter(user_id__in=list(user_ids), started_at__lt=end)
    return list(rows.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=start)).order_by("started_at", "id"))


def pauses_of(rows: Sequence[WorkSession], now: datetime) -> dict[UUID, list[Pause]]:
    """The pauses of each of these sessions."""
    marks: dict[UUID, list[tuple[datetime, str]]] = defaultdict(list)
    told = Mark.objects.filter(session__in=[row.uuid for row in rows], kind="session")
    for session_uuid, at, state in told.values_list("session", "at", "state"):
        marks[session_uuid].append((at, state))
    return {row.uuid: rules.pauses(row.uuid, marks[row.uuid], end_of(row, now)) for row in rows}


def end_of(row: WorkSession, now: datetime) -> datetime:
    """Up to when this session counts."""
    return rules.counted_end(row.started_at, row.ended_at, row.last_at, row.counts_until, now)


def views(rows: Sequence[WorkSession], now: datetime) -> list[SessionView]:
    """Sessions as lists show them."""
    people, rests = names(row.user_id for row in rows), pauses_of(rows, now)
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
            worked_ms=worked_ms(row, rests[row.uuid], row.started_at, end_of(row, now), now),
        )
        for row in rows
    ]


def worked_ms(row: WorkSession, rests: Sequence[Pause], start: datetime, end: datetime, now: datetime) -> int:
    """The time of this session between two moments, less its pauses."""
    part = rules.clipped(row.started_at, end_of(row, now), start, end)
    if part is None:
        return 0
    return rules.ms(part[1] - part[0]) - rules.overlap_ms(((rest.start, rest.end) for rest in rests), *part)


def worked_of(user_ids: Sequence[int], start: datetime, end: datetime, now: datetime) -> dict[int, Worked]:
    """What each of these people worked between two moments that lie on quarters of an hour; in a company's scope."""
    rows = touching(start, end, user_ids)
    rests = pauses_of(rows, now)
    away = _away(user_ids, start, end)
    found = dict.fromkeys(user_ids, Worked())
    for row in rows:
        before, mine = found[row.user_id], rests[row.uuid]
        worked = before.worked_ms + worked_ms(row, mine, start, end, now)
        paused = before.paused_ms + rules.overlap_ms(((rest.start, rest.end) for rest in mine), start, end)
        absent = min(away.get(row.user_id, 0), worked)
        found[row.user_id] = Worked(worked, worked - absent, absent, paused, row.note or before.note)
    return found


def worked_today(company_id: int, user_id: int, *, now: datetime) -> Worked:
    """What a person worked today, in the company's zone."""
    with acting_for(company_id), transaction.atomic():
        start, end = today_of(company_id, now)
        return worked_of([user_id], start, end, now)[user_id]


def today_of(company_id: int, now: datetime) -> tuple[datetime, datetime]:
    """When today begins and ends in this company's zone."""
    zone = companies.company(company_id).time_zone
    return rules.day_bounds(rules.local_day(now, zone), zone)


def _away(user_ids: Sequence[int], start: datetime, end: datetime) -> dict[int, int]:
    rows = Usage.objects.filter(
        user_id__in=list(user_ids), bucket__gte=start, bucket__lt=end, kind=SpanKind.AWAY
    ).values_list("user_id", "ms")
    sums: dict[int, int] = defaultdict(int)
    for user_id, length in rows:
        sums[user_id] += length
    return sums


def _filtered(
    user_ids: list[int], since: datetime | None, until: datetime | None, state: str, search: str
) -> QuerySet[WorkSession]:
    rows = living().filter(user_id__in=user_ids)
    if since is not None:
        rows = rows.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=since))
    if until is not None:
        rows = rows.filter(started_at__lt=until)
    if state in {"open", "ended"}:
        rows = rows.filter(ended_at__isnull=state == "open")
    elif state in set(EndedBy) - {EndedBy.OPEN}:
        rows = rows.filter(ended_by=state)
    for word in rules.storable(search).split():
        rows = rows.filter(note__icontains=word)
    return rows


def silent(before: datetime) -> list[WorkSession]:
    """Sessions that go on and were not heard of since; in the company's scope."""
    return list(living().filter(ended_at__isnull=True, last_at__lt=before).order_by("id"))


def companies_at_work() -> list[int]:
    """The companies in which somebody's session goes on."""
    with transaction.atomic(), across_companies():
        rows = WorkSession.objects.filter(ended_at__isnull=True).order_by("company_id")
        return list(rows.values_list("company_id", flat=True).distinct())
