"""Writes about teams: being put in charge of one is what lets a MANAGER see the people in it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from sundial.server.companies import queries
from sundial.server.companies.actions.checks import checked_text, require_admin
from sundial.server.companies.actions.telling import note_of_company, note_of_person, tell_of_belonging, tell_of_person
from sundial.server.companies.models import Membership, Team, TeamMember
from sundial.server.companies.types import Held, Lender
from sundial.server.lib import hints
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Invalid, NotFound
from sundial.server.lib.scope import acting_for


@transaction.atomic
def make_team(*, company_id: int, name: str, members: list[int], managers: list[int]) -> Team:
    """A team of these users, seen by these managers, made with the company itself: by nobody in it."""
    with acting_for(company_id):
        team = Team.objects.create(company_id=company_id, name=checked_text("name", name, 80, required=True))
        rows = {row.user_id: row for row in Membership.objects.filter(user_id__in=[*members, *managers])}
        for user_id in dict.fromkeys([*members, *managers]):
            if user_id not in rows:
                raise NotFound
            TeamMember.objects.create(
                company_id=company_id, team=team, membership=rows[user_id], manages=user_id in managers
            )
    return team


@transaction.atomic
def add_team(*, acting: Acting, name: str, now: datetime) -> Team:
    """A new team with nobody in it; raises Invalid for a name that another one has."""
    company_id = require_admin(acting)
    team = Team.objects.create(company_id=company_id, name=_free_name(name))
    _note(acting, team, "TEAM_CREATED", f"The team {team.name} was made", {}, now)
    return team


@transaction.atomic
def rename_team(*, acting: Acting, team_id: int, name: str, now: datetime) -> Team:
    """Call a team something else."""
    require_admin(acting)
    team = _locked(acting, team_id)
    if name.strip() == team.name:
        return team
    old, team.name = team.name, _free_name(name)
    team.save(update_fields=["name"])
    values = {"old_values": {"name": old}, "new_values": {"name": team.name}}
    _note(acting, team, "TEAM_CHANGED", f"The team {old} is now called {team.name}", values, now)
    _tell(acting, team, queries.lent_by(Lender.TEAM, [team.pk], now=now).get(team.pk, []), now)
    return team


@transaction.atomic
def delete_team(*, acting: Acting, team_id: int, now: datetime) -> None:
    """Dissolve a team: its people stay in the company, and nobody sees them through it any more."""
    require_admin(acting)
    team = _locked(acting, team_id)
    seats = TeamMember.objects.filter(team=team)
    concerned = list(seats.values_list("membership__user_id", flat=True))
    _note(acting, team, "TEAM_REMOVED", f"The team {team.name} was dissolved", {"people": len(concerned)}, now)
    _tell(acting, team, [], now)
    seats.delete()
    team.delete()
    _rights_changed(concerned)


@transaction.atomic
def put_in_team(*, acting: Acting, team_id: int, user_id: int, manages: bool, now: datetime) -> bool:
    """Put a person into a team, or change whether they manage it; False if it was so already."""
    company_id = require_admin(acting)
    team, person = _locked(acting, team_id), queries.person(acting, user_id)
    seat = TeamMember.objects.filter(team=team, membership=person).first()
    if seat is not None and seat.manages == manages:
        return False
    seat = seat or TeamMember(company_id=company_id, team=team, membership=person)
    seat.manages = manages
    seat.save()
    words = f"{person.user.email} {'manages' if manages else 'is in'} the team {team.name}"
    note_of_person(acting, person, "TEAM_MEMBER_SET", words, {"team_id": team.pk, "manages": manages}, now)
    tell_of_person(kind="user_updated", membership=person, acting=acting, now=now)
    _rights_changed([user_id])
    return True


@transaction.atomic
def take_out_of_team(*, acting: Acting, team_id: int, user_id: int, now: datetime) -> bool:
    """Take a person out of a team; False if they were not in it."""
    require_admin(acting)
    team, person = _locked(acting, team_id), queries.person(acting, user_id)
    gone, _each = TeamMember.objects.filter(team=team, membership=person).delete()
    if gone:
        words = f"{person.user.email} left the team {team.name}"
        note_of_person(acting, person, "TEAM_MEMBER_REMOVED", words, {"team_id": team.pk}, now)
        tell_of_person(kind="user_updated", membership=person, acting=acting, now=now)
        _rights_changed([user_id])
    return bool(gone)


def _locked(acting: Acting, team_id: int) -> Team:
    seen = queries.team(acting, team_id)
    return Team.objects.select_for_update(no_key=True).get(id=seen.pk)


def _free_name(name: str) -> str:
    text = checked_text("name", name, 80, required=True)
    if Team.objects.filter(name=text).exists():
        raise Invalid({"name": "There is a team of this name already."})
    return text


def _tell(acting: Acting, team: Team, lent: Sequence[Held], now: datetime) -> None:
    """Consoles ask again about those who are in the team; `lent` is what it lends them from now on."""
    users, texts = queries.borrowers(Lender.TEAM, team.pk), [one.text for one in lent]
    tell_of_belonging(company_id=team.company_id, users=users, lent=texts, acting=acting, now=now)


def _rights_changed(user_ids: list[int]) -> None:
    """Open pages of these people ask again who they are and what they may see."""
    for user_id in user_ids:
        hints.send("person", str(user_id))


def _note(acting: Acting, team: Team, action: str, description: str, details: dict[str, Any], now: datetime) -> None:
    note_of_company(acting, team.company_id, action, description, {"team_id": team.pk, **details}, now)
