"""A company's days as sums of everybody; no person's."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from sundial.server.activity.models import CompanyDay
from sundial.server.lib.scope import acting_for


@dataclass(frozen=True, slots=True)
class CompanySum:
    """What a company's local day came to, and how many people worked in it."""

    worked_ms: int
    active_ms: int
    screenshots: int
    working: int


def company_sums(company_id: int, *, since: date, until: date) -> dict[date, CompanySum]:
    """The days from `since` to `until`, both included; a day without any facts is missing."""
    with acting_for(company_id), transaction.atomic():
        rows = CompanyDay.objects.filter(company_id=company_id, day__gte=since, day__lte=until)
        found = rows.values_list("day", "worked_ms", "active_ms", "screenshots", "people")
        return {day: CompanySum(*sums) for day, *sums in found}
