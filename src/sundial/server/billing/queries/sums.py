"""What companies come to by day: sums that were made by a job, never anything of one person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Sum

from sundial.server.billing.models import CompanyDay
from sundial.server.billing.types import DayFacts
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotAllowed
from sundial.server.lib.scope import across_companies

_COLUMNS = (
    "company_id",
    "day",
    "active_ms",
    "worked_ms",
    "seats",
    "working",
    "screenshots",
    "storage_bytes",
    "last_sync_at",
    "versions",
    "as_of",
)
_SUMMED = ("active_ms", "worked_ms", "seats", "working", "screenshots", "storage_bytes")
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Growth:
    """How much active time a company had in the last seven days, and in the seven before."""

    active_ms: int
    before_ms: int

    @property
    def stopped(self) -> bool:
        """It worked the week before, and not at all since."""
        return self.before_ms > 0 and self.active_ms == 0


def newest(acting: Acting, company_ids: Sequence[int] | None = None) -> dict[int, DayFacts]:
    """The last row of each of these companies, or of all: how it stands."""
    _require_owner(acting)
    with transaction.atomic(), across_companies():
        rows = CompanyDay.objects.order_by("company_id", "-day").distinct("company_id")
        if company_ids is not None:
            rows = rows.filter(company_id__in=company_ids)
        return {row["company_id"]: DayFacts(**row) for row in rows.values(*_COLUMNS)}


def days_of(acting: Acting, company_id: int, *, since: date, until: date) -> list[DayFacts]:
    """A company's days from `since` to `until`, both included; a day of which nothing is known is missing."""
    if not acting.is_owner and acting.company_id != company_id:
        raise NotAllowed
    with transaction.atomic(), across_companies():
        rows = CompanyDay.objects.filter(company_id=company_id, day__gte=since, day__lte=until)
        return [DayFacts(**row) for row in rows.order_by("day").values(*_COLUMNS)]


def platform_days(acting: Acting, *, since: date, until: date) -> list[dict[str, Any]]:
    """The same over all companies: a dictionary a day."""
    _require_owner(acting)
    with transaction.atomic(), across_companies():
        rows = CompanyDay.objects.filter(day__gte=since, day__lte=until).values("day").order_by("day")
        sums: Any = rows.annotate(**{f"all_{name}": Sum(name) for name in _SUMMED})  # names made here: no types
        return list(sums)


def growth(acting: Acting, *, today: date) -> dict[int, Growth]:
    """This week and the last of every company, by active time."""
    _require_owner(acting)
    this, last = (
        _active(today - WEEK + timedelta(days=1), today),
        _active(today - 2 * WEEK + timedelta(days=1), today - WEEK),
    )
    return {company: Growth(this.get(company, 0), last.get(company, 0)) for company in this.keys() | last.keys()}


def _active(since: date, until: date) -> dict[int, int]:
    with transaction.atomic(), across_companies():
        rows = CompanyDay.objects.filter(day__gte=since, day__lte=until).order_by()
        return dict(rows.values_list("company_id").annotate(all=Sum("active_ms")))


def _require_owner(acting: Acting) -> None:
    if not acting.is_owner:
        raise NotAllowed("Sums over companies are for the owner of the platform.")
