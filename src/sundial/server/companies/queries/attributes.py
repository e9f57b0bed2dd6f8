"""Reads about attributes: which there are, and who has which."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from sundial.server.companies.models import Attribute, LentAttribute, MembershipAttribute
from sundial.server.companies.types import Held, Lender
from sundial.server.lib import orders
from sundial.server.lib.among import among
from sundial.server.lib.words import storable


def attributes(*, search: str = "", ordering: str = "name") -> QuerySet[Attribute]:
    """The attributes of the company in scope whose names hold these words."""
    rows = Attribute.objects.order_by(*orders.by(ordering))
    for word in storable(search).split():
        rows = rows.filter(name__icontains=word)
    return rows


def attributes_of(user_ids: Iterable[int], *, now: datetime) -> dict[int, list[Held]]:
    """What each of these people has now, by name."""
    rows = MembershipAttribute.objects.filter(lasting(now), membership__user_id__in=among(user_ids))
    found: dict[int, list[Held]] = {}
    columns = ("membership__user_id", "attribute__name", "value", "expires_at")
    for user_id, name, value, expires_at in rows.order_by("attribute__name").values_list(*columns):
        found.setdefault(user_id, []).append(Held(name, value, expires_at))
    return found


def lasting(now: datetime) -> Q:
    """What has not expired at that moment."""
    return Q(expires_at=None) | Q(expires_at__gt=now)


def lent_by(lender: Lender, ids: Iterable[int], *, now: datetime) -> dict[int, list[Held]]:
    """What each of these teams, or of these departments, lends itself now, by name."""
    key = f"{lender}_id"
    rows = LentAttribute.objects.filter(lasting(now), **{f"{key}__in": list(ids)}).order_by("attribute__name")
    found: dict[int, list[Held]] = {}
    for lender_id, name, value, expires_at in rows.values_list(key, "attribute__name", "value", "expires_at"):
        found.setdefault(lender_id, []).append(Held(name, value, expires_at))
    return found


def lenders_of(names: Iterable[str]) -> dict[str, int]:
    """How many teams and departments lend each of these attributes."""
    rows = LentAttribute.objects.filter(attribute__name__in=list(names)).order_by()
    return dict(rows.values_list("attribute__name").annotate(n=Count("id")))


def holders_of(names: Iterable[str]) -> dict[str, int]:
    """How many people have each of these attributes."""
    rows = MembershipAttribute.objects.filter(attribute__name__in=list(names)).order_by()
    return dict(rows.values_list("attribute__name").annotate(n=Count("id")))
