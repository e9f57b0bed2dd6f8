"""What goes when: for the page that says so, and for whoever wants to keep something."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, QuerySet

from sundial.server.activity import rules
from sundial.server.activity.models import Day, Kept, Screenshot
from sundial.server.activity.rules.keeping import AHEAD
from sundial.server.activity.types import DataKind
from sundial.server.companies import queries as companies
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotAllowed
from sundial.server.lib.scope import acting_for


@dataclass(frozen=True, slots=True)
class Night:
    """What goes in the night after `after`: that many, of days before `before`."""

    after: date
    before: date
    count: int


@dataclass(frozen=True, slots=True)
class Keeping:
    """One kind of data: how long it is kept (None: for ever), and what goes in the nights to come."""

    kind: DataKind
    days: int | None
    nights: tuple[Night, ...]

    @property
    def tonight(self) -> Night | None:
        """What goes next."""
        return self.nights[0] if self.nights else None


def keeping(acting: Acting, *, now: datetime, own: Mapping[str, int] | None = None) -> list[Keeping]:
    """For an ADMIN: each kind of data, how long it is kept, and what goes in the next seven nights.

    `own`: as it would be with these days, instead of the company's. Screenshots are counted one by one; the rest by
    days of people.
    """
    if acting.role is not Role.ADMIN or acting.company_id is None:
        raise NotAllowed
    with acting_for(acting.company_id), transaction.atomic():
        company = companies.company(acting.company_id)
        today = rules.local_day(now, company.time_zone)
        since = Kept.objects.filter(company_id=company.pk).values_list("activity_since", flat=True).first()
        whole_from = rules.local_day(since, company.time_zone) if since else None
        counts: dict[DataKind, Callable[[date, date], int]] = {
            DataKind.SCREENSHOTS: lambda low, high: _pictures(low, high, company.time_zone),
            DataKind.ACTIVITY: lambda low, high: _person_days(max(low, whole_from or low), high),
            DataKind.SUMS: _person_days,
        }
        kept = rules.kept_days(company.retention if own is None else own, company.retention_limit_days)
        return [Keeping(kind, days, _nights(today, days, counts[kind])) for kind, days in kept.items()]


def _nights(today: date, days: int | None, count: Callable[[date, date], int]) -> tuple[Night, ...]:
    found, low = [], date.min
    for ahead in range(AHEAD):
        after = today + timedelta(days=ahead)
        before = rules.kept_from(after, days)
        if before is None:
            return ()
        found.append(Night(after, before, count(low, before)))
        low = before
    return tuple(found)


def _person_days(low: date, high: date) -> int:
    return Day.objects.filter(day__gte=low, day__lt=high).count()


def _pictures(low: date, high: date, zone: str) -> int:
    rows: QuerySet[Screenshot] = Screenshot.objects.filter(taken_at__lt=rules.day_bounds(high, zone)[0])
    if low > date.min:
        rows = rows.filter(taken_at__gte=rules.day_bounds(low, zone)[0])
    return int(rows.aggregate(n=Count("id"))["n"])
