"""Teams: a manager sees exactly the people of the teams they manage, from that moment and no longer."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from sundial.server.companies import actions, queries
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import Invalid, NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from tests.cast import Cast, Player, make_person
from tests.server.companies.test_signing_in import actions_in


@pytest.fixture
def inside(cast: Cast) -> Iterator[Cast]:
    """The cast, in their company, in one transaction that is taken back."""
    with acting_for(cast.company.pk), transaction.atomic():
        yield cast
        transaction.set_rollback(True)


def team(cast: Cast, name: str) -> int:
    return actions.add_team(acting=cast.admin.acting, name=name, now=clock.now()).pk


def put(cast: Cast, team_id: int, player: Player, *, manages: bool = False) -> bool:
    return actions.put_in_team(
        acting=cast.admin.acting, team_id=team_id, user_id=player.id, manages=manages, now=clock.now()
    )


def out(cast: Cast, team_id: int, player: Player) -> bool:
    return actions.take_out_of_team(acting=cast.admin.acting, team_id=team_id, user_id=player.id, now=clock.now())


def seen(player: Player) -> set[int]:
    return set(queries.visible_user_ids(player.acting))


def test_a_manager_sees_who_is_put_into_a_team_they_manage_and_nobody_else(cast: Cast) -> None:
    night = make_person(cast.admin, Role.EMPLOYEE, "night")
    with acting_for(cast.company.pk), transaction.atomic():
        shift = team(cast, "Night")
        put(cast, shift, night)
        assert seen(cast.manager) == {cast.manager.id, cast.employee.id}
        put(cast, shift, cast.manager)
        assert night.id not in seen(cast.manager), "to be in a team is not to manage it"
        put(cast, shift, cast.manager, manages=True)
        assert seen(cast.manager) == {cast.manager.id, cast.employee.id, night.id}
        put(cast, shift, cast.manager, manages=False)
        assert night.id not in seen(cast.manager)
        put(cast, shift, cast.manager, manages=True)
        out(cast, shift, night)
        assert night.id not in seen(cast.manager)


def test_somebody_in_charge_who_is_an_employee_sees_only_themselves(inside: Cast) -> None:
    shift = team(inside, "Night")
    put(inside, shift, inside.manager)
    put(inside, shift, inside.employee, manages=True)
    assert seen(inside.employee) == {inside.employee.id}
    with pytest.raises(NotAllowed):
        queries.teams(inside.employee.acting)


def test_a_manager_lists_the_teams_they_manage(inside: Cast) -> None:
    team(inside, "Night")
    assert [one.name for one in queries.teams(inside.manager.acting)] == ["Team"]
    assert [one.name for one in queries.teams(inside.admin.acting)] == ["Night", "Team"]
    assert [one.name for one in queries.teams(inside.admin.acting, search="ni", ordering="-name")] == ["Night"]
    (row,) = queries.team_rows(queries.teams(inside.manager.acting))
    assert (row.people, [one.id for one in row.managers]) == (2, [inside.manager.id])


def test_a_team_has_a_name_of_its_own(inside: Cast) -> None:
    night = team(inside, "Night")
    for name in ("Night", "", "x" * 81):
        with pytest.raises(Invalid):
            team(inside, name)
    with pytest.raises(Invalid):
        actions.rename_team(acting=inside.admin.acting, team_id=night, name="Team", now=clock.now())


def test_a_dissolved_team_leaves_its_people(inside: Cast) -> None:
    (first,) = queries.teams(inside.manager.acting)
    actions.delete_team(acting=inside.admin.acting, team_id=first.pk, now=clock.now())
    assert seen(inside.manager) == {inside.manager.id}
    assert inside.employee.id in seen(inside.admin)


def test_only_administrators_arrange_teams_and_only_their_own(inside: Cast) -> None:
    night = team(inside, "Night")
    for player in (inside.manager, inside.employee, inside.owner):
        with pytest.raises(NotAllowed):
            actions.add_team(acting=player.acting, name="Mine", now=clock.now())
    with pytest.raises(NotFound):
        put(inside, night, inside.stranger)
    with acting_for(inside.other.pk), pytest.raises(NotFound):
        actions.delete_team(acting=inside.stranger.acting, team_id=night, now=clock.now())


def test_what_changes_nothing_writes_nothing(cast: Cast) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        night = team(cast, "Night")
        assert put(cast, night, cast.employee)
        assert not put(cast, night, cast.employee)
        assert out(cast, night, cast.employee)
        assert not out(cast, night, cast.employee)
        actions.rename_team(acting=cast.admin.acting, team_id=night, name="Night", now=clock.now())
    assert actions_in(cast.company.pk)[-3:] == ["TEAM_CREATED", "TEAM_MEMBER_SET", "TEAM_MEMBER_REMOVED"]
