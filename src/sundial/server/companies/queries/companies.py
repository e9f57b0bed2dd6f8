"""Reads about companies: one in its own scope, or, for the OWNER, sums across them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet

from sundial.server.companies.models import Company, Membership
from sundial.server.companies.types import CompanyStatus, Limits, MemberStatus
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotFound
from sundial.server.lib.scope import across_companies, acting_for
from sundial.server.lib.words import storable


@dataclass(frozen=True)
class CompanyFacts:
    """A company as the OWNER sees it: no people, only how many."""

    id: int
    name: str
    company_key: str
    status: CompanyStatus
    suspended_reason: str
    policy_delegated: bool
    classic_clients: bool
    time_zone: str
    created_at: datetime
    trial_ends_at: datetime | None
    closed_at: datetime | None
    previous_key_until: datetime | None
    plan_name: str
    seats_limit: int | None
    storage_limit_mb: int | None
    retention_limit_days: int | None
    features: list[str]
    people: int


_FACTS = (
    "id",
    "name",
    "company_key",
    "status",
    "suspended_reason",
    "policy_delegated",
    "classic_clients",
    "time_zone",
    "created_at",
    "trial_ends_at",
    "closed_at",
    "previous_key_until",
    "plan_name",
    "seats_limit",
    "storage_limit_mb",
    "retention_limit_days",
    "features",
)
CLOSED = "CLOSED"  # a filter beside the statuses: a closed company is suspended, and stays so


def company(company_id: int) -> Company:
    """This company, whoever asks; raises NotFound."""
    with acting_for(company_id), transaction.atomic():
        found = Company.objects.filter(id=company_id).first()
    if found is None:
        raise NotFound
    return found


def zone_of(acting: Acting) -> str:
    """The time zone in which this person reads moments: the company's, or UTC for the OWNER."""
    return "UTC" if acting.company_id is None else company(acting.company_id).time_zone


def company_for(acting: Acting, company_id: int) -> Company:
    """This company if `acting` may know of it: the OWNER any, everyone else their own; raises NotFound."""
    if not acting.is_owner and acting.company_id != company_id:
        raise NotFound
    return company(company_id)


def companies_of(
    acting: Acting, *, search: str = "", status: str = "", plan: str = "", ordering: str = "name"
) -> list[CompanyFacts]:
    """The companies `acting` may know of, with how many people each has; `status` is one, or CLOSED."""
    with transaction.atomic(), across_companies():
        rows = Company.objects.filter(name__icontains=storable(search))
        if status:
            standing = rows.filter(status=storable(status), closed_at__isnull=True)
            rows = rows.filter(closed_at__isnull=False) if status == CLOSED else standing
        if plan:
            rows = rows.filter(plan_name=storable(plan))
        return _with_facts(acting, rows, ordering)


def limits_of(company_id: int) -> Limits:
    """What this company's plan allows; raises NotFound."""
    return limits_in(company(company_id))


def limits_in(row: Company) -> Limits:
    """The limits that stand in a company's row."""
    return Limits(
        row.plan_name,
        row.seats_limit,
        row.storage_limit_mb,
        row.retention_limit_days,
        tuple(map(str, row.features)),
        trial=row.status == CompanyStatus.TRIAL,
    )


def zones_of(company_ids: Iterable[int]) -> dict[int, str]:
    """The time zone of each of these companies; for work that goes through all of them."""
    with transaction.atomic(), across_companies():
        return dict(Company.objects.filter(id__in=list(company_ids)).values_list("id", "time_zone"))


def every_company() -> list[int]:
    """The ids of all companies, whatever their state; for jobs that do something in each."""
    with transaction.atomic(), across_companies():
        return list(Company.objects.order_by("id").values_list("id", flat=True))


def seats_used(company_id: int) -> int:
    """How many people of this company may work there now."""
    with acting_for(company_id), transaction.atomic():
        return Membership.objects.filter(company_id=company_id, status=MemberStatus.ACTIVE).count()


def company_facts(acting: Acting, company_id: int) -> CompanyFacts:
    """One company that `acting` may know of, with how many people it has; raises NotFound."""
    with transaction.atomic(), across_companies():
        found = _with_facts(acting, Company.objects.filter(id=company_id), "id")
    if not found:
        raise NotFound
    return found[0]


def _with_facts(acting: Acting, rows: QuerySet[Company], ordering: str) -> list[CompanyFacts]:
    if not acting.is_owner:
        rows = rows.filter(id=acting.company_id or 0)
    found = list(rows.order_by(ordering, "id").values(*_FACTS))
    active = Membership.objects.filter(status=MemberStatus.ACTIVE, company_id__in=[row["id"] for row in found])
    counts = dict(active.order_by().values_list("company_id").annotate(n=Count("id")))
    return [_facts(row, counts) for row in found]


def _facts(row: dict[str, Any], counts: dict[int, int]) -> CompanyFacts:
    return CompanyFacts(**{**row, "status": CompanyStatus(row["status"])}, people=counts.get(row["id"], 0))
