"""Everyone whose time may be reported on, in one look."""

from collections import defaultdict

from sundial.server.companies.models import Membership, TeamMember
from sundial.server.companies.queries.people import visible
from sundial.server.companies.types import RosterRow
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
