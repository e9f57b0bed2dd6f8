"""Counting what a company came to: written by a job, so that the owner's pages read sums and nothing else."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from sundial.server.activity.queries.of_companies import CompanySum, company_sums
from sundial.server.billing import queries
from sundial.server.billing.models import CompanyDay
from sundial.server.billing.queries.plans import MEGABYTE
from sundial.server.companies import queries as companies
from sundial.server.devices.queries.across import AgentNumbers
from sundial.server.lib.scope import acting_for

# Facts may come late, from agents that were offline: so many days are counted again.
LATE = timedelta(days=31)
_NOTHING = CompanySum(0, 0, 0, 0)


@transaction.atomic
def count_company(*, company_id: int, agents: AgentNumbers, now: datetime) -> None:
    """Write today's row of a company, and what late facts changed in the rows of the month before."""
    today = now.astimezone(ZoneInfo(companies.company(company_id).time_zone)).date()
    use, sums = queries.use_of(company_id), company_sums(company_id, since=today - LATE, until=today)
    standing: dict[str, Any] = {
        "seats": use.seats,
        "storage_bytes": use.storage_mb * MEGABYTE,
        "last_sync_at": agents.last_sync_at,
        "versions": agents.versions,
        "as_of": now,
    }
    with acting_for(company_id):
        _write_back(company_id, sums, today, now)
        values = _summed(sums.get(today, _NOTHING)) | standing
        CompanyDay.objects.update_or_create(company_id=company_id, day=today, defaults=values)


def _write_back(company_id: int, sums: dict[date, CompanySum], today: date, now: datetime) -> None:
    """Correct the sums of the days before; how the company stood on them is not known any more."""
    rows = [
        CompanyDay(company_id=company_id, day=day, as_of=now, **_summed(found))
        for day, found in sorted(sums.items())
        if day != today
    ]
    CompanyDay.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["company_id", "day"],
        update_fields=["active_ms", "worked_ms", "working", "screenshots"],
    )


def _summed(found: CompanySum) -> dict[str, int]:
    return {
        "active_ms": found.active_ms,
        "worked_ms": found.worked_ms,
        "screenshots": found.screenshots,
        "working": found.working,
    }
