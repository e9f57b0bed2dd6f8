"""Departments: a tree that stays one, whoever arranges it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from sundial.server.companies import actions, queries, rules
from sundial.server.companies.actions.departments import DEEPEST
from sundial.server.lib import clock
from sundial.server.lib.errors import Invalid, NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.realtime.models import Event
from tests.cast import Cast, Player
from tests.server.companies.test_signing_in import actions_in


@pytest.fixture
def inside(cast: Cast) -> Iterator[Cast]:
    """The cast, in their company, in one transaction that is taken back."""
    with acting_for(cast.company.pk), transaction.atomic():
        yield cast
        transaction.set_rollback(True)


def made(player: Player, name: str, parent_id: int | None = None) -> int:
    return actions.add_department(acting=player.acting, name=name, parent_id=parent_id, now=clock.now()).pk


def change(player: Player, department_id: int, **changes: Any) -> None:
    actions.change_department(acting=player.acting, department_id=department_id, changes=changes, now=clock.now())


def heard(cast: Cast) -> list[dict[str, object]]:
    """What consoles were told of departments."""
    rows = Event.objects.filter(company_id=cast.company.pk, room="admin", kind="department_updated")
    return list(rows.order_by("offset").values_list("data", flat=True))


def test_consoles_hear_of_each_change_of_the_tree(inside: Cast) -> None:
    low = made(inside.admin, "Low")
    change(inside.admin, low, name="Lower")
    change(inside.admin, low, name="Lower")
    actions.delete_department(acting=inside.admin.acting, department_id=low, now=clock.now())
    assert heard(inside) == [{"department": name, "id": low} for name in ("Low", "Lower", "Lower")]


def put_by(admin: Player, player: Player, department_id: int | None) -> None:
    changes = {"department_id": department_id}
    actions.edit_person(acting=admin.acting, user_id=player.id, changes=changes, now=clock.now())


def put(cast: Cast, player: Player, department_id: int | None) -> None:
    put_by(cast.admin, player, department_id)


def paths() -> list[str]:
    return [row.path for row in queries.tree()]


def test_a_department_stands_under_the_one_it_lies_in(inside: Cast) -> None:
    weaving = made(inside.admin, "Weaving")
    made(inside.admin, "Design")
    looms = made(inside.admin, "Looms", weaving)
    made(inside.admin, "Repair", looms)
    assert paths() == ["Design", "Weaving", "Weaving / Looms", "Weaving / Looms / Repair"]
    assert queries.with_those_below(looms) == {row.id for row in queries.tree() if "Looms" in row.path}
    assert queries.with_those_below(2**62) == set()


def test_people_are_counted_where_they_are_and_above(inside: Cast) -> None:
    weaving = made(inside.admin, "Weaving")
    looms = made(inside.admin, "Looms", weaving)
    put(inside, inside.employee, looms)
    put(inside, inside.admin, weaving)
    counts = {row.name: (row.people, row.people_below) for row in queries.departments(inside.admin.acting)}
    assert counts == {"Weaving": (1, 2), "Looms": (1, 1)}
    seen = {row.name: row.people_below for row in queries.departments(inside.manager.acting)}
    assert seen == {"Weaving": 1, "Looms": 1}, "a manager counts the people they see"


def test_two_of_one_name_may_lie_in_different_places_only(inside: Cast) -> None:
    one, other = made(inside.admin, "One"), made(inside.admin, "Other")
    made(inside.admin, "Repair", one)
    made(inside.admin, "Repair", other)
    for parent in (None, one):
        with pytest.raises(Invalid):
            made(inside.admin, "One" if parent is None else "Repair", parent)
    with pytest.raises(Invalid):
        change(inside.admin, other, name="One")


def test_a_department_never_lies_in_itself(inside: Cast) -> None:
    top = made(inside.admin, "Top")
    below = made(inside.admin, "Below", top)
    for parent in (top, below):
        with pytest.raises(Invalid, match="do not fit"):
            change(inside.admin, top, parent_id=parent)
    change(inside.admin, below, parent_id=None)
    change(inside.admin, top, parent_id=below)
    assert paths() == ["Below", "Below / Top"]


def test_the_tree_is_only_so_deep(inside: Cast) -> None:
    parent: int | None = None
    for depth in range(DEEPEST):
        parent = made(inside.admin, f"Level {depth}", parent)
    with pytest.raises(Invalid):
        made(inside.admin, "Too deep", parent)
    tall = made(inside.admin, "Tall")
    made(inside.admin, "On it", tall)
    shallow = next(row.id for row in queries.tree() if row.depth == DEEPEST - 2)
    with pytest.raises(Invalid):
        change(inside.admin, tall, parent_id=shallow)


def test_dissolving_one_moves_people_and_departments_up(inside: Cast) -> None:
    top = made(inside.admin, "Top")
    middle = made(inside.admin, "Middle", top)
    made(inside.admin, "Low", middle)
    put(inside, inside.employee, middle)
    moved = actions.delete_department(acting=inside.admin.acting, department_id=middle, now=clock.now())
    assert moved == 1
    assert paths() == ["Top", "Top / Low"]
    assert queries.as_person(queries.person(inside.admin.acting, inside.employee.id)).department == "Top"
    actions.delete_department(acting=inside.admin.acting, department_id=top, now=clock.now())
    assert paths() == ["Low"]
    assert queries.as_person(queries.person(inside.admin.acting, inside.employee.id)).department_id is None


def test_only_administrators_arrange_and_nobody_in_another_company(inside: Cast) -> None:
    for player in (inside.manager, inside.employee, inside.owner):
        with pytest.raises(NotAllowed):
            made(player, "Mine")
    here = made(inside.admin, "Here")
    with acting_for(inside.other.pk):
        with pytest.raises(NotFound):
            change(inside.stranger, here, name="Theirs")
        with pytest.raises(Invalid):
            made(inside.stranger, "Under a foreign one", here)
        with pytest.raises(Invalid):
            put_by(inside.stranger, inside.stranger, here)


def test_each_change_stands_in_the_log_and_none_leaves_nothing(cast: Cast) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        one = made(cast.admin, "One")
        change(cast.admin, one, name="One", parent_id=None)
        change(cast.admin, one, name="Two")
        actions.delete_department(acting=cast.admin.acting, department_id=one, now=clock.now())
    assert actions_in(cast.company.pk)[-3:] == ["DEPARTMENT_CREATED", "DEPARTMENT_CHANGED", "DEPARTMENT_REMOVED"]


def test_a_circle_that_cannot_be_is_not_walked_for_ever() -> None:
    assert rules.below([(1, 2, "a"), (2, 1, "b")], 1) == {1, 2}
    assert rules.laid_out([(1, 2, "a"), (2, 1, "b")], {}) == []
