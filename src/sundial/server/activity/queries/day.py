"""One person's day, to the second: this one page reads the spans themselves, by person and time."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from sundial.server.activity import rules
from sundial.server.activity.models import Screenshot, Span, Usage, WorkSession
from sundial.server.activity.queries import sessions as work
from sundial.server.activity.queries.screenshots import picture_views
from sundial.server.activity.queries.told import Asked, told_of
from sundial.server.activity.queries.usage import KEPT
from sundial.server.activity.queries.visible import visible_person
from sundial.server.activity.rules.parts import parts_of
from sundial.server.activity.rules.ranges import at_ms, moment_of
from sundial.server.activity.types import (
    DayView,
    Inputs,
    Piece,
    SpanKind,
    Stretch,
    Total,
)
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotFound
from sundial.server.lib.scope import acting_for

LONGEST_SPAN = timedelta(days=1)  # what began longer before the day than this is not looked for
_COLUMNS = ("session", "kind", "name", "title", "detail", "answer", "started", "ended")


def day_of(acting: Acting, user_id: int, day: date, zone: str, *, now: datetime) -> DayView:
    """Everything of one person's day in one zone; raises NotFound for somebody who may not be seen."""
    if acting.company_id is None:
        raise NotFound
    start, end = rules.day_bounds(day, zone)
    with acting_for(acting.company_id), transaction.atomic():
        person = visible_person(acting, user_id)
        rows = work.touching(start, end, [user_id])
        rests = [rest for each in work.pauses_of(rows, now).values() for rest in each if rest.end > start]
        stretches = _spans(user_id, start, end)
        shots = Screenshot.objects.filter(user_id=user_id, taken_at__gte=start, taken_at__lt=end, state__in=KEPT)
        (told,) = told_of([Asked(user_id, start, end)], now)
        parts = parts_of(told).between(at_ms(start), at_ms(end))
        note = next((row.note for row in reversed(rows) if row.note), "")
        counted = [one for one in stretches if not one.answer]  # an answer speaks of time that was told already
        return DayView(
            user_id=user_id,
            name=person.name,
            email=person.email,
            day=day,
            zone=zone,
            start=start,
            end=end,
            sessions=tuple(work.views(rows, now)),
            stretches=tuple(rules.joined(stretches)),
            pauses=tuple(rest for rest in rests if rest.start < end),
            screenshots=tuple(picture_views(list(shots.order_by("taken_at", "id")))),
            worked=work.worked_in(parts, note),
            manual=tuple(Piece("manual", moment_of(low), moment_of(high)) for low, high in parts.manual),
            by_kind=_by_kind(counted),
            apps=_totals(counted, SpanKind.APP),
            websites=_totals(counted, SpanKind.WEBSITE),
            away=_totals(counted, SpanKind.AWAY),
            inputs=_inputs(user_id, start, end),
        )


def _spans(user_id: int, start: datetime, end: datetime) -> list[Stretch]:
    """What counts of the spans between two moments, by the same rule as the sums."""
    rows = Span.objects.filter(
        user_id=user_id, started__gte=start - LONGEST_SPAN, started__lt=end, ended__gte=start
    ).exclude(kind=SpanKind.INPUT)
    found = list(rows.order_by("started").values(*_COLUMNS))
    limits = _limits(row["session"] for row in found)
    stretches = []
    for row in found:
        low, high = limits.get(row["session"], (end, end))
        part = rules.clipped(row["started"], row["ended"], max(start, low), min(end, high or end))
        if part is not None:
            stretches.append(_stretch(row, *part))
    return stretches


def _inputs(user_id: int, start: datetime, end: datetime) -> Inputs:
    """Counts of input, from the sums: every zone's days begin on a quarter of an hour."""
    rows = Usage.objects.filter(user_id=user_id, bucket__gte=start, bucket__lt=end, kind=SpanKind.INPUT)
    sums = rows.aggregate(**{name: Sum(name) for name in ("keys", "clicks", "scrolls", "moved_s")})
    return Inputs(**{name: value or 0 for name, value in sums.items()})


def _stretch(row: dict[str, object], start: datetime, end: datetime) -> Stretch:
    return Stretch(
        kind=SpanKind(int(str(row["kind"]))),
        name=str(row["name"]),
        title=str(row["title"]),
        detail=str(row["detail"]),
        start=start,
        end=end,
        ms=rules.ms(end - start),
        session=UUID(str(row["session"])),
        answer=str(row["answer"]),
    )


def _limits(sessions: Iterable[UUID]) -> dict[UUID, tuple[datetime, datetime | None]]:
    """From when, and up to when, each of these sessions counts."""
    rows = WorkSession.objects.filter(uuid__in=set(sessions))
    return {uuid: (low, high) for uuid, low, high in rows.values_list("uuid", "started_at", "counts_until")}


def _by_kind(stretches: list[Stretch]) -> dict[SpanKind, int]:
    sums = dict.fromkeys(SpanKind, 0)
    for one in stretches:
        sums[one.kind] += one.ms
    return sums


def _totals(stretches: list[Stretch], kind: SpanKind) -> tuple[Total, ...]:
    sums: dict[str, int] = defaultdict(int)
    for one in stretches:
        if one.kind == kind:
            sums[one.name] += one.ms
    return rules.totals(Total(kind, name, length) for name, length in sums.items())
