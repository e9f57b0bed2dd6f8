"""Letting people go and taking them back: over accounts, activity and devices at once."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from sundial.server.accounts.actions import end_all_tokens
from sundial.server.activity import actions as activity
from sundial.server.alerts import actions as alerts
from sundial.server.companies import actions as companies
from sundial.server.companies.types import MemberStatus
from sundial.server.devices import actions as devices
from sundial.server.devices import queries as devices_seen
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotFound
from sundial.server.lib.outcomes import Outcome, alone
from sundial.server.realtime.actions import publish


@transaction.atomic
def deactivate_person(*, acting: Acting, user_id: int, now: datetime) -> None:
    """They cannot sign in until reactivated; their work, tokens and devices end now."""
    _end(acting, user_id, MemberStatus.INACTIVE, "EMPLOYEE_DEACTIVATED", "user_updated", now)


@transaction.atomic
def reactivate_person(*, acting: Acting, user_id: int, now: datetime) -> None:
    """They may sign in again and enrol devices anew."""
    companies.set_status(
        acting=acting,
        user_id=user_id,
        status=MemberStatus.ACTIVE,
        action="EMPLOYEE_REACTIVATED",
        kind="user_updated",
        now=now,
    )


@transaction.atomic
def let_go(*, acting: Acting, user_id: int, now: datetime) -> None:
    """They leave the company: their work, tokens and devices end within a second, everywhere."""
    _end(acting, user_id, MemberStatus.LEFT, "EMPLOYEE_REMOVED", "user_deleted", now)


def _end(acting: Acting, user_id: int, status: MemberStatus, action: str, kind: str, now: datetime) -> str:
    row = companies.set_status(acting=acting, user_id=user_id, status=status, action=action, kind=kind, now=now)
    activity.end_sessions_of(company_id=row.company_id, user_id=user_id, now=now)
    end_all_tokens(user_id=user_id, company_id=row.company_id)
    devices.revoke_all_of_person(acting=acting, company_id=row.company_id, user_id=user_id, now=now)
    if status is MemberStatus.LEFT:
        alerts.forget_person(company_id=row.company_id, user_id=user_id)
    return row.user.email


@transaction.atomic
def revoke_device(*, acting: Acting, device_id: int, now: datetime) -> None:
    """A device ends for good, and with it the work that goes on there; raises NotFound, NotAllowed."""
    if acting.company_id is None:
        raise NotFound
    person = devices_seen.device(acting, device_id, now=now).user_id
    # First what is held longest: whoever may not revoke it has changed nothing, for all of this is one transaction.
    activity.end_sessions_of(company_id=acting.company_id, user_id=person, device_id=device_id, now=now)
    devices.revoke(acting=acting, device_id=device_id, now=now)


@transaction.atomic
def let_go_many(*, acting: Acting, user_ids: Iterable[int], now: datetime) -> list[Outcome]:
    """Let several people go; each stands alone, and the answer says what came of each."""
    gone: list[str] = []
    outcomes = [_let_one_go(acting, user_id, gone, now) for user_id in dict.fromkeys(user_ids)]
    if gone and acting.company_id is not None:
        publish(
            company_id=acting.company_id,
            room="admin",
            kind="users_bulk_deleted",
            data={"users": gone},
            actor=acting.label,
            now=now,
        )
    return outcomes


def _let_one_go(acting: Acting, user_id: int, gone: list[str], now: datetime) -> Outcome:
    return alone(user_id, lambda: gone.append(_end(acting, user_id, MemberStatus.LEFT, "EMPLOYEE_REMOVED", "", now)))
