"""Sums, from the roll-up alone: no page reads spans for them."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q, Sum

from sundial.server.activity import rules
from sundial.server.activity.models import Screenshot, Usage, WorkSession
from sundial.server.activity.queries.visible import company_of, visible_ids
from sundial.server.activity.types import CompanySums, PictureState, SpanKind, Total
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotAllowed
from sundial.server.lib.scope import across_companies, acting_for
from sundial.server.lib.words import holds, storable

KEPT = (PictureState.RECEIVED, PictureState.READY)


def top_usage(
    acting: Acting,
    *,
    kind: SpanKind,
    since: datetime,
    until: datetime,
    user_id: int | None = None,
    search: str = "",
    ordering: str = "-seconds",
    limit: int = 10,
) -> tuple[Total, ...]:
    """What most time went to, of one person or of all whom `acting` may see; shares are of the whole of its kind.

    `search` leaves those whose names hold these words; `ordering` is by seconds or by name.

    Both times are taken down to the quarter of an hour. Raises NotFound for somebody who may not be seen.
    """
    with acting_for(company_of(acting)), transaction.atomic():
        rows = (
            Usage.objects.filter(
                user_id__in=visible_ids(acting, user_id),
                kind=kind,
                bucket__gte=rules.bucket_of(since),
                bucket__lt=rules.bucket_of(until),
            )
            .order_by()
            .values_list("name")
            .annotate(all=Sum("ms"))
        )
        found = rules.totals(Total(kind, name, length) for name, length in rows if length)
    named = [one for one in found if holds(one.name, search)]
    return tuple(_in_order(named, ordering)[:limit])


def _in_order(found: list[Total], ordering: str) -> list[Total]:
    """Sums, given with the largest first, in another order."""
    if ordering.removeprefix("-") == "name":
        return sorted(found, key=lambda one: (one.name.casefold(), one.name), reverse=ordering.startswith("-"))
    return found if ordering.startswith("-") else found[::-1]


def usage_by_bucket(
    acting: Acting,
    *,
    since: datetime,
    until: datetime,
    user_id: int | None = None,
    search: str = "",
    ordering: str = "bucket",
) -> list[tuple[datetime, SpanKind, int]]:
    """The sum of each kind in each quarter of an hour, of names that hold these words; by `bucket` or by `seconds`."""
    with acting_for(company_of(acting)), transaction.atomic():
        used = Usage.objects.filter(user_id__in=visible_ids(acting, user_id), bucket__gte=since, bucket__lt=until)
        for word in storable(search).split():
            used = used.filter(name__icontains=word)
        rows = used.order_by("bucket", "kind").values_list("bucket", "kind").annotate(all=Sum("ms"))
        found = [(bucket, SpanKind(kind), length) for bucket, kind, length in rows]
    if ordering.removeprefix("-") == "seconds":
        found.sort(key=lambda one: one[2])
    return found[::-1] if ordering.startswith("-") else found


def sums_for_owner(
    acting: Acting, company_ids: Sequence[int], *, since: datetime, until: datetime
) -> list[CompanySums]:
    """For the OWNER: numbers of companies, and of no person."""
    if not acting.is_owner:
        raise NotAllowed
    ids = list(company_ids)
    with transaction.atomic(), across_companies():
        used = Usage.objects.filter(company_id__in=ids, bucket__gte=since, bucket__lt=until).order_by()
        usage = {
            company: (worked or 0, spans or 0)
            for company, worked, spans in used.values_list("company_id").annotate(
                worked=Sum("ms", filter=Q(kind__in=(SpanKind.APP, SpanKind.AWAY, SpanKind.PRIVATE))), n=Sum("spans")
            )
        }
        going = WorkSession.objects.filter(company_id__in=ids, ended_at__isnull=True).order_by()
        sessions = dict(going.values_list("company_id").annotate(n=Count("company_id")))
        kept = Screenshot.objects.filter(company_id__in=ids, state__in=KEPT).order_by()
        pictures = {
            company: (n, size or 0)
            for company, n, size in kept.values_list("company_id").annotate(n=Count("company_id"), size=Sum("bytes"))
        }
    return [CompanySums(one, *usage.get(one, (0, 0)), sessions.get(one, 0), *pictures.get(one, (0, 0))) for one in ids]
