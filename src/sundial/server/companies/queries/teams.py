"""Reads about teams: who is in them, who manages them, and so sees the people in them."""

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from sundial.server.companies.models import Team, TeamMember
from sundial.server.companies.queries.people import as_person
from sundial.server.companies.types import MemberStatus, Seat, TeamRow
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotAllowed, NotFound
from sundial.server.lib.words import storable

_HERE = ~Q(membership__status=MemberStatus.LEFT)


def visible_teams(acting: Acting) -> QuerySet[Team]:
    """The teams `acting` may see: an ADMIN all, a MANAGER those they manage; else NotAllowed."""
    if acting.company_id is None or acting.role not in {Role.ADMIN, Role.MANAGER}:
        raise NotAllowed("You may not list teams.")
    if acting.role is Role.ADMIN:
        return Team.objects.all()
    managed = TeamMember.objects.filter(membership__user_id=acting.id or 0, manages=True)
    return Team.objects.filter(id__in=managed.values("team_id"))


def teams(acting: Acting, *, search: str = "", ordering: str = "name") -> QuerySet[Team]:
    """The teams `acting` may see whose names hold these words."""
    rows = visible_teams(acting)
    for word in storable(search).split():
        rows = rows.filter(name__icontains=word)
    return rows.order_by("-name" if ordering == "-name" else "name", "id")


def team(acting: Acting, team_id: int) -> Team:
    """One team that `acting` may see; raises NotFound."""
    found = visible_teams(acting).filter(id=team_id).first()
    if found is None:
        raise NotFound
    return found


def team_rows(found: Iterable[Team]) -> list[TeamRow]:
    """These teams with how many people each has, and who manages it."""
    shown = list(found)
    seats = TeamMember.objects.filter(_HERE, team__in=shown)
    counts = dict(seats.order_by().values_list("team_id").annotate(n=Count("id")))
    managers: dict[int, list[Seat]] = {}
    for seat in _seats(seats.filter(manages=True)):
        managers.setdefault(seat.team_id, []).append(seat)
    return [
        TeamRow(one.pk, one.name, counts.get(one.pk, 0), tuple(seat.person for seat in managers.get(one.pk, ())))
        for one in shown
    ]


def seats_of(team_id: int) -> list[Seat]:
    """Everyone in this team, those who manage it first."""
    return sorted(_seats(TeamMember.objects.filter(_HERE, team_id=team_id)), key=lambda seat: not seat.manages)


def teams_of(user_ids: Iterable[int]) -> dict[int, list[Seat]]:
    """The places that these people have in teams."""
    found: dict[int, list[Seat]] = {}
    for seat in _seats(TeamMember.objects.filter(membership__user_id__in=list(user_ids))):
        found.setdefault(seat.person.id, []).append(seat)
    return found


def _seats(rows: QuerySet[TeamMember]) -> list[Seat]:
    found = rows.select_related("team", "membership__user", "membership__department")
    in_order = found.order_by("team__name", "membership__first_name", "membership__last_name", "id")
    return [Seat(row.team_id, row.team.name, as_person(row.membership), row.manages) for row in in_order]
