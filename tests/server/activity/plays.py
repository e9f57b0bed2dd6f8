"""What the plays of this folder share: sessions, spans as the gateway writes them, and pictures."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from PIL import Image

from sundial.server.activity import actions
from sundial.server.activity.models import Day, Mark, Span, Stale, Usage, WorkSession
from sundial.server.activity.types import SpanKind
from sundial.server.lib.scope import acting_for
from tests.cast import Cast, Player
from tests.server.devices.plays import enrol, report


def begin(cast: Cast, *, at: datetime, player: Player | None = None, device_id: int | None = None) -> WorkSession:
    """A session of the employee, or of whoever is named, on a new device that is online."""
    person = player or cast.employee
    company_id = person.acting.company_id or 0
    if device_id is None:
        device_id = enrol(cast, person).device_id
    report(company_id, device_id, last_agent_sync_at=at, last_seen_at=at)
    return actions.start_session(
        company_id=company_id, user_id=person.id, device_id=device_id, uuid=uuid4(), at=at, now=at
    )


def eid(at: datetime) -> UUID:
    """A name that begins with the time, as agents make them."""
    millis = int(at.timestamp() * 1000)
    return UUID(int=(millis << 80) | (7 << 76) | (uuid4().int & ((1 << 76) - 1)) & ~(0xC << 60) | (0x8 << 60))


def span(
    session: WorkSession,
    start: datetime,
    seconds: float,
    *,
    kind: SpanKind = SpanKind.APP,
    name: str = "xterm",
    **more: Any,
) -> Span:
    """One span as it came."""
    values: dict[str, Any] = {"title": "", "detail": "", "browser": "", "answer": ""}
    values |= {"keys": 0, "clicks": 0, "scrolls": 0, "moved_s": 0, "tz_offset_min": 0, "mono_ms": 0, "boot_id": "b"}
    made = Span(
        company_id=session.company_id,
        eid=eid(start),
        user_id=session.user_id,
        device_id=session.device_id,
        session=session.uuid,
        kind=kind,
        name=name,
        started=start,
        ended=start + timedelta(seconds=seconds),
        payload=uuid4(),
        received_at=start,
        **{**values, **more},
    )
    with acting_for(session.company_id), transaction.atomic():
        made.save(force_insert=True)
        WorkSession.objects.filter(id=session.pk, last_at__lt=made.ended).update(last_at=made.ended)
    return made


def mark(session: WorkSession, state: str, at: datetime, **more: Any) -> None:
    """What the session's device tells of it."""
    with acting_for(session.company_id), transaction.atomic():
        Mark.objects.create(
            company_id=session.company_id,
            eid=eid(at),
            user_id=session.user_id,
            device_id=session.device_id,
            session=session.uuid,
            kind="session",
            state=state,
            at=at,
            payload=uuid4(),
            **more,
        )


def usage(company_id: int, user_id: int) -> dict[tuple[datetime, int, str], tuple[int, ...]]:
    """A person's sums."""
    with acting_for(company_id), transaction.atomic():
        rows = Usage.objects.filter(user_id=user_id)
        return {
            (row.bucket, row.kind, row.name): (row.ms, row.keys, row.clicks, row.scrolls, row.moved_s, row.spans)
            for row in rows
        }


def again(session: WorkSession) -> WorkSession:
    """The session as it stands now."""
    with acting_for(session.company_id), transaction.atomic():
        return WorkSession.objects.get(id=session.pk)


def picture(width: int = 320, height: int = 200, kind: str = "PNG") -> bytes:
    """An image with something on it."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    written = BytesIO()
    image.save(written, kind)
    return written.getvalue()


def drained(company_id: int, user_id: int, start: datetime, end: datetime, now: datetime | None = None) -> None:
    """The worker has made the sums of this time, which plays wrote without telling the queue."""
    with acting_for(company_id), transaction.atomic():
        Stale.objects.create(company_id=company_id, user_id=user_id, since=start, until=end)
    actions.drain(company_id=company_id, now=now or end)


def day_rows(company_id: int, user_id: int) -> list[Day]:
    """A person's days, eldest first."""
    with acting_for(company_id), transaction.atomic():
        return list(Day.objects.filter(user_id=user_id).order_by("day"))
