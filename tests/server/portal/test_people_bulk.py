"""One thing done to several people: each on its own, said of each, and undone where it can be."""

import re

import pytest
from django.db import transaction

from sundial.server.companies import actions, queries
from sundial.server.companies.types import MemberStatus, Person
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.scope import acting_for
from tests.cast import Cast, Player, make_person

UNDO = re.compile(r'name="undo" value="([^"]+)"')


def people(cast: Cast) -> dict[int, Person]:
    with acting_for(cast.company.pk), transaction.atomic():
        return {row.user_id: queries.as_person(row) for row in queries.people(cast.admin.acting)}


def bulk(player: Player, what: str, ids: list[int], **more: str) -> str:
    answer = player.client.post("/employees/bulk/", {"what": what, "ids": ids, **more})
    assert answer.status_code == 200
    return answer.content.decode()


def undo(player: Player, html: str) -> None:
    found = UNDO.search(html)
    assert found
    assert player.client.post("/employees/bulk/undo/", {"undo": found[1]}).status_code == 200


def some(cast: Cast, count: int) -> list[int]:
    return [make_person(cast.admin, Role.EMPLOYEE, f"one{n}").id for n in range(count)]


def test_several_move_to_a_department_and_back(cast: Cast) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        first, second = (
            actions.add_department(acting=cast.admin.acting, name=name, parent_id=None, now=clock.now()).pk
            for name in ("First", "Second")
        )
    ids = some(cast, 2)
    bulk(cast.admin, f"department:{first}", ids[:1])
    html = bulk(cast.admin, f"department:{second}", ids)
    assert "Done for 2 of 2" in html
    assert {people(cast)[one].department for one in ids} == {"Second"}
    undo(cast.admin, html)
    assert [people(cast)[one].department for one in ids] == ["First", ""]


def test_several_join_a_team_and_leave_it_but_who_was_there_stays(cast: Cast) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        team = queries.teams(cast.admin.acting)[0].pk
    ids = [cast.employee.id, *some(cast, 1)]
    html = bulk(cast.admin, f"team:{team}", ids)
    with acting_for(cast.company.pk), transaction.atomic():
        assert {seat.person.id for seat in queries.seats_of(team)} >= set(ids)
    undo(cast.admin, html)
    with acting_for(cast.company.pk), transaction.atomic():
        assert {seat.person.id for seat in queries.seats_of(team)} == {cast.manager.id, cast.employee.id}


def test_what_ends_something_asks_first_and_says_of_each_what_came_of_it(cast: Cast) -> None:
    ids = [*some(cast, 1), cast.admin.id]
    html = bulk(cast.admin, "deactivate", ids)
    assert "Deactivate 2 people?" in html
    assert people(cast)[ids[0]].status is MemberStatus.ACTIVE
    html = bulk(cast.admin, "deactivate", ids, sure="yes")
    assert "Done for 1 of 2" in html
    assert "A company keeps at least one administrator." in html
    assert people(cast)[ids[0]].status is MemberStatus.INACTIVE
    assert people(cast)[cast.admin.id].status is MemberStatus.ACTIVE
    undo(cast.admin, html)
    assert people(cast)[ids[0]].status is MemberStatus.ACTIVE


def test_several_are_let_go_and_that_is_not_undone(cast: Cast) -> None:
    ids = some(cast, 2)
    assert "Let 2 people go?" in bulk(cast.admin, "let-go", ids)
    html = bulk(cast.admin, "let-go", ids, sure="yes")
    assert not UNDO.search(html)
    assert not set(ids) & set(people(cast))


def test_strangers_are_nobody_and_other_roles_are_refused(cast: Cast) -> None:
    before = people(cast)
    for ids in ([cast.stranger.id], ["x"], [2**70], []):
        sent = {"what": "let-go", "sure": "yes", "ids": ids}
        assert cast.admin.client.post("/employees/bulk/", sent).status_code == 302
    for player in (cast.manager, cast.employee, cast.owner):
        sent = {"what": "let-go", "sure": "yes", "ids": [cast.employee.id]}
        assert player.client.post("/employees/bulk/", sent).status_code == 403
    unknown = {"what": "no-such", "ids": [cast.employee.id]}
    assert cast.admin.client.post("/employees/bulk/", unknown).status_code == 404
    assert people(cast) == before


def test_another_company_s_undo_undoes_nothing(cast: Cast) -> None:
    html = bulk(cast.admin, "deactivate", some(cast, 1), sure="yes")
    found = UNDO.search(html)
    assert found
    assert cast.stranger.client.post("/employees/bulk/undo/", {"undo": found[1]}).status_code == 422
    assert cast.admin.client.post("/employees/bulk/undo/", {"undo": found[1] + "x"}).status_code == 422


@pytest.mark.parametrize("what", ["department:999999", "team:999999", "team:x"])
def test_a_place_that_is_not_there_moves_nobody(cast: Cast, what: str) -> None:
    assert "Done for 0 of 1" in bulk(cast.admin, what, [cast.employee.id])
