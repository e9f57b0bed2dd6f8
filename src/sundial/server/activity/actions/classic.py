"""What older clients tell: lengths without times. They are laid end to end up to now, within their session."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from sundial.protocol.ids import RANDOM_BITS, uuid7
from sundial.server.activity import rules
from sundial.server.activity.actions.telling import count_again, hold
from sundial.server.activity.models import Span, WorkSession
from sundial.server.activity.queries.sessions import living
from sundial.server.activity.types import SpanKind
from sundial.server.lib.errors import Conflict, NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.lib.words import storable

LONGEST = 24 * 3600


@dataclass(frozen=True, slots=True)
class Counted:
    """So many seconds of one thing."""

    kind: SpanKind
    name: str
    seconds: int
    title: str = ""
    detail: str = ""


def record_lengths(*, company_id: int, user_id: int, session_id: int, lengths: Sequence[Counted], now: datetime) -> int:
    """Keep these as spans of the session, each kind laid end to end up to now; how many spans.

    What would lie before the session's start is left out: nobody worked longer than since they began. Raises NotFound
    for a session of somebody else, Conflict for one that is over.
    """
    with acting_for(company_id), transaction.atomic():
        hold(company_id, user_id)
        row = living().filter(id=session_id, user_id=user_id).first()
        if row is None:
            raise NotFound
        if row.ended_at is not None:
            raise Conflict("This work session is over.")
        spans = [span for kind in SpanKind for span in _laid(row, [one for one in lengths if one.kind == kind], now)]
        Span.objects.bulk_create(spans)
        WorkSession.objects.filter(id=row.pk).update(last_at=max(row.last_at, now))
        if spans:
            count_again(company_id, user_id, min(one.started for one in spans), now)
    return len(spans)


def _laid(row: WorkSession, lengths: Sequence[Counted], now: datetime) -> list[Span]:
    """These lengths as spans that end now, none before the session, none across a quarter of an hour."""
    places = rules.in_turn([min(one.seconds, LONGEST) for one in lengths], now)
    found = []
    for one, (start, end) in zip(lengths, places, strict=True):
        part = rules.clipped(start, end, row.started_at, now)
        for since, until in rules.pieces(*part) if part else ():
            found.append(_span(row, one, since, until, now))
    return found


def _span(row: WorkSession, one: Counted, start: datetime, end: datetime, now: datetime) -> Span:
    return Span(
        company_id=row.company_id,
        eid=UUID(uuid7(int(start.timestamp() * 1000), secrets.randbits(RANDOM_BITS))),
        user_id=row.user_id,
        device_id=row.device_id,
        session=row.uuid,
        kind=one.kind,
        name=storable(one.name, 1000),
        title=storable(one.title, 1000),
        detail=storable(one.detail, 4000),
        browser="",
        answer="",
        started=start,
        ended=end,
        keys=0,
        clicks=0,
        scrolls=0,
        moved_s=0,
        tz_offset_min=0,
        mono_ms=0,
        boot_id="",
        payload=uuid4(),
        received_at=now,
    )
