"""Sessions begin and end; of one person's sessions the one that was started latest owns a moment."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from sundial.server.activity import queries
from sundial.server.activity.actions.telling import hold, make_stale, settle
from sundial.server.activity.models import Mark, WorkSession
from sundial.server.activity.queries.sessions import living
from sundial.server.activity.types import EndedBy, Ending
from sundial.server.devices.actions import notify
from sundial.server.lib.errors import NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.lib.words import storable

NOTE_LENGTH = 1000
SWITCHED_OFF = "This work session was ended because access was switched off."


def start_session(
    *,
    company_id: int,
    user_id: int,
    device_id: int,
    uuid: UUID | None = None,
    note: str = "",
    at: datetime,
    now: datetime,
) -> WorkSession:
    """Begin to work on a device. The same `uuid` again is the same session; without one, an open session goes on.

    Whatever else of this person is open ends now: a notice tells its device, and from `at` on it counts for nothing.
    """
    with acting_for(company_id), transaction.atomic():
        if not hold(company_id, user_id):
            raise NotAllowed("Only somebody who is active here can work.")
        found = WorkSession.objects.filter(uuid=uuid).first() if uuid else queries.open_session_of(company_id, user_id)
        if found is not None:
            if found.user_id != user_id:
                raise NotFound
            return found
        made = WorkSession.objects.create(
            company_id=company_id,
            uuid=uuid or uuid4(),
            user_id=user_id,
            device_id=device_id,
            note=storable(note, NOTE_LENGTH),
            started_at=at,
            last_at=at,
            # Closed until it is settled which one of this person's is open: there is never a second.
            ended_at=at,
            ended_by=EndedBy.IMPLIED,
            received_at=now,
        )
        _mark(made, "started", at)
        settle(company_id, user_id, at)
        made.refresh_from_db()
    return made


def stop_session(*, company_id: int, user_id: int, session_id: int, reason: str = "", now: datetime) -> Ending:
    """The person stops; a second stop says that it was over. Raises NotFound for a session of somebody else."""
    with acting_for(company_id), transaction.atomic():
        hold(company_id, user_id)
        row = living().filter(id=session_id, user_id=user_id).first()
        if row is None:
            raise NotFound
        if row.ended_at is not None:
            return Ending.WAS_OVER
        finish(row, at=now, by=EndedBy.PERSON, reason=reason)
    return Ending.STOPPED


def end_sessions_of(*, company_id: int, user_id: int, device_id: int | None = None, now: datetime) -> int:
    """Whoever leaves works no more, nor does a device that is let go: ends what is open there; how many.

    The caller has checked the right.
    """
    with acting_for(company_id), transaction.atomic():
        hold(company_id, user_id)
        rows = list(living().filter(user_id=user_id, ended_at__isnull=True))
        rows = [row for row in rows if device_id in (None, row.device_id)]
        for row in rows:
            finish(row, at=now, by=EndedBy.LEFT)
            tell_device(row, by="", text=SWITCHED_OFF, now=now)
    return len(rows)


def finish(row: WorkSession, *, at: datetime, by: EndedBy, name: str = "", reason: str = "") -> None:
    """End a session of a person who is held; what it counts for is settled with it."""
    make_stale(row.company_id, row.user_id, row.started_at, max(at, row.last_at, row.ended_at or row.last_at))
    row.ended_at = max(at, row.started_at)
    row.ended_by, row.ended_by_name, row.reason = by, name, storable(reason, NOTE_LENGTH)
    row.paused_at = None
    row.save(update_fields=["ended_at", "ended_by", "ended_by_name", "reason", "paused_at"])
    settle(row.company_id, row.user_id, row.started_at)


def tell_device(row: WorkSession, *, by: str, text: str, now: datetime) -> None:
    """The device of this session hears that it is over, by whom, and in words."""
    body = {"session": str(row.uuid), "by": by, "text": text}
    notify(company_id=row.company_id, device_id=row.device_id, kind="session_ended", body=body, now=now)


def _mark(row: WorkSession, state: str, at: datetime) -> None:
    """What the session's device would have told."""
    Mark.objects.create(
        company_id=row.company_id,
        eid=uuid4(),
        user_id=row.user_id,
        device_id=row.device_id,
        session=row.uuid,
        kind="session",
        state=state,
        at=at,
        payload=uuid4(),
    )
