"""What attribute rules may know of people, as far as this app and those beneath it know it."""

import zoneinfo
from collections.abc import Iterable, Sequence
from datetime import datetime

from sundial.access import Facts
from sundial.server.companies.models import Attribute, Company
from sundial.server.companies.queries.carrying import Belonging, carried_at, places
from sundial.server.companies.rules import carrying, networks
from sundial.server.companies.types import Carried
from sundial.server.lib.errors import NotFound
from sundial.server.lib.scope import current_company


def pool() -> dict[str, str]:
    """The attributes of the company in scope, with what each holds."""
    return dict(Attribute.objects.order_by("name").values_list("name", "kind"))


def facts_of(user_ids: Iterable[int], *, now: datetime, address: str | None) -> dict[int, Facts]:
    """What is known of each of these people now, asking from this address; nobody who may not work here now.

    The same seven questions to the database, however many they are. Whether they are working, and have a device, is
    not known here: the apps above add it.
    """
    zone, named = _company()
    kinds, where = pool(), places(user_ids)
    carried = carried_at(where, now=now)
    local = now.astimezone(zone)
    minute, around = local.hour * 60 + local.minute, networks.networks_of(address or "", named)
    return {user_id: _facts(place, carried[user_id], kinds, minute, around) for user_id, place in where.items()}


def _facts(
    place: Belonging, carried: Sequence[Carried], kinds: dict[str, str], minute: int, around: frozenset[str]
) -> Facts:
    held = {one.name: one.value for one in carried}
    return Facts(
        pool=kinds,
        attributes={name: carrying.as_fact(kinds[name], value) for name, value in held.items() if value is not None},
        role=str(place.role).lower(),
        departments=frozenset(place.departments.values()),
        teams=frozenset(place.teams.values()),
        minute_of_day=minute,
        networks=around,
    )


def _company() -> tuple[zoneinfo.ZoneInfo, dict[str, list[str]]]:
    found = Company.objects.filter(id=current_company() or 0).values_list("time_zone", "networks").first()
    if found is None:
        raise NotFound
    return zoneinfo.ZoneInfo(found[0]), found[1]
