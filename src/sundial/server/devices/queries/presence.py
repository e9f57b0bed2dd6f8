"""Where people stand: online, offline, or never synced."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.aggregates import BoolOr
from django.db import transaction
from django.db.models import Count, F, Max, Q

from sundial.server.companies import queries as companies
from sundial.server.companies.types import Person
from sundial.server.devices.models import Device
from sundial.server.devices.queries.lists import company_of
from sundial.server.devices.queries.standing import Reports, reports
from sundial.server.devices.types import PersonPresence, Presence, PresenceCounts
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.among import among
from sundial.server.lib.scope import acting_for


@dataclass(frozen=True, slots=True)
class Absent:
    """Someone whose agent is not there now, and when it last was."""

    person: Person
    last_agent_sync_at: datetime | None


@dataclass(frozen=True, slots=True)
class Absences:
    """How many agents are not there, and the first of their people: who synced before, and who never did."""

    offline: tuple[Absent, ...]
    offline_count: int
    never: tuple[Absent, ...]
    never_count: int


def presence_of_people(company_id: int, user_ids: Iterable[int], *, now: datetime) -> dict[int, PersonPresence]:
    """Where each of these people stands; one without a device has never synced."""
    wanted = list(user_ids)
    with acting_for(company_id), transaction.atomic():
        rows = _by_person(now).filter(device__user_id__in=among(wanted))
        found = {row[0]: _presence(*row) for row in rows.values_list(*_COLUMNS)}
    return {user: found.get(user, PersonPresence(user, Presence.NEVER_SYNCED, None, None)) for user in wanted}


def seen_since(company_id: int, since: datetime, *, now: datetime) -> list[PersonPresence]:
    """Those who are online, and those whose agents synced after that moment: whoever else was online is no more."""
    with acting_for(company_id), transaction.atomic():
        rows = _by_person(now).filter(Q(on=True) | Q(synced__gt=since))
        return [_presence(*row) for row in rows.values_list(*_COLUMNS)]


def presence_counts(company_id: int, *, now: datetime) -> PresenceCounts:
    """How many people stand where: all active EMPLOYEEs, and whoever else has a device."""
    with acting_for(company_id), transaction.atomic():
        active = companies.active_people().values("user_id")
        rows = _by_person(now).filter(device__user_id__in=active)
        counts = rows.aggregate(
            present=Count("user", filter=Q(on=True)),
            absent=Count("user", filter=Q(on=False, synced__isnull=False)),
            unheard=Count("user", filter=Q(on=False, synced__isnull=True)),
        )
        employees = companies.active_people(Role.EMPLOYEE)
        without_device = employees.exclude(user_id__in=Device.objects.values("user_id")).count()
    return PresenceCounts(counts["present"], counts["absent"], counts["unheard"] + without_device)


def offline_people(acting: Acting, *, now: datetime) -> list[Absent]:
    """Those whom `acting` may see whose agents have synced before and are not there now, longest absent first."""
    return _absent(acting, Presence.OFFLINE, now)


def never_synced_people(acting: Acting, *, now: datetime) -> list[Absent]:
    """Those whom `acting` may see who were never heard of: EMPLOYEEs, and whoever else has a device."""
    return _absent(acting, Presence.NEVER_SYNCED, now)


def absences(acting: Acting, *, now: datetime, shown: int) -> Absences:
    """Both at once, of which only so many are named: of a thousand people a page shows a few."""
    with acting_for(company_of(acting)), transaction.atomic():
        lists = _states(acting, now)
        offline, never = (lists.get(state, []) for state in (Presence.OFFLINE, Presence.NEVER_SYNCED))
        people = companies.names_of(user for _since, user, _synced in (*offline[:shown], *never[:shown]))
    first, second = (
        tuple(Absent(people[user], synced) for _since, user, synced in found[:shown]) for found in (offline, never)
    )
    return Absences(first, len(offline), second, len(never))


def _absent(acting: Acting, wanted: Presence, now: datetime) -> list[Absent]:
    with acting_for(company_of(acting)), transaction.atomic():
        found = _states(acting, now).get(wanted, [])
        people = companies.names_of(user for _since, user, _synced in found)
    return [Absent(people[user], synced) for _since, user, synced in found]


def _states(acting: Acting, now: datetime) -> dict[Presence, list[tuple[datetime, int, datetime | None]]]:
    """Whom `acting` may see, by where they stand, longest absent first: since when, who, and when last synced."""
    rows = companies.people(acting, status="ACTIVE").order_by().values_list("user_id", "role", "created_at")
    known = {row[0]: _presence(*row) for row in _by_person(now).values_list(*_COLUMNS)}
    found: dict[Presence, list[tuple[datetime, int, datetime | None]]] = {}
    for user, role, created in rows:
        state = known.get(user)
        if state is not None:
            synced = state.last_agent_sync_at
            found.setdefault(state.presence, []).append((synced or created, user, synced))
        elif role == Role.EMPLOYEE:
            found.setdefault(Presence.NEVER_SYNCED, []).append((created, user, None))
    return {state: sorted(those, key=lambda one: one[:2]) for state, those in found.items()}


def _by_person(now: datetime) -> Reports:
    """One row a person with a device: `user`, `on`, `synced`, `seen`."""
    return (
        reports(now)
        .values(user=F("device__user_id"))
        .annotate(on=BoolOr("online"), synced=Max("last_agent_sync_at"), seen=Max("last_seen_at"))
        .order_by("user")
    )


_COLUMNS = ("user", "on", "synced", "seen")


def _presence(user_id: int, on: bool, synced: datetime | None, seen: datetime | None) -> PersonPresence:
    absent = Presence.OFFLINE if synced else Presence.NEVER_SYNCED
    return PersonPresence(user_id, Presence.ONLINE if on else absent, synced, seen)
