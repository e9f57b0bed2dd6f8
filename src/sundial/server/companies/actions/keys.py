"""Replacing a company's key; the one before is taken for a while, so that nobody is cut off."""

from datetime import datetime, timedelta

from django.db import transaction

from sundial.server.audit.actions import record
from sundial.server.companies import rules
from sundial.server.companies.actions.limits import locked_company
from sundial.server.companies.models import Company
from sundial.server.lib import hints
from sundial.server.lib.acting import Acting
from sundial.server.lib.clock import iso
from sundial.server.lib.errors import Invalid, NotAllowed
from sundial.server.lib.scope import acting_for

LONGEST_GRACE = timedelta(days=90)


@transaction.atomic
def rotate_key(*, acting: Acting, company_id: int, grace: timedelta, now: datetime) -> Company:
    """A new key for a company; the one until now is taken for `grace` more, an older one no longer."""
    if not acting.is_owner:
        raise NotAllowed("Only the owner of the platform may replace a company's key.")
    if not timedelta(0) <= grace <= LONGEST_GRACE:
        raise Invalid({"grace_hours": f"Between 0 hours and {LONGEST_GRACE.days} days."})
    with acting_for(company_id):
        row = locked_company(company_id)
        row.previous_key, row.previous_key_until = row.company_key, now + grace
        row.company_key = rules.new_company_key()
        row.save(update_fields=["company_key", "previous_key", "previous_key_until"])
        record(
            acting=acting,
            company_id=company_id,
            action="KEY_ROTATED",
            description="The company key was replaced",
            details={"old_key_until": iso(row.previous_key_until)},
            target_kind="company",
            target_id=company_id,
            now=now,
        )
        hints.send("company", str(company_id))
    return row
