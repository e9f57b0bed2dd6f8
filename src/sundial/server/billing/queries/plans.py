"""Plans, and which company is on which."""

from django.db import transaction
from django.db.models import Count, Q
from django.db.models.functions import Lower

from sundial.server.activity.queries.screenshots import bytes_kept
from sundial.server.billing.models import Plan, Subscription
from sundial.server.billing.types import PlanFacts, Term, Use
from sundial.server.companies import queries as companies
from sundial.server.lib import orders
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotFound
from sundial.server.lib.scope import across_companies, acting_for
from sundial.server.lib.words import storable
from sundial.server.vault.queries import files_kept

MEGABYTE = 1_000_000


def plans(*, search: str = "", ordering: str = "price_cents") -> list[PlanFacts]:
    """The plans whose names or descriptions hold these words, each with how many companies are on it."""
    found = Plan.objects.annotate(plain_name=Lower("name")).order_by(*orders.by(ordering, name="plain_name"))
    for word in storable(search).split():
        found = found.filter(Q(name__icontains=word) | Q(description__icontains=word))
    rows = list(found)
    on = _companies_on([row.pk for row in rows])
    return [facts_of(row, on.get(row.pk, 0)) for row in rows]


def plan(plan_id: int) -> PlanFacts:
    """This plan; raises NotFound."""
    row = Plan.objects.filter(id=plan_id).first()
    if row is None:
        raise NotFound
    return facts_of(row, _companies_on([plan_id]).get(plan_id, 0))


def plan_named(name: str) -> PlanFacts | None:
    """The plan of this name, whatever its case."""
    row = Plan.objects.filter(name__iexact=storable(name).strip()).first()
    return None if row is None else facts_of(row)


def plan_of(company_id: int) -> PlanFacts | None:
    """The plan a company is on now, or None."""
    with acting_for(company_id), transaction.atomic():
        found = Subscription.objects.filter(company_id=company_id, until__isnull=True)
        row = Plan.objects.filter(id__in=found.values("plan_id")).first()
    return None if row is None else facts_of(row)


def terms(acting: Acting, company_id: int) -> list[Term]:
    """Which plans a company was on, the newest first; for the OWNER and those who run the company."""
    companies.company_for(acting, company_id)
    with acting_for(company_id), transaction.atomic():
        rows = Subscription.objects.filter(company_id=company_id).order_by("-since", "-id")
        return [Term(row.plan_name, row.price_cents, row.currency, row.since, row.until) for row in rows]


def use_of(company_id: int) -> Use:
    """What a company uses of its limits now."""
    return Use(companies.seats_used(company_id), -(-(bytes_kept(company_id) + files_kept(company_id)) // MEGABYTE))


def facts_of(row: Plan, on_it: int = 0) -> PlanFacts:
    """A plan as others see it."""
    return PlanFacts(
        id=row.pk,
        name=row.name,
        description=row.description,
        seats=row.seats,
        storage_mb=row.storage_mb,
        retention_days=row.retention_days,
        features=tuple(map(str, row.features)),
        price_cents=row.price_cents,
        currency=row.currency,
        companies=on_it,
    )


def _companies_on(plan_ids: list[int]) -> dict[int, int]:
    with transaction.atomic(), across_companies():
        running = Subscription.objects.filter(plan_id__in=plan_ids, until__isnull=True).order_by()
        return dict(running.values_list("plan_id").annotate(n=Count("id")))
