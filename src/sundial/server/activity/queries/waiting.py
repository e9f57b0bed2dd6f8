"""What waits to be summed, and up to when the sums stand."""

from datetime import datetime

from django.db import transaction
from django.db.models import Min

from sundial.server.activity.models import DayZone, Stale
from sundial.server.companies.queries.companies import zones_of
from sundial.server.lib.scope import across_companies, acting_for


def companies_waiting() -> list[int]:
    """The companies some of whose day sums are to be made anew: facts changed, or the company's time zone did."""
    with transaction.atomic(), across_companies():
        waiting = set(Stale.objects.order_by().values_list("company_id", flat=True).distinct())
        made_in = dict(DayZone.objects.values_list("company_id", "zone"))
    zones = zones_of(made_in)
    moved = {company_id for company_id, zone in made_in.items() if zones.get(company_id, zone) != zone}
    return sorted(waiting | moved)


def last_drain(company_id: int, *, now: datetime) -> datetime:
    """Up to when the sums are made of all that was told: now, if nothing waits."""
    with acting_for(company_id), transaction.atomic():
        eldest: datetime | None = Stale.objects.aggregate(eldest=Min("made_at"))["eldest"]
    return min(eldest, now) if eldest else now
