"""Reads about companies and people, inside the scope of one company or, for the OWNER, as sums across them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from sundial.server.companies.models import Company, Membership, TeamMember
from sundial.server.companies.types import COMPANY_ROLES, CompanyStatus, Limits, MemberStatus, Person
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotAllowed, NotFound
from sundial.server.lib.scope import across_companies, acting_for

from . import rules


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
        rows = Company.objects.filter(name__icontains=_storable(search))
        if status:
            standing = rows.filter(status=_storable(status), closed_at__isnull=True)
            rows = rows.filter(closed_at__isnull=False) if status == CLOSED else standing
        if plan:
            rows = rows.filter(plan_name=_storable(plan))
        return _with_facts(acting, rows, ordering)


def limits_of(company_id: int) -> Limits:
    """What this company's plan allows; raises NotFound."""
    row = company(company_id)
    return Limits(
        row.plan_name, row.seats_limit, row.storage_limit_mb, row.retention_limit_days, tuple(map(str, row.features))
    )


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


def _visible(acting: Acting) -> QuerySet[Membership]:
    """The memberships `acting` may see, in their own company's scope."""
    if acting.company_id is None or acting.id is None or acting.role not in COMPANY_ROLES:
        raise NotAllowed("People are visible inside their own company only.")
    rows = Membership.objects.exclude(status=MemberStatus.LEFT).select_related("user")
    if acting.role is Role.ADMIN:
        return rows
    mine = Q(user_id=acting.id)
    if acting.role is Role.MANAGER:
        managed = TeamMember.objects.filter(membership__user_id=acting.id, manages=True).values("team_id")
        mine |= Q(id__in=TeamMember.objects.filter(team_id__in=managed).values("membership_id"))
    return rows.filter(mine)


_ORDERINGS = {
    "name": ("first_name", "last_name", "id"),
    "email": ("user__email",),
    "role": ("role", "first_name", "id"),
    "status": ("status", "first_name", "id"),
    "created_at": ("created_at", "id"),
}


def _ordered(rows: QuerySet[Membership], ordering: str) -> QuerySet[Membership]:
    name, down = ordering.removeprefix("-"), ordering.startswith("-")
    fields = [F(field).desc() if down else F(field).asc() for field in _ORDERINGS.get(name, _ORDERINGS["name"])]
    return rows.order_by(*fields)


def _storable(text: str) -> str:
    """What PostgreSQL can compare with: it knows no NUL, and UTF-8 no lone surrogate."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def people(
    acting: Acting, *, search: str = "", role: str = "", status: str = "", ordering: str = "name"
) -> QuerySet[Membership]:
    """The people `acting` may list: an ADMIN all of the company, a MANAGER their teams; else NotAllowed."""
    if acting.company_id is None or not rules.may_read_people(acting, acting.company_id):
        raise NotAllowed("You may not list people.")
    rows = _visible(acting)
    if role:
        rows = rows.filter(role=_storable(role))
    if status:
        rows = rows.filter(status=_storable(status))
    for word in _storable(search).split():
        rows = rows.filter(
            Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(user__email__icontains=word)
        )
    return _ordered(rows, ordering)


def person(acting: Acting, user_id: int) -> Membership:
    """One person whom `acting` may see; raises NotFound."""
    found = _visible(acting).filter(user_id=user_id).first() if acting.company_id else None
    if found is None:
        raise NotFound
    return found


def visible_user_ids(acting: Acting) -> list[int]:
    """The ids of everyone `acting` may see, themselves included."""
    return list(_visible(acting).values_list("user_id", flat=True))


def as_person(row: Membership, teams: Iterable[str] = ()) -> Person:
    """What other apps may know of a membership."""
    return Person(
        id=row.user_id,
        email=row.user.email,
        first_name=row.first_name,
        last_name=row.last_name,
        role=Role(row.role),
        status=MemberStatus(row.status),
        created_at=row.created_at,
        teams=tuple(teams),
    )


def names_of(user_ids: Iterable[int]) -> dict[int, Person]:
    """The people with these ids in the company in scope, those who left included."""
    rows = Membership.objects.filter(user_id__in=list(user_ids)).select_related("user")
    return {row.user_id: as_person(row) for row in rows}


def active_admins() -> QuerySet[Membership]:
    """The people who can run the company in scope."""
    return Membership.objects.filter(role=Role.ADMIN, status=MemberStatus.ACTIVE).select_related("user")


def active_people(*roles: Role) -> QuerySet[Membership]:
    """The people of the company in scope who may work there now: those of these roles, or all."""
    rows = Membership.objects.filter(status=MemberStatus.ACTIVE)
    return rows.filter(role__in=roles) if roles else rows
