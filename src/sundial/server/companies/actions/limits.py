"""The limits of a company's plan: written by billing, held to by whoever adds a person."""

from django.db import transaction

from sundial.server.companies.models import Company, Membership
from sundial.server.companies.types import Limits, MemberStatus
from sundial.server.lib import hints
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Invalid, NotAllowed, NotFound
from sundial.server.lib.scope import acting_for

SEAT = "seats"


@transaction.atomic
def set_limits(*, acting: Acting, company_id: int, limits: Limits) -> Company:
    """Write what the plan allows into the company's row; `billing`, whose change it is, writes the audit entry."""
    if not acting.is_owner:
        raise NotAllowed("Only the owner of the platform may change a company's plan.")
    with acting_for(company_id):
        row = locked_company(company_id)
        row.plan_name, row.seats_limit, row.storage_limit_mb = limits.plan_name, limits.seats, limits.storage_mb
        row.retention_limit_days, row.features = limits.retention_days, list(limits.features)
        row.save(update_fields=["plan_name", "seats_limit", "storage_limit_mb", "retention_limit_days", "features"])
        hints.send("company", str(company_id))
    return row


def locked_company(company_id: int) -> Company:
    """The company in scope, held until the transaction ends; raises NotFound."""
    # Not the whole row: others who hold the log check at their commit that the company is there.
    row = Company.objects.select_for_update(no_key=True).filter(id=company_id).first()
    if row is None:
        raise NotFound
    return row


def require_seat(company_id: int, more: int = 1) -> None:
    """Refuse so many people more where the plan has no seats left; the company stays locked, so two are counted."""
    row = locked_company(company_id)
    if row.seats_limit is None:
        return
    used = Membership.objects.filter(company_id=company_id, status=MemberStatus.ACTIVE).count()
    if used + more > row.seats_limit:
        raise Invalid({SEAT: _no_seat(row, used)}, "There is no seat left.")


def _no_seat(row: Company, used: int) -> str:
    plan = f"The plan {row.plan_name}" if row.plan_name else "The plan"
    return (
        f"{plan} has {row.seats_limit} seats, and {used} are taken. Deactivate somebody who no longer works here, "
        "or ask the owner of the platform for a larger plan."
    )
