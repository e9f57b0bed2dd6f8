"""Which companies' trials are about to end."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sundial.server.companies.models import Company
from sundial.server.companies.types import CompanyStatus
from sundial.server.lib.scope import across_companies


@dataclass(frozen=True, slots=True)
class Trial:
    """A company on trial, and when that ends."""

    company_id: int
    name: str
    ends_at: datetime


def trials_ending(before: datetime) -> list[Trial]:
    """The companies on trial until a moment before this one, the earliest first."""
    with transaction.atomic(), across_companies():
        rows = Company.objects.filter(status=CompanyStatus.TRIAL, trial_ends_at__lt=before)
        found = rows.order_by("trial_ends_at", "id").values_list("id", "name", "trial_ends_at")
        return [Trial(company_id, name, ends_at) for company_id, name, ends_at in found if ends_at is not None]
