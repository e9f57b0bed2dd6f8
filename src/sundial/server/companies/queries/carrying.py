"""What people carry: their own attributes and those that are lent to them, and where they belong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from sundial.server.companies.models import Department, LentAttribute, Membership, TeamMember
from sundial.server.companies.queries.attributes import attributes_of, lasting
from sundial.server.companies.queries.departments import with_those_below
from sundial.server.companies.rules import carrying
from sundial.server.companies.types import Carried, Held, Lender, Lent, MemberStatus
from sundial.server.lib.acting import Role
from sundial.server.lib.among import among


@dataclass(frozen=True, slots=True)
class Belonging:
    """Where a person belongs: teams, and departments from their own upward, by id and name."""

    role: Role
    teams: Mapping[int, str]
    departments: Mapping[int, str]


def places(user_ids: Iterable[int]) -> dict[int, Belonging]:
    """Where each of these people belongs; nobody who may not work here now."""
    ids = list(user_ids)
    people = Membership.objects.filter(user_id__in=among(ids), status=MemberStatus.ACTIVE)
    upward, teams = _upward(), teams_by_person(ids)
    return {
        user_id: Belonging(Role(role), teams.get(user_id, {}), upward.get(department_id, {}))
        for user_id, role, department_id in people.values_list("user_id", "role", "department_id")
    }


def teams_by_person(user_ids: Iterable[int]) -> dict[int, dict[int, str]]:
    """The teams that each of these people is in, by id and name."""
    seats = TeamMember.objects.filter(membership__user_id__in=among(user_ids)).order_by("team__name", "team_id")
    found: dict[int, dict[int, str]] = {}
    for user_id, team_id, name in seats.values_list("membership__user_id", "team_id", "team__name"):
        found.setdefault(user_id, {})[team_id] = name
    return found


def _upward() -> dict[int | None, dict[int, str]]:
    """For each department, itself and all it lies in, by id and name."""
    rows = {key: (parent, name) for key, parent, name in Department.objects.values_list("id", "parent_id", "name")}
    found: dict[int | None, dict[int, str]] = {}
    for key in rows:
        path: dict[int, str] = {}
        at: int | None = key
        while at is not None and at in rows and at not in path:
            path[at] = rows[at][1]
            at = rows[at][0]
        found[key] = path
    return found


def carried_by(user_ids: Iterable[int], *, now: datetime) -> dict[int, list[Carried]]:
    """What each of these people carries now, their own and what is lent, by name; nobody who may not work here."""
    return carried_at(places(user_ids), now=now)


def carried_at(where: Mapping[int, Belonging], *, now: datetime) -> dict[int, list[Carried]]:
    """The same for people whose places are known already."""
    own, lent = attributes_of(where, now=now), _all_lent(now)
    return {user_id: carrying.carried(own.get(user_id, ()), _lent_to(place, lent)) for user_id, place in where.items()}


def lent_to(user_ids: Iterable[int], *, now: datetime) -> dict[int, list[Held]]:
    """What is lent to each of these people now, by name, whatever they have themselves.

    Lenders that disagree lend nothing, and nothing is lent to somebody who may not work here.
    """
    lent = _all_lent(now)
    return {
        user_id: [
            Held(one.name, one.value) for one in carrying.carried((), _lent_to(place, lent)) if one.value is not None
        ]
        for user_id, place in (places(user_ids) if lent else {}).items()
    }


def borrowers(lender: Lender, lender_id: int) -> list[str]:
    """The addresses of those whom this team, or this department and all beneath it, lends what it lends."""
    seats = TeamMember.objects.filter(team_id=lender_id)
    inside = (
        Q(id__in=seats.values("membership_id"))
        if lender is Lender.TEAM
        else Q(department_id__in=with_those_below(lender_id))
    )
    rows = Membership.objects.filter(inside).exclude(status=MemberStatus.LEFT)
    return list(rows.order_by("id").values_list("user__email", flat=True))


def loans_ended(*, since: datetime, until: datetime) -> set[str]:
    """The addresses of those to whom something was lent that ended meanwhile: no event tells of it."""
    ended = LentAttribute.objects.filter(expires_at__gt=since, expires_at__lte=until).order_by()
    found: set[str] = set()
    for team_id, department_id in ended.values_list("team_id", "department_id").distinct():
        lender = Lender.DEPARTMENT if team_id is None else Lender.TEAM
        found.update(borrowers(lender, department_id if team_id is None else team_id))
    return found


def _lent_to(place: Belonging, lent: Mapping[tuple[Lender, int], list[Lent]]) -> list[Lent]:
    if not lent:
        return []
    lenders = [(Lender.TEAM, key) for key in place.teams] + [(Lender.DEPARTMENT, key) for key in place.departments]
    return [one for lender in lenders for one in lent.get(lender, ())]


def _all_lent(now: datetime) -> dict[tuple[Lender, int], list[Lent]]:
    columns = ("attribute__name", "value", "expires_at", "team_id", "team__name", "department_id", "department__name")
    found: dict[tuple[Lender, int], list[Lent]] = {}
    for name, value, ends, team_id, team, department_id, department in (
        LentAttribute.objects.filter(lasting(now)).order_by("id").values_list(*columns)
    ):
        lender = Lender.DEPARTMENT if team_id is None else Lender.TEAM
        key = department_id if team_id is None else team_id
        found.setdefault((lender, key), []).append(Lent(name, value, ends, lender, key, team or department or ""))
    return found
