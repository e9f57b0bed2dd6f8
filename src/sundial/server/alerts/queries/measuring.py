"""What is known of a company, or of the platform, at one moment, for the rules to look at."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from sundial.server.activity.queries.watch import running_sessions, stored_bytes
from sundial.server.alerts.models import Wanted
from sundial.server.alerts.types import Agent, Hours, Measured, PlatformMeasured, Quiet, Thresholds
from sundial.server.companies import queries as companies
from sundial.server.companies.types import CompanyStatus
from sundial.server.devices import queries as devices
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.scope import acting_for
from sundial.server.vault.queries import files_kept

_LATELY = timedelta(days=1)
_MB = 1_000_000
_EVERYTHING = Acting("system", None, "system", Role.OWNER)
# Whatever has `mail` in its name writes to somebody; one that was tried and waits, or was given up, has not left.
_STUCK = """
SELECT count(*) FROM procrastinate_jobs j
WHERE task_name LIKE '%%.mail\\_%%' AND ((status = 'todo' AND attempts > 0) OR (status = 'failed' AND EXISTS (
  SELECT 1 FROM procrastinate_events e WHERE e.job_id = j.id AND e.type = 'failed' AND e.at >= %(since)s)))
  AND (%(company)s::text IS NULL OR args->>'company_id' = %(company)s)
"""
_FAILED = """
SELECT j.task_name, count(*) FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id
WHERE j.status = 'failed' AND e.type = 'failed' AND e.at >= %s GROUP BY j.task_name
"""


def working_companies() -> list[int]:
    """The companies that are looked after: those that are not suspended."""
    found = companies.companies_of(_EVERYTHING, ordering="id")
    return [one.id for one in found if one.status is not CompanyStatus.SUSPENDED]


def thresholds(company_id: int) -> Thresholds:
    """From when on a company wants to know."""
    with acting_for(company_id), transaction.atomic():
        row = Wanted.objects.filter(company_id=company_id).first()
    if row is None:
        return Thresholds()
    return Thresholds(row.offline_minutes, row.never_synced_days, row.silent_minutes, frozenset(row.off))


def measure_company(company_id: int, *, now: datetime, with_storage: bool) -> Measured:
    """How a company stands; how much it stores is a sum over all its pictures, so not at every look."""
    with acting_for(company_id), transaction.atomic():
        company = companies.company(company_id)
        agents = tuple(Agent(**asdict(one)) for one in devices.watched_agents(now))
        sessions = tuple(Quiet(row.pk, row.user_id, row.last_at) for row in running_sessions())
        return Measured(
            company_id=company_id,
            hours=hours_of(company.time_zone, company.working_hours),
            agents=agents,
            sessions=sessions,
            seats=companies.active_people().count(),
            seats_limit=company.seats_limit,
            stored_mb=(stored_bytes() + files_kept(company_id)) // _MB if with_storage else None,
            storage_limit_mb=company.storage_limit_mb,
            trial_ends_at=company.trial_ends_at if company.status == CompanyStatus.TRIAL else None,
            mails_waiting=mails_waiting(now, company_id),
        )


def hours_of(zone: str, said: Mapping[str, Any]) -> Hours:
    """A company's working hours as the rules take them."""
    return Hours(zone, {day: (str(pair[0]), str(pair[1])) for day, pair in said.items() if len(pair or ()) == 2})


def measure_platform(*, now: datetime, disk_free: float) -> PlatformMeasured:
    """How the platform stands."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FAILED, [now - _LATELY])
        failed = dict(cursor.fetchall())
    return PlatformMeasured(failed, mails_waiting(now), disk_free)


def mails_waiting(now: datetime, company_id: int | None = None) -> int:
    """How many mails were tried and have not left: of all, or those that name this company."""
    company = None if company_id is None else str(company_id)
    with connection.cursor() as cursor:
        cursor.execute(_STUCK, {"since": now - _LATELY, "company": company})
        waiting: int = cursor.fetchone()[0]
    return waiting
