"""How long a company is on trial."""

from datetime import datetime

from django.db import transaction

from sundial.server.audit.actions import record
from sundial.server.companies.actions.limits import locked_company
from sundial.server.companies.models import Company
from sundial.server.companies.types import CompanyStatus
from sundial.server.lib import hints
from sundial.server.lib.acting import Acting
from sundial.server.lib.clock import iso
from sundial.server.lib.errors import Conflict, Invalid, NotAllowed
from sundial.server.lib.scope import acting_for


@transaction.atomic
def set_trial(*, acting: Acting, company_id: int, ends_at: datetime | None, now: datetime) -> Company:
    """Put a company on trial until then, or end its trial well: it is ACTIVE from now on.

    Raises Conflict for a suspended company, Invalid for an end that lies behind.
    """
    if not acting.is_owner:
        raise NotAllowed("Only the owner of the platform may change a company's trial.")
    if ends_at is not None and ends_at <= now:
        raise Invalid({"trial_ends_at": "Choose a day to come."})
    with acting_for(company_id):
        row = locked_company(company_id)
        if row.status == CompanyStatus.SUSPENDED:
            raise Conflict("This company is suspended. Reactivate it first.")
        wanted = CompanyStatus.ACTIVE if ends_at is None else CompanyStatus.TRIAL
        if (row.status, row.trial_ends_at) == (wanted, ends_at):
            return row
        old = _told(row)
        row.status, row.trial_ends_at = wanted, ends_at
        row.save(update_fields=["status", "trial_ends_at"])
        record(
            acting=acting,
            company_id=company_id,
            action="TRIAL_CHANGED",
            description="The trial ends on another day" if ends_at else "The trial is over: the company is active",
            details={"old_values": old, "new_values": _told(row)},
            target_kind="company",
            target_id=company_id,
            now=now,
        )
        hints.send("company", str(company_id))
    return row


def _told(row: Company) -> dict[str, str]:
    return {"status": str(row.status), "trial_ends_at": iso(row.trial_ends_at) if row.trial_ends_at else ""}
