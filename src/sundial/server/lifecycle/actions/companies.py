"""Founding, suspending and reactivating a company."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sundial.server.billing import actions as billing
from sundial.server.companies import actions as companies
from sundial.server.companies.types import CompanyStatus
from sundial.server.devices import actions as devices
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Conflict
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle import queries
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
    trial_ends_at: datetime | None = None,
    plan_id: int | None = None,
    now: datetime,
) -> Founded:
    """A company with its key, its plan, its first policy and its first ADMIN, or nothing at all."""
    company = companies.create_company(
        acting=acting, name=name, time_zone=time_zone, status=status, trial_ends_at=trial_ends_at, now=now
    )
    if plan_id is not None:
        billing.change_plan(acting=acting, company_id=company.pk, plan_id=plan_id, now=now)
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
def reactivate_company(*, acting: Acting, company_id: int, now: datetime, reason: str = "") -> None:
    """The company works again, and its agents are told at once; Conflict once a closed one's data has gone."""
    closed = queries.closing(company_id)
    if closed is not None and closed.deleted_at is not None:
        raise Conflict("Its data was deleted after it was closed. Found a new company instead.")
    company = companies.reactivate(acting=acting, company_id=company_id, now=now, reason=reason)
    with acting_for(company_id):
        devices.tell_company_status(company_id=company_id, status=CompanyStatus(company.status), now=now)
