"""Agents as those look at them who watch for something wrong; in the scope of one company."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, ExpressionWrapper, Q

from sundial.server.companies import queries as companies
from sundial.server.devices.models import Device
from sundial.server.devices.queries.standing import agents, spoken
from sundial.server.devices.types import DeviceKind, Standing
from sundial.server.lib.among import among


@dataclass(frozen=True, slots=True)
class Watched:
    """One agent of somebody who may work here now."""

    device_id: int
    user_id: int
    hostname: str
    enrolled_at: datetime
    online: bool
    synced_at: datetime | None
    seen_at: datetime | None
    rejected: bool
    policy_version: int | None
    error: str


def watched_agents(now: datetime) -> list[Watched]:
    """Every agent that is not revoked, of active people of the company in scope."""
    active = companies.active_people().values("user_id")
    rows = agents(now).filter(device__user_id__in=active).annotate(said=spoken()).order_by("device_id")
    refused = ExpressionWrapper(Q(said=Standing.REJECTED), BooleanField())
    found = rows.annotate(rejected=refused).values_list(
        "device_id",
        "device__user_id",
        "device__hostname",
        "device__enrolled_at",
        "online",
        "last_agent_sync_at",
        "last_seen_at",
        "rejected",
        "policy_version",
        "error",
    )
    return [Watched(*row) for row in found]


def agent_ids_of(user_id: int) -> list[int]:
    """The agents of one person that are not revoked, in the scope of their company."""
    rows = Device.objects.filter(user_id=user_id, kind=DeviceKind.AGENT, revoked_at__isnull=True)
    return list(rows.order_by("id").values_list("id", flat=True))


def people_with_agent(user_ids: Iterable[int]) -> set[int]:
    """Those of these people who have an agent that is not revoked, in the scope of their company."""
    rows = Device.objects.filter(user_id__in=among(user_ids), kind=DeviceKind.AGENT, revoked_at__isnull=True)
    return set(rows.values_list("user_id", flat=True))
