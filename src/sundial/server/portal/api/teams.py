"""`teams`: who is in them, and who manages them and so sees the people in them."""

from collections.abc import Sequence
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field, StrictInt

from sundial.server.companies import actions, queries
from sundial.server.companies.types import Lender, TeamRow
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotAllowed, NotFound
from sundial.server.portal.api.answers import answers, changes, creates
from sundial.server.portal.api.doors import acting_of
from sundial.server.portal.api.lending import Attributes, lend, lent_by
from sundial.server.portal.api.paging import Listing, Paging, page_of
from sundial.server.portal.api.repeating import PARAMETER

router = Router(tags=["teams"])
_REPEATABLE = {"parameters": [PARAMETER]}
_MOST = 500


class TeamOut(Schema):
    """A team: how many people are in it, the ids of those who manage it, and the attributes it lends its people."""

    id: int
    name: str
    people: int
    managers: list[int]
    attributes: list[str]


class TeamPage(Listing):
    """One page of teams."""

    items: list[TeamOut]


class Member(Schema):
    """Somebody in a team."""

    user_id: int
    user: str
    name: str
    manages: bool


class TeamWithMembers(TeamOut):
    """A team with everyone in it."""

    members: list[Member]


class MemberIn(Schema):
    """Somebody to be in a team."""

    model_config = ConfigDict(extra="forbid")

    user_id: StrictInt
    manages: bool = False


class TeamIn(Schema):
    """A new team."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=200)
    members: list[MemberIn] = Field(default_factory=list, max_length=_MOST)


class TeamChanges(Schema):
    """What to change; `members` replaces everyone who is in it."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field("", max_length=200)
    members: list[MemberIn] = Field(default_factory=list, max_length=_MOST)
    attributes: Attributes = Field(default_factory=list)


class TeamSearch(Paging):
    """Which teams to list."""

    ordering: Literal["name", "-name"] = "name"


@router.get("", response=answers(TeamPage), summary="List teams")
def list_teams(request: HttpRequest, asked: Query[TeamSearch]) -> dict[str, Any]:
    """All for an ADMIN, those they manage for a MANAGER."""
    found = queries.teams(acting_of(request), search=asked.search, ordering=asked.ordering)
    told = page_of(found, asked, lambda row: row)
    return {**told, "items": _shown(queries.team_rows(told["items"]))}


@router.post("", response=creates(TeamWithMembers, 201), openapi_extra=_REPEATABLE, summary="Make a team")
def add_team(request: HttpRequest, payload: TeamIn) -> Status[Any]:
    """ADMIN only."""
    acting = acting_of(request)
    team = actions.add_team(acting=acting, name=payload.name, now=clock.now())
    _replace(acting, team.pk, payload.members)
    return Status(201, _one(acting, team.pk))


@router.get("/{id:team_id}", response=answers(TeamWithMembers), summary="Read a team")
def read_team(request: HttpRequest, team_id: int) -> dict[str, Any]:
    """One team with everyone in it."""
    return _one(_inside(request), team_id)


@router.patch("/{id:team_id}", response=changes(TeamWithMembers), summary="Change a team")
def change_team(request: HttpRequest, team_id: int, payload: TeamChanges) -> dict[str, Any]:
    """Its name, who is in it, and what it lends them. ADMIN only."""
    acting, asked = _inside(request), payload.dict(exclude_unset=True)
    queries.team(acting, team_id)
    if acting.role is not Role.ADMIN:
        raise NotAllowed("Only an administrator of the company may do this.")
    if "name" in asked:
        actions.rename_team(acting=acting, team_id=team_id, name=payload.name, now=clock.now())
    if "members" in asked:
        _replace(acting, team_id, payload.members)
    if "attributes" in asked:
        lend(acting, Lender.TEAM, team_id, payload.attributes, clock.now())
    return _one(acting, team_id)


@router.delete("/{id:team_id}", response={**answers(None, 204), 409: answers(None)[404]}, summary="Dissolve a team")
def delete_team(request: HttpRequest, team_id: int) -> Status[Any]:
    """Its people stay in the company. ADMIN only."""
    acting = _inside(request)
    queries.team(acting, team_id)
    actions.delete_team(acting=acting, team_id=team_id, now=clock.now())
    return Status(204, None)


def _inside(request: HttpRequest) -> Acting:
    """Whoever acts, if there can be a team that they see."""
    acting = acting_of(request)
    if acting.company_id is None or acting.role not in {Role.ADMIN, Role.MANAGER}:
        raise NotFound
    return acting


def _replace(acting: Acting, team_id: int, members: list[MemberIn]) -> None:
    wanted = {one.user_id: one.manages for one in members}
    for seat in queries.seats_of(team_id):
        if seat.person.id not in wanted:
            actions.take_out_of_team(acting=acting, team_id=team_id, user_id=seat.person.id, now=clock.now())
    for user_id, manages in wanted.items():
        actions.put_in_team(acting=acting, team_id=team_id, user_id=user_id, manages=manages, now=clock.now())


def _one(acting: Acting, team_id: int) -> dict[str, Any]:
    rows = queries.team_rows([queries.team(acting, team_id)])
    members = [
        {"user_id": seat.person.id, "user": seat.person.email, "name": seat.person.name, "manages": seat.manages}
        for seat in queries.seats_of(team_id)
    ]
    return {**_shown(rows)[0], "members": members}


def _shown(rows: Sequence[TeamRow]) -> list[dict[str, Any]]:
    lent = lent_by(Lender.TEAM, [row.id for row in rows], clock.now())
    return [
        {
            "id": row.id,
            "name": row.name,
            "people": row.people,
            "managers": [one.id for one in row.managers],
            "attributes": lent.get(row.id, []),
        }
        for row in rows
    ]
