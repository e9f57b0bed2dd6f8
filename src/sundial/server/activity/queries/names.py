"""What time went to, by application, website or cause of being away: from the sums of days and months alone.

Dates are the company's own, both included. An ADMIN who asks about everyone reads the company's sums, those who left
included; everyone else the sums of the people whom they may see: of months that are over and lie whole in what is
asked, and of the days beside them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet, Sum

from sundial.server.activity import rules
from sundial.server.activity.models import DayTop, DayUsage
from sundial.server.activity.queries.made import made_of
from sundial.server.activity.queries.visible import company_of, names, visible_ids
from sundial.server.activity.types import NameUser, SpanKind, TopPage, Total
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.scope import acting_for, current_company
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
    words = storable(search).split()
    with acting_for(company_of(acting)), transaction.atomic():
        if _is_about_everyone(acting, user_id):
            rows = DayTop.objects.filter(kind=kind, day__range=(since, until))
            for word in words:
                rows = rows.filter(name__icontains=word)
            sums = dict(rows.order_by().values_list("name").annotate(all=Sum("ms")))
        else:
            asked = _Asked(kind, since, until, words=words)
            sums = {name: ms for name, ms, _days in _added("name", asked, visible_ids(acting, user_id))}
    found = sorted(sums.items(), key=lambda one: (-one[1], one[0]))
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
    asked = _Asked(kind, since, until, name)
    with acting_for(company_of(acting)), transaction.atomic():
        if _is_about_everyone(acting, user_id):
            rows = DayTop.objects.filter(_of(kind, name), day__range=(since, until)).order_by()
            by_month: Counter[date] = Counter()
            for day, ms in rows.values_list("day").annotate(all=Sum("ms")):
                by_month[rules.month_of(day)] += ms
            return dict(by_month)
        return {month: ms for month, ms, _days in _added("month", asked, visible_ids(acting, user_id))}


def people_of_name(acting: Acting, *, kind: SpanKind, name: str, since: date, until: date) -> list[NameUser]:
    """Who of those whom `acting` may see spent time on it, most first."""
    asked = _Asked(kind, since, until, name)
    with acting_for(company_of(acting)), transaction.atomic():
        found = _added("user_id", asked, None if acting.role is Role.ADMIN else visible_ids(acting, None))
        people = names(user_id for user_id, _ms, _days in found)
    found.sort(key=lambda one: (-one[1], one[0]))
    return [NameUser(user_id, people[user_id].name, people[user_id].email, ms, n) for user_id, ms, n in found]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What of people's sums is added up: of one name, or of those that hold all these words."""

    kind: SpanKind
    since: date
    until: date
    name: str | None = None
    words: Sequence[str] = ()


# Person by person where they are few among many: by their key. OFFSET keeps the planner from another index, which
# would go through everybody's days.
_DAYS_OF_EACH = """unnest(%(ids)s::bigint[]) AS p(person), LATERAL (
        SELECT * FROM activity_dayusage
        WHERE company_id = %(company)s AND user_id = person AND {when} AND {what} OFFSET 0
    ) used"""
_DAYS_OF_ALL = "activity_dayusage WHERE company_id = %(company)s AND {when} AND {what}"
_ADDED = """
    SELECT {by}, sum(ms)::bigint, sum(days)::integer FROM (
        SELECT user_id, month, name, ms, days FROM activity_monthusage
        WHERE company_id = %(company)s AND month >= %(low)s AND month < %(high)s AND {what}{these}
        UNION ALL SELECT user_id, date_trunc('month', day)::date, name, ms, 1 FROM {before}
        UNION ALL SELECT user_id, date_trunc('month', day)::date, name, ms, 1 FROM {after}
    ) sums GROUP BY 1 ORDER BY 1
"""


def _added(by: str, asked: _Asked, ids: list[int] | None) -> list[tuple[Any, int, int]]:
    """Milliseconds, and on how many days of persons, by name, person or month: of these people, or of all."""
    company_id = current_company()
    whole = made_of(company_id or 0).months_in(asked.since, asked.until)
    what = ["kind = %(kind)s", *(f"strpos(upper(name), upper(%(word{n})s)) > 0" for n in range(len(asked.words)))]
    what += ["name = %(name)s"] if asked.name is not None else []
    days = _DAYS_OF_ALL if ids is None else _DAYS_OF_EACH
    parts = {
        "by": by,
        "what": " AND ".join(what),
        "these": "" if ids is None else " AND user_id = ANY(%(ids)s)",
        "before": days.format(when="day >= %(since)s AND day < %(low)s", what=" AND ".join(what)),
        "after": days.format(when="day >= %(high)s AND day <= %(until)s", what=" AND ".join(what)),
    }
    values: dict[str, Any] = {"company": company_id, "ids": ids, "low": whole.low, "high": whole.high}
    values |= {"kind": int(asked.kind), "since": asked.since, "until": asked.until, "name": storable(asked.name or "")}
    values |= {f"word{n}": word for n, word in enumerate(asked.words)}
    with connection.cursor() as cursor:
        cursor.execute(_ADDED.format(**parts), values)
        return list(cursor.fetchall())


def _of(kind: SpanKind, name: str | None) -> Q:
    return Q(kind=kind) if name is None else Q(kind=kind, name=storable(name))


def _is_about_everyone(acting: Acting, user_id: int | None) -> bool:
    return user_id is None and acting.role is Role.ADMIN


def _days(acting: Acting, user_id: int | None) -> QuerySet[Any]:
    """Sums of the company's days where everyone is asked about, else of people's."""
    if _is_about_everyone(acting, user_id):
        return DayTop.objects.all()
    return DayUsage.objects.filter(user_id__in=visible_ids(acting, user_id))
