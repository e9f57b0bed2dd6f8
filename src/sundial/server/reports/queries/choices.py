"""What a report may be narrowed to."""

from dataclasses import dataclass

from sundial.server.companies import queries as companies
from sundial.server.companies.types import MemberStatus
from sundial.server.lib.acting import Acting, Role

MOST_NAMES = 200  # beyond, people are found by search


@dataclass(frozen=True, slots=True)
class Choices:
    """Id and name of each person, team and department that one may ask about."""

    people: tuple[tuple[int, str], ...] = ()
    teams: tuple[tuple[int, str], ...] = ()
    departments: tuple[tuple[int, str], ...] = ()


def choices(acting: Acting) -> Choices:
    """Whom and what this person may ask about; nothing to choose for those who see only themselves."""
    if acting.role is Role.EMPLOYEE:
        return Choices()
    people = companies.people(acting, status=MemberStatus.ACTIVE)
    columns = ("user_id", "first_name", "last_name", "user__email")
    return Choices(
        people=tuple(
            (user_id, f"{first} {last}".strip() or email)
            for user_id, first, last, email in people.values_list(*columns)[:MOST_NAMES]
        ),
        teams=tuple(companies.teams(acting).values_list("id", "name")),
        departments=tuple((one.id, one.path) for one in companies.tree()),
    )
