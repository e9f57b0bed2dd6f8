"""Found, suspend and reactivate a company; take on and let go of people: each one transaction over several apps."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sundial.server.accounts.actions import end_all_tokens
from sundial.server.activity import actions as activity
from sundial.server.companies import actions as companies
from sundial.server.companies.types import CompanyStatus, MemberStatus
from sundial.server.devices import actions as devices
from sundial.server.devices import queries as devices_seen
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotFound, SundialError
from sundial.server.lib.scope import acting_for
from sundial.server.realtime.actions import publish
from sundial.server.tracking import actions as tracking


@dataclass(frozen=True)
class Founded:
    """A new company and its first administrator, who still has to set a password."""

    company_id: int
    admin_id: int


@transaction.atomic
def found_company(
    *,
    acting: Acting,
    name: str,
    admin_email: str,
    admin_first_name: str = "",
    admin_last_name: str = "",
    time_zone: str = "UTC",
    status: CompanyStatus = CompanyStatus.TRIAL,
    now: datetime,
) -> Founded:
    """A company with its key, its first policy and its first ADMIN, or nothing at all."""
    company = companies.create_company(acting=acting, name=name, time_zone=time_zone, status=status, now=now)
    with acting_for(company.pk):
        admin = companies.add_person(
            acting=acting,
            company_id=company.pk,
            email=admin_email,
            first_name=admin_first_name,
            last_name=admin_last_name,
            role=Role.ADMIN,
            now=now,
        )
        tracking.create_first_policy(acting=acting, company_id=company.pk, now=now)
    return Founded(company_id=company.pk, admin_id=admin.user_id)


@transaction.atomic
def suspend_company(*, acting: Acting, company_id: int, reason: str, now: datetime) -> None:
    """Nobody signs in, agents are told at once; tokens and devices stay, to work again afterwards."""
    companies.suspend(acting=acting, company_id=company_id, reason=reason, now=now)
    with acting_for(company_id):
        devices.tell_company_status(company_id=company_id, status=CompanyStatus.SUSPENDED, now=now)


@transaction.atomic
def reactivate_company(*, acting: Acting, company_id: int, now: datetime) -> None:
    """The company works again, and its agents are told at once."""
    company = companies.reactivate(acting=acting, company_id=company_id, now=now)
    with acting_for(company_id):
        devices.tell_company_status(company_id=company_id, status=CompanyStatus(company.status), now=now)


@transaction.atomic
def deactivate_person(*, acting: Acting, user_id: int, now: datetime) -> None:
    """They cannot sign in until reactivated; their their work, tokens and devices end now."""
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


@dataclass(frozen=True)
class Outcome:
    """What came of one item of many."""

    id: int
    done: bool
    message: str = ""


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
    try:
        with transaction.atomic():
            gone.append(_end(acting, user_id, MemberStatus.LEFT, "EMPLOYEE_REMOVED", "", now))
    except SundialError as refusal:
        return Outcome(user_id, done=False, message=refusal.message)
    return Outcome(user_id, done=True)
