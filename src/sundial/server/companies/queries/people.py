"""Reads about the people of the company in scope: who may be seen by whom, found by what."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import F, Q, QuerySet

from sundial.server.companies import rules
from sundial.server.companies.models import Membership, MembershipAttribute, TeamMember
from sundial.server.companies.types import COMPANY_ROLES, Arrival, MemberStatus, Person
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.among import among
from sundial.server.lib.errors import NotAllowed, NotFound
from sundial.server.lib.words import storable


def visible(acting: Acting) -> QuerySet[Membership]:
    """The memberships `acting` may see, in their own company's scope."""
    if acting.company_id is None or acting.id is None or acting.role not in COMPANY_ROLES:
        raise NotAllowed("People are visible inside their own company only.")
    rows = Membership.objects.exclude(status=MemberStatus.LEFT).select_related("user", "department")
    if acting.role is Role.ADMIN:
        return rows
    mine = Q(user_id=acting.id)
    if acting.role is Role.MANAGER:
        managed = TeamMember.objects.filter(membership__user_id=acting.id, manages=True).values("team_id")
        mine |= Q(id__in=TeamMember.objects.filter(team_id__in=managed).values("membership_id"))
    return rows.filter(mine)


_ORDERINGS = {
    "name": ("first_name", "last_name", "id"),
    "email": ("user__email",),
    "role": ("role", "first_name", "id"),
    "status": ("status", "first_name", "id"),
    "created_at": ("created_at", "id"),
    "department": ("department__name", "first_name", "id"),
}


def _ordered(rows: QuerySet[Membership], ordering: str) -> QuerySet[Membership]:
    name, down = ordering.removeprefix("-"), ordering.startswith("-")
    fields = [
        F(field).desc(nulls_last=True) if down else F(field).asc(nulls_last=True)
        for field in _ORDERINGS.get(name, _ORDERINGS["name"])
    ]
    return rows.order_by(*fields)


def people(
    acting: Acting,
    *,
    search: str = "",
    role: str = "",
    status: str = "",
    arrival: str = "",
    departments: Collection[int] | None = None,
    team: int | None = None,
    attribute: str = "",
    ordering: str = "name",
) -> QuerySet[Membership]:
    """The people `acting` may list: an ADMIN all of the company, a MANAGER their teams; else NotAllowed.

    `departments` are the ids of those they may be in, as `departments.with_those_below` gives them; `attribute` is the
    name of one that they have themselves.
    """
    if acting.company_id is None or not rules.may_read_people(acting, acting.company_id):
        raise NotAllowed("You may not list people.")
    rows = visible(acting)
    wanted = {"role": storable(role), "status": storable(status)}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    if arrival:
        rows = rows.filter(_ARRIVED.get(arrival, Q(id=None)))
    if departments is not None:
        rows = rows.filter(department_id__in=departments)
    if team is not None:
        rows = rows.filter(id__in=TeamMember.objects.filter(team_id=team).values("membership_id"))
    if attribute:
        held = MembershipAttribute.objects.filter(attribute__name=storable(attribute))
        rows = rows.filter(id__in=held.values("membership_id"))
    return _ordered(_with_words(rows, search), ordering)


_ARRIVED: dict[str, Q] = {
    Arrival.NOBODY: Q(signed_in_at=None, invited_at=None),
    Arrival.INVITED: Q(signed_in_at=None, invited_at__isnull=False),
    Arrival.CAME: Q(signed_in_at__isnull=False),
}


def _with_words(rows: QuerySet[Membership], search: str) -> QuerySet[Membership]:
    for word in storable(search).split():
        rows = rows.filter(
            Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(user__email__icontains=word)
        )
    return rows


def person(acting: Acting, user_id: int) -> Membership:
    """One person whom `acting` may see; raises NotFound."""
    found = visible(acting).filter(user_id=user_id).first() if acting.company_id else None
    if found is None:
        raise NotFound
    return found


def turned_by_time(acting: Acting, *, since: datetime, until: datetime) -> list[str]:
    """The addresses of those who came in first, or an attribute of whom ended, meanwhile: no event tells of either."""
    ended = MembershipAttribute.objects.filter(expires_at__gt=since, expires_at__lte=until)
    came = Q(signed_in_at__gt=since, signed_in_at__lte=until)
    found = visible(acting).filter(came | Q(id__in=ended.values("membership_id")))
    return list(found.order_by("id").values_list("user__email", flat=True))


def visible_user_ids(acting: Acting) -> list[int]:
    """The ids of everyone `acting` may see, themselves included."""
    return list(visible(acting).values_list("user_id", flat=True))


def addresses_called(acting: Acting, text: str) -> tuple[str, ...]:
    """The e-mails of an ADMIN's people, those who left included, whose names or e-mails hold every word; else none."""
    if acting.role is not Role.ADMIN or not text.strip():
        return ()
    found = _with_words(Membership.objects.all(), text)
    return tuple(found.order_by("user__email").values_list("user__email", flat=True))


def ids_of_those_who_left() -> list[int]:
    """The ids of everyone in the company in scope who is no longer in its lists."""
    return list(Membership.objects.filter(status=MemberStatus.LEFT).values_list("user_id", flat=True))


def as_person(row: Membership, teams: Iterable[str] = ()) -> Person:
    """What other apps may know of a membership."""
    return Person(
        id=row.user_id,
        email=row.user.email,
        first_name=row.first_name,
        last_name=row.last_name,
        role=Role(row.role),
        status=MemberStatus(row.status),
        created_at=row.created_at,
        teams=tuple(teams),
        department_id=row.department_id,
        department=row.department.name if row.department else "",
        invited_at=row.invited_at,
        signed_in_at=row.signed_in_at,
        photo_mark=row.photo_mark,
    )


def names_of(user_ids: Iterable[int]) -> dict[int, Person]:
    """The people with these ids in the company in scope, those who left included."""
    rows = Membership.objects.filter(user_id__in=among(user_ids)).select_related("user", "department")
    return {row.user_id: as_person(row) for row in rows}


def active_admins() -> QuerySet[Membership]:
    """The people who can run the company in scope."""
    return Membership.objects.filter(role=Role.ADMIN, status=MemberStatus.ACTIVE).select_related("user")


def active_people(*roles: Role) -> QuerySet[Membership]:
    """The people of the company in scope who may work there now: those of these roles, or all."""
    rows = Membership.objects.filter(status=MemberStatus.ACTIVE)
    return rows.filter(role__in=roles) if roles else rows
