"""Manual time: who asked for what, what became of it, and how much of it was recorded anyway."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from sundial.server.activity.models import ManualTime
from sundial.server.activity.queries.told import Asked, told_of
from sundial.server.activity.queries.visible import company_of, names, visible_ids
from sundial.server.activity.rules.parts import parts_of
from sundial.server.activity.rules.ranges import at_ms, clip, length
from sundial.server.activity.types import ManualKind, ManualState, ManualView
from sundial.server.audit.types import Page
from sundial.server.companies import queries as companies
from sundial.server.companies.types import Listed
from sundial.server.lib import orders
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.lib.words import storable

STANDING = (ManualState.ASKED, ManualState.APPROVED)


def manual_times(
    acting: Acting,
    *,
    now: datetime,
    user_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    state: str = "",
    search: str = "",
    ordering: str = "-asked_at",
    page: int = 1,
    page_size: int = 20,
) -> Page[ManualView]:
    """The manual time that `acting` may see; `search` looks into reasons. Past the end: the last."""
    with acting_for(company_of(acting)), transaction.atomic():
        rows = ManualTime.objects.filter(user_id__in=visible_ids(acting, user_id))
        if since is not None:
            rows = rows.filter(ended_at__gt=since)
        if until is not None:
            rows = rows.filter(started_at__lt=until)
        if state in set(ManualState):
            rows = rows.filter(state=state)
        for word in storable(search).split():
            rows = rows.filter(reason__icontains=word)
        count = rows.count()
        pages = max(1, -(-count // page_size))
        page = min(max(page, 1), pages)
        found = list(rows.order_by(*orders.by(ordering))[(page - 1) * page_size : page * page_size])
        return Page(_views(found, now), count, page, pages)


def manual_time(acting: Acting, manual_id: int, *, now: datetime) -> ManualView:
    """One of them; raises NotFound."""
    if acting.company_id is None or acting.is_owner:
        raise NotFound
    with acting_for(acting.company_id), transaction.atomic():
        visible = companies.visible_user_ids(acting)
        row = ManualTime.objects.filter(id=manual_id, user_id__in=visible).first()
        if row is None:
            raise NotFound
        return _views([row], now)[0]


def may_decide(acting: Acting, one: ManualView) -> bool:
    """An ADMIN decides on everyone's, a MANAGER on that of their teams and never on their own."""
    return one.state is ManualState.ASKED and (
        acting.role is Role.ADMIN or (acting.role is Role.MANAGER and acting.id != one.user_id)
    )


def waiting_manual(acting: Acting) -> int:
    """How much waits for a decision that `acting` may make."""
    if acting.company_id is None or acting.role not in {Role.ADMIN, Role.MANAGER}:
        return 0
    with acting_for(acting.company_id), transaction.atomic():
        rows = ManualTime.objects.filter(state=ManualState.ASKED)
        if acting.role is Role.MANAGER:
            rows = rows.filter(user_id__in=companies.visible_user_ids(acting)).exclude(user_id=acting.id or 0)
        return rows.count()


def recorded_in(acting: Acting, user_id: int, start: datetime, end: datetime, *, now: datetime) -> int:
    """Milliseconds of this time that were recorded as work; raises NotFound for whom `acting` may not see."""
    with acting_for(company_of(acting)), transaction.atomic():
        (asked,) = visible_ids(acting, user_id)
        return _recorded([Asked(asked, start, end)], now)[0]


def standing_beside(user_id: int, start: datetime, end: datetime) -> QuerySet[ManualTime]:
    """A person's manual time, asked for or approved, that overlaps this; in a company's scope."""
    return ManualTime.objects.filter(
        Q(started_at__lt=end), Q(ended_at__gt=start), user_id=user_id, state__in=STANDING
    ).order_by("started_at")


def letter_about(company_id: int, manual_id: int) -> tuple[Listed, ManualView] | None:
    """Whom to write to about what was decided; None where that person may not sign in."""
    with acting_for(company_id), transaction.atomic():
        row = ManualTime.objects.filter(id=manual_id).first()
        person = names([row.user_id]).get(row.user_id) if row else None
        if row is None or person is None or not companies.active_people().filter(user_id=row.user_id).exists():
            return None
        return person, _view(row, {row.user_id: person}, 0)


def _views(found: Sequence[ManualTime], now: datetime) -> list[ManualView]:
    people = names([*(row.user_id for row in found), *(row.asked_by_id for row in found)])
    recorded = _recorded([Asked(row.user_id, row.started_at, row.ended_at) for row in found], now)
    return [_view(row, people, ms) for row, ms in zip(found, recorded, strict=True)]


def _recorded(asked: Sequence[Asked], now: datetime) -> list[int]:
    told = told_of(asked, now)
    return [
        length(clip(parts_of(one).tracked, at_ms(place.low), at_ms(place.high)))
        for one, place in zip(told, asked, strict=True)
    ]


def _view(row: ManualTime, people: dict[int, Listed], recorded_ms: int) -> ManualView:
    asker = people.get(row.asked_by_id)
    return ManualView(
        id=row.pk,
        user_id=row.user_id,
        name=people[row.user_id].name,
        email=people[row.user_id].email,
        started_at=row.started_at,
        ended_at=row.ended_at,
        recorded_ms=recorded_ms,
        reason=row.reason,
        kind=ManualKind(row.kind),
        task_id=row.task_id,
        state=ManualState(row.state),
        asked_at=row.asked_at,
        asked_by_id=row.asked_by_id,
        asked_by_name=asker.name if asker else "",
        decided_by_name=row.decided_by_name,
        decided_at=row.decided_at,
        answer=row.answer,
    )
