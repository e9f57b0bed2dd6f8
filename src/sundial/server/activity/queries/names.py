"""What time went to, by application, website or cause of being away: from the sums of days alone.

Dates are the company's own, both included. An ADMIN who asks about everyone reads the company's sums, those who left
included; everyone else the sums of the people whom they may see.
"""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, F, QuerySet, Sum

from sundial.server.activity.models import DayTop, DayUsage
from sundial.server.activity.queries.visible import company_of, names, visible_ids
from sundial.server.activity.types import NameUser, SpanKind, TopPage, Total
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.scope import acting_for
from sundial.server.lib.words import storable


def top_of_days(
    acting: Acting,
    *,
    kind: SpanKind,
    since: date,
    until: date,
    user_id: int | None = None,
    search: str = "",
    page: int = 1,
    page_size: int = 20,
) -> TopPage:
    """What most time went to, most first; a page past the end is the last. NotFound for whom one may not see."""
    with acting_for(company_of(acting)), transaction.atomic():
        rows = _days(acting, user_id).filter(kind=kind, day__range=(since, until))
        for word in storable(search).split():
            rows = rows.filter(name__icontains=word)
        found: list[tuple[str, int]] = list(
            rows.order_by().values_list("name").annotate(all=Sum("ms")).order_by("-all", "name")
        )
    whole = sum(ms for _name, ms in found)
    pages = max(1, -(-len(found) // page_size))
    page = min(max(page, 1), pages)
    shown = found[(page - 1) * page_size : page * page_size]
    items = tuple(Total(kind, name, ms, ms / whole if whole else 0.0) for name, ms in shown)
    return TopPage(items, len(found), whole, page, pages)


def trend(
    acting: Acting, *, kind: SpanKind, since: date, until: date, name: str | None = None, user_id: int | None = None
) -> dict[date, int]:
    """Milliseconds of each day on which there are any; of one name, or of all of this kind."""
    with acting_for(company_of(acting)), transaction.atomic():
        rows = _days(acting, user_id).filter(kind=kind, day__range=(since, until))
        if name is not None:
            rows = rows.filter(name=storable(name))
        return dict(rows.order_by().values_list("day").annotate(all=Sum("ms")).order_by("day"))


def people_of_name(acting: Acting, *, kind: SpanKind, name: str, since: date, until: date) -> list[NameUser]:
    """Who of those whom `acting` may see spent time on it, most first."""
    with acting_for(company_of(acting)), transaction.atomic():
        rows = _of_people(acting, None).filter(kind=kind, name=storable(name), day__range=(since, until))
        found = list(
            rows.order_by()
            .values_list("user_id")
            .annotate(all=Sum("ms"), days=Count("day"))
            .order_by(F("all").desc(), "user_id")
        )
        people = names(user_id for user_id, _ms, _days in found)
    return [NameUser(user_id, people[user_id].name, people[user_id].email, ms, n) for user_id, ms, n in found]


def _days(acting: Acting, user_id: int | None) -> QuerySet[Any]:
    """Sums of the company where everyone is asked about, else of people."""
    if user_id is None and acting.role is Role.ADMIN:
        return DayTop.objects.all()
    return _of_people(acting, user_id)


def _of_people(acting: Acting, user_id: int | None) -> QuerySet[DayUsage]:
    if user_id is None and acting.role is Role.ADMIN:
        return DayUsage.objects.all()
    return DayUsage.objects.filter(user_id__in=visible_ids(acting, user_id))
