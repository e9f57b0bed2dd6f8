"""Sessions begin and end; of one person's sessions the one that was started latest owns a moment."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from sundial.server.activity import queries, rules
from sundial.server.activity.actions.telling import changed, count_again
from sundial.server.activity.models import WorkSession
from sundial.server.activity.queries.sessions import living
from sundial.server.activity.types import EndedBy, Ending
from sundial.server.companies import queries as companies
from sundial.server.devices.actions import notify
from sundial.server.lib.errors import NotAllowed, NotFound
from sundial.server.lib.scope import acting_for

NOTE_LENGTH = 1000
_WORDS = {
    EndedBy.OTHER_DEVICE: "Work was started on another device.",
    EndedBy.LEFT: "This work session was ended because access was switched off.",
}


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
        if not hold(user_id):
            raise NotAllowed("Only somebody who is active here can work.")
        found = WorkSession.objects.filter(uuid=uuid).first() if uuid else queries.open_session_of(company_id, user_id)
        if found is not None:
            if found.user_id != user_id:
                raise NotFound
            return found
        later = _later(user_id, at)
        taken_over = [row for row in living().filter(user_id=user_id, started_at__lte=at) if _covers(row, at)]
        for row in taken_over:
            _take_over(row, at, now)
        made = WorkSession(
            company_id=company_id,
            uuid=uuid or uuid4(),
            user_id=user_id,
            device_id=device_id,
            note=rules.storable(note, NOTE_LENGTH),
            started_at=at,
            last_at=at,
            received_at=now,
        )
        if later is not None:
            made.ended_at = made.counts_until = later
            made.ended_by = EndedBy.OTHER_DEVICE
        made.save(force_insert=True)
        changed(company_id, user_id)
    return made


def stop_session(*, company_id: int, user_id: int, session_id: int, reason: str = "", now: datetime) -> Ending:
    """The person stops; a second stop says that it was over. Raises NotFound for a session of somebody else."""
    with acting_for(company_id), transaction.atomic():
        hold(user_id)
        row = living().filter(id=session_id, user_id=user_id).first()
        if row is None:
            raise NotFound
        if row.ended_at is not None:
            return Ending.WAS_OVER
        finish(row, at=now, by=EndedBy.PERSON, reason=reason)
    return Ending.STOPPED


def end_sessions_of(*, company_id: int, user_id: int, now: datetime) -> int:
    """Whoever leaves works no more: ends what is open; how many. The caller has checked the right."""
    with acting_for(company_id), transaction.atomic():
        rows = list(living().filter(user_id=user_id, ended_at__isnull=True))
        for row in rows:
            finish(row, at=now, by=EndedBy.LEFT)
            tell_device(row, by="", text=_WORDS[EndedBy.LEFT], now=now)
    return len(rows)


def hold(user_id: int) -> bool:
    """Wait for whoever is changing this person's place or sessions; are they active? The first of all locks."""
    place = companies.active_people().select_for_update(of=("self",), no_key=True).filter(user_id=user_id)
    return bool(list(place.values_list("id", flat=True)))


def finish(row: WorkSession, *, at: datetime, by: EndedBy, name: str = "", reason: str = "") -> None:
    """End an open session, and tell the pages."""
    row.ended_at = max(at, row.started_at)
    row.ended_by, row.ended_by_name, row.reason = by, name, rules.storable(reason, NOTE_LENGTH)
    row.paused_at = None
    row.save(update_fields=["ended_at", "ended_by", "ended_by_name", "reason", "paused_at"])
    changed(row.company_id, row.user_id)


def tell_device(row: WorkSession, *, by: str, text: str, now: datetime) -> None:
    """The device of this session hears that it is over, by whom, and in words."""
    body = {"session": str(row.uuid), "by": by, "text": text}
    notify(company_id=row.company_id, device_id=row.device_id, kind="session_ended", body=body, now=now)


def _covers(row: WorkSession, at: datetime) -> bool:
    return (row.ended_at is None or row.ended_at > at) and (row.counts_until is None or row.counts_until > at)


def _take_over(row: WorkSession, at: datetime, now: datetime) -> None:
    row.counts_until = at
    row.save(update_fields=["counts_until"])
    if row.last_at > at:
        count_again(row.company_id, row.user_id, at, row.last_at)
    if row.ended_at is None:
        finish(row, at=at, by=EndedBy.OTHER_DEVICE)
        tell_device(row, by="", text=_WORDS[EndedBy.OTHER_DEVICE], now=now)


def _later(user_id: int, at: datetime) -> datetime | None:
    """When a session began that was started after this one, if one was."""
    rows = living().filter(user_id=user_id, started_at__gt=at).order_by("started_at")
    return rows.values_list("started_at", flat=True).first()
