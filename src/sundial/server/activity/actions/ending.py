"""What others may do to somebody's sessions: end one, delete one; both stand in the log, and the device hears."""

from datetime import datetime, timedelta

from django.db import transaction

from sundial.server.activity import rules
from sundial.server.activity.actions.starting import finish, hold, tell_device
from sundial.server.activity.actions.telling import count_again
from sundial.server.activity.models import WorkSession
from sundial.server.activity.queries.sessions import living, silent
from sundial.server.activity.types import EndedBy
from sundial.server.audit.actions import record
from sundial.server.companies import queries as companies
from sundial.server.companies.types import Person
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid, NotAllowed, NotFound
from sundial.server.lib.scope import acting_for

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


def delete_session(*, acting: Acting, session_id: int, reason: str, now: datetime) -> None:
    """Take a session out of every list and sum: by an ADMIN, with a reason. Its spans stay, and count nowhere."""
    company_id = _company(acting)
    with acting_for(company_id), transaction.atomic():
        row, person = _held(acting, session_id)
        if acting.role is not Role.ADMIN:
            raise NotAllowed("Only an administrator may delete a session.")
        if not rules.storable(reason).strip():
            raise Invalid({"reason": "Say why."})
        if row.ended_at is None:
            tell_device(row, by=_name(acting), text=f"{_name(acting)} deleted this work session.", now=now)
        upto = max(row.last_at, row.ended_at or row.last_at)
        row.counts_until = row.started_at
        row.save(update_fields=["counts_until"])
        finish(row, at=row.ended_at or now, by=EndedBy.DELETED, name=_name(acting), reason=reason)
        count_again(company_id, row.user_id, row.started_at, upto)
        _audit(
            "SESSION_DELETED", f"A work session of {person.email} was deleted: {row.reason}", acting, row, person, now
        )


def end_silent_sessions(*, company_id: int, now: datetime) -> int:
    """End what was not heard of for twelve hours, at the moment of its last fact; how many."""
    with acting_for(company_id), transaction.atomic():
        rows = silent(company_id, now - SILENT_FOR)
        for row in rows:
            hold(row.user_id)
            again = living().filter(id=row.pk, ended_at__isnull=True, last_at__lt=now - SILENT_FOR).first()
            if again is not None:
                finish(again, at=again.last_at, by=EndedBy.SILENCE)
    return len(rows)


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
    hold(user_id)
    return living().get(id=session_id), companies.names_of([user_id])[user_id]


def _name(acting: Acting) -> str:
    people = companies.names_of([acting.id or 0])
    return people[acting.id or 0].name if people else acting.label


def _audit(action: str, words: str, acting: Acting, row: WorkSession, person: Person, now: datetime) -> None:
    record(
        acting=acting,
        company_id=row.company_id,
        action=action,
        description=words,
        details={"session": str(row.uuid)},
        personal={"target": person.email, "reason": row.reason},
        target_kind="person",
        target_id=row.user_id,
        now=now,
    )
