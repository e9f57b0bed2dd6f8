"""Taking on many people from a list: looked at first, then all who fit, or nobody."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sundial.server.accounts import queries as users
from sundial.server.companies import queries
from sundial.server.companies.actions.checks import checked_email, require_admin
from sundial.server.companies.actions.joining import Newcomer, join_many
from sundial.server.companies.actions.limits import locked_company
from sundial.server.companies.actions.mailing import request_invitations
from sundial.server.companies.actions.people import ALREADY_HERE, RUNS_THE_PLATFORM, add_person
from sundial.server.companies.actions.telling import note_of_company
from sundial.server.companies.models import Membership, Team, TeamMember
from sundial.server.companies.rules.importing import Line, lines_of, text_of
from sundial.server.companies.types import MemberStatus
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Invalid


@dataclass(frozen=True)
class Plan:
    """What would come of a list: who joins, and which lines do not fit, each with why."""

    lines: tuple[Line, ...]

    @property
    def good(self) -> tuple[Line, ...]:
        """Those who would join."""
        return tuple(line for line in self.lines if not line.problems)

    @property
    def bad(self) -> tuple[Line, ...]:
        """Those who would not."""
        return tuple(line for line in self.lines if line.problems)


@dataclass(frozen=True)
class _Known:
    """What a list is compared with."""

    here: dict[str, str]
    owners: set[str]
    departments: dict[str, int]
    ambiguous: set[str]
    teams: dict[str, int]


def text_of_list(raw: bytes) -> str:
    """The characters in a file that was sent; raises NotAList."""
    return text_of(raw)


@transaction.atomic
def plan_import(*, acting: Acting, text: str) -> Plan:
    """Look at a list without changing anything; raises NotAList."""
    company_id = require_admin(acting)
    lines, known = lines_of(text), _known()
    return Plan(tuple(_within_seats([line.but(*_problems(line, known)) for line in lines], company_id)))


@transaction.atomic
def import_people(*, acting: Acting, text: str, only_good: bool, invite: bool, now: datetime) -> Plan:
    """Take on everyone in the list, or with `only_good` those who fit; raises Invalid if somebody does not fit."""
    company_id = require_admin(acting)
    locked_company(company_id)
    plan = plan_import(acting=acting, text=text)
    if plan.bad and not only_good:
        raise Invalid({"list": f"{len(plan.bad)} lines do not fit."}, "Nobody was added.")
    known = _known()
    joined = _all_taken_on(acting, company_id, plan.good, known, now)
    seats = [(known.teams[team.lower()], joined[line.email].pk) for line in plan.good for team in line.teams]
    _seat(company_id, seats)
    if invite:
        request_invitations(company_id=company_id, user_ids=[row.user_id for row in joined.values()])
    teams = {str(team): count for team, count in Counter(team for team, _person in seats).items()}
    details = {"added": len(plan.good), "left_out": len(plan.bad), "invited": invite, "teams": teams}
    words = f"{len(plan.good)} people were added from a list"
    note_of_company(acting, company_id, "EMPLOYEES_IMPORTED", words, details, now)
    return plan


def _all_taken_on(
    acting: Acting, company_id: int, lines: Sequence[Line], known: _Known, now: datetime
) -> dict[str, Membership]:
    """Everybody, by address: who was here before one by one, who is new all at once."""
    joined = {line.email: _back(acting, company_id, line, known, now) for line in lines if line.email in known.here}
    new = [line for line in lines if line.email not in known.here]
    rows = join_many(acting=acting, company_id=company_id, newcomers=[_newcomer(one, known) for one in new], now=now)
    return joined | {line.email: row for line, row in zip(new, rows, strict=True)}


def _newcomer(line: Line, known: _Known) -> Newcomer:
    return Newcomer(line.email, line.first_name, line.last_name, line.role, _department_of(line, known))


def _department_of(line: Line, known: _Known) -> int | None:
    return known.departments[line.department.lower()] if line.department else None


def _back(acting: Acting, company_id: int, line: Line, known: _Known, now: datetime) -> Membership:
    return add_person(
        acting=acting,
        company_id=company_id,
        email=line.email,
        first_name=line.first_name,
        last_name=line.last_name,
        role=line.role,
        department_id=_department_of(line, known),
        now=now,
    )


def _seat(company_id: int, seats: Sequence[tuple[int, int]]) -> None:
    """Put newcomers (team, membership) into their teams at once; who returned may be there still."""
    TeamMember.objects.bulk_create(
        [TeamMember(company_id=company_id, team_id=team, membership_id=person) for team, person in seats],
        ignore_conflicts=True,
    )


def _known() -> _Known:
    rows = queries.tree()
    names = Counter(row.name.lower() for row in rows)
    by_path = {row.path.lower(): row.id for row in rows}
    by_name = {row.name.lower(): row.id for row in rows if names[row.name.lower()] == 1}
    return _Known(
        here=dict(Membership.objects.values_list("user__email", "status")),
        owners=set(users.owner_emails()),
        departments={**by_name, **by_path},
        ambiguous={name for name, count in names.items() if count > 1 and name not in by_path},
        teams={name.lower(): key for key, name in Team.objects.values_list("id", "name")},
    )


def _problems(line: Line, known: _Known) -> list[str]:
    found = [_address_problem(line.email, known)] if line.email else []
    department = line.department.lower()
    if department in known.ambiguous:
        found.append(f"There are several departments called {line.department[:80]}: write where it lies, as A / B.")
    elif department and department not in known.departments:
        found.append(f"There is no department {line.department[:80]}.")
    found += [f"There is no team {team[:80]}." for team in line.teams if team.lower() not in known.teams]
    return found


def _address_problem(email: str, known: _Known) -> str:
    try:
        checked_email(email)
    except Invalid as refusal:
        return refusal.fields["email"]
    if known.here.get(email, MemberStatus.LEFT) != MemberStatus.LEFT:
        return ALREADY_HERE
    return RUNS_THE_PLATFORM if email in known.owners else ""


def _within_seats(lines: Sequence[Line], company_id: int) -> list[Line]:
    """The lines past the last seat of the plan do not fit."""
    seats = queries.limits_of(company_id).seats
    left = None if seats is None else max(0, seats - queries.seats_used(company_id))
    found = []
    for line in lines:
        if not line.problems and left is not None:
            left -= 1
        full = left is not None and left < 0 and not line.problems
        found.append(line.but(f"No seat is left: the plan has {seats}.") if full else line)
    return found
