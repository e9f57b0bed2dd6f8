"""What others may do to somebody's sessions: end one, delete one; both stand in the log, and the device hears."""

from datetime import datetime, timedelta

from django.db import transaction

from sundial.server.activity.actions.days import sum_at_once
from sundial.server.activity.actions.starting import finish, tell_device
from sundial.server.activity.actions.telling import hold
from sundial.server.activity.models import WorkSession
from sundial.server.activity.queries.sessions import living, silent
from sundial.server.activity.types import EndedBy
from sundial.server.audit.actions import record
from sundial.server.companies import queries as companies
from sundial.server.companies.types import Person
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.clock import iso
from sundial.server.lib.errors import Invalid, NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.lib.words import storable

SILENT_FOR = timedelta(hours=12)


def end_session(*, acting: Acting, session_id: int, reason: str = "", now: datetime) -> None:
    """End somebody's work: by an ADMIN, or by a MANAGER of their team. It was over already: nothing is done."""
    company_id = _company(acting)
    with acting_for(company_id), transaction.atomic():
        row, person = _held(acting, session_id)
        if acting.role not in {Role.ADMIN, Role.MANAGER}:
            raise NotAllowed("Only an administrator or a manager may end a session; stop your own in the agent.")
        if row.ended_at is not None:
            return
        by = _name(acting)
        finish(row, at=now, by=EndedBy.ADMIN, name=by, reason=reason)
        text = f"{by} ended this work session." + (f" {row.reason}" if row.reason else "")
        tell_device(row, by=by, text=text, now=now)
        _audit("SESSION_ENDED", f"{by} ended a work session of {person.email}", acting, row, person, now)
        sum_at_once(company_id, row.user_id, row.started_at, now, now=now)


def delete_session(*, acting: Acting, session_id: int, reason: str, now: datetime) -> None:
    """Take a session out of every list and sum: by an ADMIN, with a reason. Its spans stay, and count nowhere."""
    company_id = _company(acting)
    with acting_for(company_id), transaction.atomic():
        row, person = _held(acting, session_id)
        if acting.role is not Role.ADMIN:
            raise NotAllowed("Only an administrator may delete a session.")
        if not storable(reason).strip():
            raise Invalid({"reason": "Say why."})
        if row.ended_at is None:
            tell_device(row, by=_name(acting), text=f"{_name(acting)} deleted this work session.", now=now)
        finish(row, at=row.ended_at or now, by=EndedBy.DELETED, name=_name(acting), reason=reason)
        _audit(
            "SESSION_DELETED", f"A work session of {person.email} was deleted: {row.reason}", acting, row, person, now
        )
        sum_at_once(company_id, row.user_id, row.started_at, max(row.last_at, row.ended_at or now), now=now)


def mend_session(*, acting: Acting, session_id: int, ended_at: datetime, reason: str, now: datetime) -> None:
    """Somebody forgot to stop: a session ends earlier, by an ADMIN or a MANAGER of their team, with a reason.

    What was recorded after that counts nowhere. The person reads who did it and why.
    """
    company_id = _company(acting)
    with acting_for(company_id), transaction.atomic():
        row, person = _held(acting, session_id)
        if acting.role not in {Role.ADMIN, Role.MANAGER}:
            raise NotAllowed("Only an administrator or a manager may set when a session ended.")
        before = row.ended_at or max(row.last_at, row.started_at)
        _check_end(row.started_at, ended_at, before, reason)
        if row.ended_at is None:
            tell_device(row, by=_name(acting), text=f"{_name(acting)} ended this work session.", now=now)
        finish(row, at=ended_at, by=EndedBy.ADMIN, name=_name(acting), reason=reason)
        minutes = round((before - ended_at).total_seconds() / 60)
        words = f"A work session of {person.email} ends {minutes} minutes earlier: {row.reason}"
        times = {"before": iso(before), "ended": iso(ended_at)}
        _audit("SESSION_CORRECTED", words, acting, row, person, now, **times)
        sum_at_once(company_id, row.user_id, row.started_at, before, now=now)


def _check_end(start: datetime, ended_at: datetime, before: datetime, reason: str) -> None:
    faults = {}
    if not start < ended_at < before:
        faults["ended_at"] = "This must lie after its start and before the end that it has."
    if not storable(reason).strip():
        faults["reason"] = "Say why."
    if faults:
        raise Invalid(faults)


def end_silent_sessions(*, company_id: int, now: datetime) -> int:
    """End what was not heard of for twelve hours, at the moment of its last fact; how many.

    One at a time: who holds two people may wait for the gateway, which waits for the first.
    """
    with acting_for(company_id), transaction.atomic():
        found = [(row.pk, row.user_id) for row in silent(now - SILENT_FOR)]
    return sum(_end_silent(company_id, user_id, session_id, now) for session_id, user_id in found)


def _end_silent(company_id: int, user_id: int, session_id: int, now: datetime) -> int:
    with acting_for(company_id), transaction.atomic():
        hold(company_id, user_id)
        row = living().filter(id=session_id, ended_at__isnull=True, last_at__lt=now - SILENT_FOR).first()
        if row is None:
            return 0
        finish(row, at=row.last_at, by=EndedBy.SILENCE)
    return 1


def _company(acting: Acting) -> int:
    if acting.company_id is None or acting.kind != "person":
        raise NotFound
    return acting.company_id


def _held(acting: Acting, session_id: int) -> tuple[WorkSession, Person]:
    """The session and whose it is, if `acting` may see them; the person is held until the end."""
    visible = companies.visible_user_ids(acting)
    user_id = living().filter(id=session_id, user_id__in=visible).values_list("user_id", flat=True).first()
    if user_id is None:
        raise NotFound
    hold(acting.company_id or 0, user_id)
    return living().get(id=session_id), companies.names_of([user_id])[user_id]


def _name(acting: Acting) -> str:
    people = companies.names_of([acting.id or 0])
    return people[acting.id or 0].name if people else acting.label


def _audit(
    action: str, words: str, acting: Acting, row: WorkSession, person: Person, now: datetime, **details: str
) -> None:
    record(
        acting=acting,
        company_id=row.company_id,
        action=action,
        description=words,
        details={"session": str(row.uuid), **details},
        personal={"target": person.email, "reason": row.reason},
        target_kind="person",
        target_id=row.user_id,
        now=now,
    )
