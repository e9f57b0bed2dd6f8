"""Manual time is asked for by the person and decided on by somebody else; an ADMIN may enter it, with a reason."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from sundial.server.activity.actions.days import sum_at_once
from sundial.server.activity.actions.telling import changed, hold, make_stale
from sundial.server.activity.models import ManualTime
from sundial.server.activity.queries.manual import standing_beside
from sundial.server.activity.queries.visible import company_of, visible_person
from sundial.server.activity.types import ManualKind, ManualState
from sundial.server.audit.actions import record
from sundial.server.companies import queries as companies
from sundial.server.lib import jobs
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.clock import iso
from sundial.server.lib.errors import Conflict, Invalid, NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.lib.words import storable

REASON_LENGTH = 1000
LONGEST = timedelta(hours=24)
LONG_AGO = timedelta(days=366)
DECIDED_MAIL = "activity.mail_manual_time"


@dataclass(frozen=True, slots=True)
class Manual:
    """What is asked for."""

    started_at: datetime
    ended_at: datetime
    reason: str
    kind: ManualKind = ManualKind.WORK
    task_id: int | None = None


def ask_manual(*, acting: Acting, manual: Manual, now: datetime) -> int:
    """The person asks for time of their own; the id. It counts once somebody else approved it."""
    company_id = company_of(acting)
    with acting_for(company_id), transaction.atomic():
        row = _made(acting, acting.id or 0, manual, ManualState.ASKED, now)
        _audit("MANUAL_TIME_ASKED", "asked for manual time", acting, row, now)
        changed(company_id, row.user_id)
    return row.pk


def enter_manual(*, acting: Acting, user_id: int, manual: Manual, now: datetime) -> int:
    """An ADMIN enters somebody's time, which counts at once; the id. The person reads who did it and why."""
    company_id = company_of(acting)
    with acting_for(company_id), transaction.atomic():
        visible_person(acting, user_id)
        if acting.role is not Role.ADMIN:
            raise NotAllowed("Only an administrator may enter time for somebody.")
        row = _made(acting, user_id, manual, ManualState.APPROVED, now)
        row.decided_by_name, row.decided_at = _name(acting), now
        row.save(update_fields=["decided_by_name", "decided_at"])
        _audit("MANUAL_TIME_APPROVED", "entered manual time", acting, row, now)
        _counted(row, acting, now)
    return row.pk


def decide_manual(*, acting: Acting, manual_id: int, approve: bool, answer: str = "", now: datetime) -> None:
    """Approve or refuse: an ADMIN anyone's, a MANAGER that of their teams and not their own. To refuse takes words.

    An ADMIN may refuse what was approved: it counts no more. Raises Conflict for what was decided already.
    """
    company_id = company_of(acting)
    with acting_for(company_id), transaction.atomic():
        row = _held(acting, manual_id)
        _may_decide(acting, row)
        taken_back = row.state == ManualState.APPROVED and not approve and acting.role is Role.ADMIN
        if row.state != ManualState.ASKED and not taken_back:
            raise Conflict("This was decided or withdrawn already.")
        words = storable(answer, REASON_LENGTH).strip()
        if not approve and not words:
            raise Invalid({"answer": "Say why."}, "Say why.")
        row.state = ManualState.APPROVED if approve else ManualState.REFUSED
        row.decided_by_name, row.decided_at, row.answer = _name(acting), now, words
        row.save(update_fields=["state", "decided_by_name", "decided_at", "answer"])
        action = "MANUAL_TIME_APPROVED" if approve else "MANUAL_TIME_REFUSED"
        _audit(action, "approved manual time" if approve else "refused manual time", acting, row, now)
        if approve or taken_back:
            _counted(row, acting, now)
        else:
            _tell(row, acting)


def withdraw_manual(*, acting: Acting, manual_id: int, now: datetime) -> None:
    """The person asks no more; what was decided stands."""
    company_id = company_of(acting)
    with acting_for(company_id), transaction.atomic():
        row = _held(acting, manual_id)
        if row.user_id != acting.id:
            raise NotAllowed("Only the person may withdraw this.")
        if row.state != ManualState.ASKED:
            raise Conflict("This was decided or withdrawn already.")
        row.state = ManualState.WITHDRAWN
        row.save(update_fields=["state"])
        _audit("MANUAL_TIME_WITHDRAWN", "withdrew manual time", acting, row, now)
        changed(company_id, row.user_id)


def _made(acting: Acting, user_id: int, manual: Manual, state: ManualState, now: datetime) -> ManualTime:
    if not hold(acting.company_id or 0, user_id):
        raise NotAllowed("Time can only be entered for somebody who is active here.")
    reason = storable(manual.reason, REASON_LENGTH).strip()
    _check(user_id, manual, reason, now)
    return ManualTime.objects.create(
        company_id=acting.company_id or 0,
        user_id=user_id,
        started_at=manual.started_at,
        ended_at=manual.ended_at,
        reason=reason,
        kind=ManualKind(manual.kind),
        task_id=manual.task_id,
        state=state,
        asked_at=now,
        asked_by_id=acting.id or 0,
    )


def _check(user_id: int, manual: Manual, reason: str, now: datetime) -> None:
    faults = {}
    if not reason:
        faults["reason"] = "Say what you did, or why it was not recorded."
    if manual.ended_at <= manual.started_at:
        faults["ended_at"] = "The end must come after the start."
    elif manual.ended_at - manual.started_at > LONGEST:
        faults["ended_at"] = "At most 24 hours at a time."
    if manual.ended_at > now:
        faults["ended_at"] = "This lies in the future: enter time once it is over."
    if manual.started_at < now - LONG_AGO:
        faults["started_at"] = "This is more than a year ago."
    if not faults and standing_beside(user_id, manual.started_at, manual.ended_at).exists():
        faults["started_at"] = "Some of this time was entered already: see the list."
    if faults:
        raise Invalid(faults)


def _held(acting: Acting, manual_id: int) -> ManualTime:
    """The row, if `acting` may see whose it is; that person is held until the end."""
    visible = companies.visible_user_ids(acting)
    rows = ManualTime.objects.filter(id=manual_id, user_id__in=visible)
    user_id = rows.values_list("user_id", flat=True).first()
    if user_id is None:
        raise NotFound
    hold(acting.company_id or 0, user_id)
    return ManualTime.objects.select_for_update(of=("self",), no_key=True).get(id=manual_id)


def _may_decide(acting: Acting, row: ManualTime) -> None:
    if acting.role not in {Role.ADMIN, Role.MANAGER}:
        raise NotAllowed("Only an administrator or a manager may decide on this.")
    if acting.role is Role.MANAGER and acting.id == row.user_id:
        raise NotAllowed("Somebody else has to decide on your own time.")


def _counted(row: ManualTime, acting: Acting, now: datetime) -> None:
    """What counts changed."""
    make_stale(row.company_id, row.user_id, row.started_at, row.ended_at)
    sum_at_once(row.company_id, row.user_id, row.started_at, row.ended_at, now=now)
    changed(row.company_id, row.user_id)
    _tell(row, acting)


def _tell(row: ManualTime, acting: Acting) -> None:
    """The person gets a mail, unless they did it themselves."""
    if row.user_id != acting.id:
        jobs.defer(DECIDED_MAIL, company_id=row.company_id, manual_id=row.pk)


def _name(acting: Acting) -> str:
    found = companies.names_of([acting.id or 0]).get(acting.id or 0)
    return found.name if found else acting.label


def _audit(action: str, deed: str, acting: Acting, row: ManualTime, now: datetime) -> None:
    person = companies.names_of([row.user_id])[row.user_id]
    hours = (row.ended_at - row.started_at).total_seconds() / 3600
    record(
        acting=acting,
        company_id=row.company_id,
        action=action,
        description=f"{acting.label} {deed} of {person.email}: {hours:.2f} hours",
        details={
            "manual_time": row.pk,
            "from": iso(row.started_at),
            "to": iso(row.ended_at),
            "state": str(row.state),
        },
        personal={"target": person.email, "reason": row.reason, "answer": row.answer},
        target_kind="person",
        target_id=row.user_id,
        now=now,
    )
