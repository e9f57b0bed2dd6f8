"""What time went to, by application, website or cause of being away: from the sums of days and months alone.

Dates are the company's own, both included. An ADMIN who asks about everyone reads the company's sums, those who left
included; everyone else the sums of the people whom they may see: of months that are over and lie whole in what is
asked, and of the days beside them.
"""

from collections import Counter, defaultdict
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum

from sundial.server.activity import rules
from sundial.server.activity.models import DayTop, DayUsage, MonthUsage
from sundial.server.activity.queries.made import made_of
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
    words = Q(kind=kind)
    for word in storable(search).split():
        words &= Q(name__icontains=word)
    by_name: Counter[str] = Counter()
    with acting_for(company_of(acting)), transaction.atomic():
        for rows in _sums(acting, user_id, since, until):
            by_name.update(dict(rows.filter(words).order_by().values_list("name").annotate(all=Sum("ms"))))
    found = sorted(by_name.items(), key=lambda one: (-one[1], one[0]))
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
        rows = _days(acting, user_id).filter(_of(kind, name), day__range=(since, until))
        return dict(rows.order_by().values_list("day").annotate(all=Sum("ms")).order_by("day"))


def trend_by_month(
    acting: Acting, *, kind: SpanKind, since: date, until: date, name: str | None = None, user_id: int | None = None
) -> dict[date, int]:
    """The same by months, each under its first day; the first and the last may be cut."""
    by_month: Counter[date] = Counter()
    with acting_for(company_of(acting)), transaction.atomic():
        for rows in _sums(acting, user_id, since, until):
            at = "month" if rows.model is MonthUsage else "day"
            for day, ms in rows.filter(_of(kind, name)).order_by().values_list(at).annotate(all=Sum("ms")):
                by_month[rules.month_of(day)] += ms
    return dict(sorted(by_month.items()))


def people_of_name(acting: Acting, *, kind: SpanKind, name: str, since: date, until: date) -> list[NameUser]:
    """Who of those whom `acting` may see spent time on it, most first."""
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    with acting_for(company_of(acting)), transaction.atomic():
        for rows in _of_people(acting, None, since, until):
            days = Sum("days") if rows.model is MonthUsage else Count("day")
            sums = rows.filter(_of(kind, name)).order_by().values_list("user_id").annotate(all=Sum("ms"), on=days)
            for user_id, ms, n in sums:
                found[user_id][0] += ms
                found[user_id][1] += n
        people = names(found)
    most = sorted(found.items(), key=lambda one: (-one[1][0], one[0]))
    return [NameUser(user_id, people[user_id].name, people[user_id].email, ms, n) for user_id, (ms, n) in most]


def _of(kind: SpanKind, name: str | None) -> Q:
    return Q(kind=kind) if name is None else Q(kind=kind, name=storable(name))


def _sums(acting: Acting, user_id: int | None, since: date, until: date) -> list[QuerySet[Any]]:
    """Sums of the company where everyone is asked about, else of people: months, and days beside them."""
    if user_id is None and acting.role is Role.ADMIN:
        return [DayTop.objects.filter(day__range=(since, until))]
    return _of_people(acting, user_id, since, until)


def _of_people(acting: Acting, user_id: int | None, since: date, until: date) -> list[QuerySet[Any]]:
    whole = made_of(company_of(acting)).months_in(since, until)
    months = MonthUsage.objects.filter(month__gte=whole.low, month__lt=whole.high)
    before = DayUsage.objects.filter(day__gte=since, day__lt=whole.low)
    after = DayUsage.objects.filter(day__gte=whole.high, day__lte=until)
    if user_id is None and acting.role is Role.ADMIN:
        return [months, before, after]
    ids = visible_ids(acting, user_id)
    return [rows.filter(user_id__in=ids) for rows in (months, before, after)]


def _days(acting: Acting, user_id: int | None) -> QuerySet[Any]:
    """Sums of the company's days where everyone is asked about, else of people's."""
    if user_id is None and acting.role is Role.ADMIN:
        return DayTop.objects.all()
    return DayUsage.objects.filter(user_id__in=visible_ids(acting, user_id))
