"""What a report may be narrowed to."""

from dataclasses import dataclass

from sundial.server.companies import queries as companies
from sundial.server.lib.acting import Acting, Role


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
    return Choices(
        people=tuple((one.id, one.name) for one in companies.roster(acting)),
        teams=tuple(companies.teams(acting).values_list("id", "name")),
        departments=tuple((one.id, one.path) for one in companies.tree()),
    )
