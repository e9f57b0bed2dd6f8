"""Everybody who should have an agent: whether it is there, what it runs, what it makes of the policy."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery

from sundial.server.companies import queries as companies
from sundial.server.companies.types import MemberStatus
from sundial.server.devices import rules
from sundial.server.devices.models import DeviceReport
from sundial.server.devices.queries.lists import company_of
from sundial.server.devices.queries.standing import agents, reports, spoken
from sundial.server.devices.types import Presence, Standing
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.scope import acting_for

STATES = (*Presence, "rejected", "outdated")


@dataclass(frozen=True, slots=True)
class Syncing:
    """One person's agents, taken together."""

    user_id: int
    name: str
    email: str
    presence: Presence
    synced_at: datetime | None
    computers: int
    versions: tuple[str, ...]
    rejected: bool
    outdated: bool

    @property
    def last_seen_at(self) -> datetime | None:
        """When the agent was last heard of, as pages of presence call it."""
        return self.synced_at


@dataclass(frozen=True, slots=True)
class SyncPage:
    """One page of people, and how many stand where in all."""

    items: tuple[Syncing, ...]
    count: int
    page: int
    pages: int
    counts: dict[str, int]


def syncing(
    acting: Acting,
    *,
    now: datetime,
    etag: str,
    newest: str,
    search: str = "",
    state: str = "",
    page: int = 1,
    page_size: int = 20,
) -> SyncPage:
    """The people that `acting` may see, longest unheard first; `newest` is the agent that they should have."""
    with acting_for(company_of(acting)), transaction.atomic():
        old = _outdated(newest)
        everybody = _people(acting, now, etag, old, "")
        # Named otherwise than what they count by, which a sum of the same name would take the place of.
        sums = everybody.aggregate(**{f"n_{name}": Count("pk", filter=is_so) for name, is_so in _STATES.items()})
        counts = {name: sums[f"n_{name}"] for name in _STATES}
        rows = _people(acting, now, etag, old, search)
        if state in _STATES:
            rows = rows.filter(_STATES[state])
        count = rows.count()
        pages = max(1, -(-count // page_size))
        page = min(max(page, 1), pages)
        found = list(
            rows.order_by("on", F("synced").asc(nulls_first=True), "user_id")[(page - 1) * page_size : page * page_size]
        )
        versions = _versions([row.user_id for row in found])
        return SyncPage(tuple(_row(row, versions) for row in found), count, page, pages, counts)


_STATES: dict[str, Q] = {
    Presence.ONLINE: Q(on=True),
    Presence.OFFLINE: Q(on=False, synced__isnull=False),
    Presence.NEVER_SYNCED: Q(on=False, synced__isnull=True),
    "rejected": Q(rejected=True),
    "outdated": Q(outdated=True),
}


def _people(acting: Acting, now: datetime, etag: str, old: Collection[str], search: str) -> Any:
    """Active people with an agent, and EMPLOYEEs without; `on`, `synced`, `rejected`, `outdated` are added."""
    its = {"device__user_id": OuterRef("user_id")}
    mine, live = reports(now).filter(**its), agents(now).filter(**its)
    last = mine.filter(last_agent_sync_at__isnull=False).order_by("-last_agent_sync_at")
    refused = live.annotate(said=spoken()).filter(said=Standing.REJECTED, policy_etag=etag)
    rows: Any = companies.people(acting, status=MemberStatus.ACTIVE, search=search)
    return rows.annotate(
        on=Exists(mine.filter(online=True)),
        synced=Subquery(last.values("last_agent_sync_at")[:1]),
        computers=Subquery(live.order_by().values("device__user_id").annotate(n=Count("pk")).values("n")),
        rejected=Exists(refused),
        outdated=Exists(live.filter(app_version__in=list(old))),
    ).filter(Q(role=Role.EMPLOYEE) | Exists(mine))


def _outdated(newest: str) -> list[str]:
    """The versions that are older, of those that the company's agents report."""
    said = DeviceReport.objects.exclude(app_version="").order_by("app_version")
    known = said.values_list("app_version", flat=True).distinct()
    return [one for one in known if rules.is_older(one, newest)]


def _versions(user_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    rows = DeviceReport.objects.filter(device__user_id__in=list(user_ids), device__revoked_at__isnull=True)
    found: dict[int, tuple[str, ...]] = {}
    for user_id, version in rows.exclude(app_version="").values_list("device__user_id", "app_version").distinct():
        found[user_id] = (*found.get(user_id, ()), version)
    return found


def _row(row: Any, versions: dict[int, tuple[str, ...]]) -> Syncing:
    person = companies.as_person(row)
    absent = Presence.OFFLINE if row.synced else Presence.NEVER_SYNCED
    return Syncing(
        user_id=person.id,
        name=person.name,
        email=person.email,
        presence=Presence.ONLINE if row.on else absent,
        synced_at=row.synced,
        computers=row.computers or 0,
        versions=tuple(sorted(versions.get(person.id, ()))),
        rejected=row.rejected,
        outdated=row.outdated,
    )
