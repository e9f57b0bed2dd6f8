"""Everyone whose time may be reported on, in one look."""

from collections import defaultdict
from collections.abc import Iterable

from sundial.server.companies.models import Membership, TeamMember
from sundial.server.companies.queries.people import visible
from sundial.server.companies.types import Listed, MemberStatus, RosterRow
from sundial.server.lib.acting import Acting, Role


def roster(acting: Acting) -> list[RosterRow]:
    """The people whose time `acting` may see, by name; for an ADMIN those who left, too. In the company's scope."""
    rows = Membership.objects.all() if acting.role is Role.ADMIN else visible(acting)
    teams: dict[int, list[int]] = defaultdict(list)
    for membership_id, team_id in TeamMember.objects.values_list("membership_id", "team_id"):
        teams[membership_id].append(team_id)
    columns = ("id", "user_id", "first_name", "last_name", "user__email", "role", "department_id")
    found = rows.order_by("first_name", "last_name", "id").values_list(*columns, "created_at", "ended_at")
    return [
        RosterRow(user_id, f"{first} {last}".strip() or email, email, Role(role), department, tuple(teams[key]), *times)
        for key, user_id, first, last, email, role, department, *times in found
    ]


_LISTED = ("user_id", "first_name", "last_name", "user__email", "role")


def listed(acting: Acting, user_id: int | None = None) -> list[Listed]:
    """The active people whom `acting` may see, by name, or just one person, active or not; nobody's whole page."""
    rows = visible(acting)
    rows = rows.filter(status=MemberStatus.ACTIVE) if user_id is None else rows.filter(user_id=user_id)
    return [_listed(*one) for one in rows.order_by("first_name", "last_name", "id").values_list(*_LISTED)]


def listed_by_id(user_ids: Iterable[int]) -> dict[int, Listed]:
    """The people with these ids in the company in scope, those who left included."""
    rows = Membership.objects.filter(user_id__in=list(user_ids)).order_by("id").values_list(*_LISTED)
    return {one[0]: _listed(*one) for one in rows}


def _listed(user_id: int, first: str, last: str, email: str, role: str) -> Listed:
    return Listed(user_id, f"{first} {last}".strip() or email, email, Role(role))
