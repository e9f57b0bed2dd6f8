"""From a signed-in user to the company they act in; fails closed."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from sundial.server.accounts.types import Account
from sundial.server.companies.models import Company, Membership
from sundial.server.companies.types import CompanyStatus, MemberStatus, Place
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.scope import across_companies, acting_for


def places_of(user_id: int) -> list[Place]:
    """Every company this user belongs to, whatever the state of either; the first is the oldest."""
    columns = ("company_id", "role", "status", "company__name", "company__status")
    with transaction.atomic(), across_companies():
        rows = Membership.objects.filter(user_id=user_id).exclude(status=MemberStatus.LEFT)
        found = list(rows.order_by("id").values_list(*columns))
    return [
        Place(company_id, name, CompanyStatus(company_status), Role(role), MemberStatus(status))
        for company_id, role, status, name, company_status in found
    ]


def open_places(places: Sequence[Place]) -> list[Place]:
    """The companies among these in which the person may act now."""
    return [place for place in places if not place.why_closed]


def why_nowhere(places: Sequence[Place]) -> str:
    """Why the person may act in none of these companies; empty if there is one in which they may."""
    if open_places(places):
        return ""
    return " ".join(place.why_closed for place in places) or "You do not belong to a company any more."


def why_not_in(account: Account, company_id: int | None) -> str:
    """Why someone who is signed in may not act in this company now; empty if they may."""
    if account.is_owner:
        return ""
    if company_id is None and open_places(places_of(account.id)):
        return "Choose a company first, at /login/company/."
    return why_nowhere([place for place in places_of(account.id) if company_id in {None, place.company_id}])


def acting_in(account: Account, company_id: int | None, *, ip: str | None) -> Acting | None:
    """Who `account` is at this moment in this company (the OWNER: in none); None if they may not act there."""
    if not account.is_active:
        return None
    if account.is_owner:
        return Acting("person", account.id, account.email, Role.OWNER, None, ip)
    if company_id is None:
        return None
    with acting_for(company_id), transaction.atomic():
        row = (
            Membership.objects.filter(user_id=account.id, status=MemberStatus.ACTIVE)
            .exclude(company__status=CompanyStatus.SUSPENDED)
            .values_list("role", flat=True)
            .first()
        )
    return None if row is None else Acting("person", account.id, account.email, Role(row), company_id, ip)


def company_with_key(key: str, *, now: datetime) -> int | None:
    """The company that this company key names, also one that was replaced and is still taken, or None."""
    still_taken = Q(previous_key=key, previous_key_until__gt=now)
    with transaction.atomic(), across_companies():
        named = Company.objects.filter(Q(company_key=key) | still_taken)
        return named.values_list("id", flat=True).first() if key else None
