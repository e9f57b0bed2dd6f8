"""What people carry: values that fit, ends that hold, and what teams and departments lend."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction

from sundial.server.audit.models import Entry
from sundial.server.companies import actions, queries
from sundial.server.companies.rules import carrying
from sundial.server.companies.types import Held, Lender, Lent
from sundial.server.lib import clock
from sundial.server.lib.errors import Invalid, NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from tests.cast import Cast, Player
from tests.server.companies.test_attributes import add, give, has, told


@pytest.fixture
def inside(cast: Cast) -> Iterator[Cast]:
    """The cast, in their company, in one transaction that is taken back."""
    with acting_for(cast.company.pk), transaction.atomic():
        yield cast
        transaction.set_rollback(True)


def lend(cast: Cast, lender: Lender, lender_id: int, *texts: str, by: Player | None = None) -> bool:
    held = [Held.from_text(text) for text in texts]
    acting = (by or cast.admin).acting
    return actions.lend_attributes(acting=acting, lender=lender, lender_id=lender_id, held=held, now=clock.now())


def carried(player: Player) -> dict[str, str | None]:
    found = queries.carried_by([player.id], now=clock.now()).get(player.id, [])
    return {one.name: one.value for one in found}


def department(cast: Cast, name: str, parent: int | None = None, *people: Player) -> int:
    now = clock.now()
    row = actions.add_department(acting=cast.admin.acting, name=name, parent_id=parent, now=now)
    for player in people:
        change = {"department_id": row.pk}
        actions.edit_person(acting=cast.admin.acting, user_id=player.id, changes=change, now=now)
    return row.pk


def team(cast: Cast, name: str, *people: Player) -> int:
    row = actions.add_team(acting=cast.admin.acting, name=name, now=clock.now())
    for player in people:
        actions.put_in_team(acting=cast.admin.acting, team_id=row.pk, user_id=player.id, manages=False, now=clock.now())
    return row.pk


def test_a_value_is_kept_in_its_one_spelling(inside: Cast) -> None:
    for kind in ("number", "word", "value"):
        add(inside, f"a-{kind}", kind=kind)
    give(inside, inside.employee, "a-number=+007", "a-word=007", "a-value=-0")
    assert has(inside.employee) == ["a-number=7", "a-value=0", "a-word=007"]


@pytest.mark.parametrize(
    "text",
    ["level=high", "level=1.5", "level=", "level=1234567890123456", "level=٣", "site=", "site=a\u202eb", "flag=1"],
)
def test_a_value_that_does_not_fit_its_kind_is_refused(inside: Cast, text: str) -> None:
    add(inside, "level", kind="number")
    add(inside, "site", kind="word")
    add(inside, "flag")
    with pytest.raises(Invalid):
        give(inside, inside.employee, text)
    assert has(inside.employee) == []


def test_who_cannot_say_until_when_keeps_the_end_of_what_stays_the_same(inside: Cast) -> None:
    add(inside, "night", "finance")
    add(inside, "level", kind="number")
    now = clock.now()
    until, gone = now + timedelta(days=1), now - timedelta(days=1)
    held = [Held("night", expires_at=until), Held("level", "1", until), Held("finance", expires_at=gone)]
    by = {"acting": inside.admin.acting, "user_id": inside.employee.id, "now": now}
    actions.set_attributes(**by, held=held)
    again = [Held("night"), Held("level", "2"), Held("finance")]
    actions.set_attributes(**by, held=again, keep_ends=True)
    found = queries.attributes_of([inside.employee.id], now=now)[inside.employee.id]
    assert found == [Held("finance"), Held("level", "2"), Held("night", expires_at=until)]
    actions.set_attributes(**by, held=again)
    assert not any(one.expires_at for one in queries.attributes_of([inside.employee.id], now=now)[inside.employee.id])


def test_a_team_lends_to_its_people_while_they_are_in_it(inside: Cast) -> None:
    add(inside, "night")
    shift = team(inside, "Shift", inside.employee)
    assert lend(inside, Lender.TEAM, shift, "night")
    assert not lend(inside, Lender.TEAM, shift, "night")
    assert (carried(inside.employee), carried(inside.manager)) == ({"night": ""}, {})
    assert has(inside.employee) == []
    actions.take_out_of_team(acting=inside.admin.acting, team_id=shift, user_id=inside.employee.id, now=clock.now())
    assert carried(inside.employee) == {}


def test_a_department_lends_to_all_beneath_it_and_not_above(inside: Cast) -> None:
    add(inside, "level", kind="number")
    top = department(inside, "Money", None, inside.manager)
    below = department(inside, "Accounts", top, inside.employee)
    lend(inside, Lender.DEPARTMENT, below, "level=2")
    assert (carried(inside.employee), carried(inside.manager)) == ({"level": "2"}, {})
    lend(inside, Lender.DEPARTMENT, below)
    lend(inside, Lender.DEPARTMENT, top, "level=1")
    assert (carried(inside.employee), carried(inside.manager)) == ({"level": "1"}, {"level": "1"})
    (found,) = queries.carried_by([inside.employee.id], now=clock.now())[inside.employee.id]
    assert found.lent == (Lent("level", "1", None, Lender.DEPARTMENT, top, "Money"),)


def test_ones_own_counts_before_what_is_lent_and_lenders_that_disagree_lend_nothing(inside: Cast) -> None:
    add(inside, "level", kind="number")
    first, second = team(inside, "First", inside.employee), team(inside, "Second", inside.employee)
    lend(inside, Lender.TEAM, first, "level=1")
    lend(inside, Lender.TEAM, second, "level=1")
    assert carried(inside.employee) == {"level": "1"}
    lend(inside, Lender.TEAM, second, "level=2")
    assert carried(inside.employee) == {"level": None}
    give(inside, inside.employee, "level=3")
    assert carried(inside.employee) == {"level": "3"}


def test_what_is_lent_ends_too_and_a_lender_that_is_gone_lends_nothing(inside: Cast) -> None:
    add(inside, "night", "finance")
    shift, now = team(inside, "Shift", inside.employee), clock.now()
    held = [Held("night", expires_at=now + timedelta(hours=1)), Held("finance")]
    by = {"acting": inside.admin.acting, "lender": Lender.TEAM, "lender_id": shift, "now": now}
    actions.lend_attributes(**by, held=held)
    actions.lend_attributes(**by, held=[Held("finance"), Held("night")], keep_ends=True)
    later = now + timedelta(hours=1)
    names = [one.name for one in queries.carried_by([inside.employee.id], now=later)[inside.employee.id]]
    assert names == ["finance"]
    assert queries.lenders_of(["night", "finance"]) == {"night": 1, "finance": 1}
    actions.delete_team(acting=inside.admin.acting, team_id=shift, now=now)
    assert carried(inside.employee) == {}
    assert queries.lenders_of(["night", "finance"]) == {}


def test_lending_is_the_administrators_and_only_at_home(inside: Cast) -> None:
    add(inside, "night")
    shift = team(inside, "Shift")
    for player in (inside.manager, inside.employee, inside.owner):
        with pytest.raises(NotAllowed):
            lend(inside, Lender.TEAM, shift, "night", by=player)
    for wrong in (Lender.DEPARTMENT, Lender.TEAM):
        with pytest.raises(NotFound):
            lend(inside, wrong, 2**40, "night")
    with pytest.raises(Invalid):
        lend(inside, Lender.TEAM, shift, "nowhere")
    with acting_for(inside.other.pk), pytest.raises(NotFound):
        lend(inside, Lender.TEAM, shift, by=inside.stranger)


def test_lending_is_told_to_consoles_and_to_the_log(inside: Cast) -> None:
    add(inside, "night")
    shift = team(inside, "Shift", inside.employee)
    lend(inside, Lender.TEAM, shift, "night")
    data = {"users": [inside.employee.email], "attributes": ["night"], "how": "lent"}
    assert told(inside)[-1] == ("users_bulk_attrs_updated", data)
    entry = Entry.objects.filter(company_id=inside.company.pk).order_by("-seq").first()
    assert entry is not None
    assert (entry.action, entry.target_kind) == ("ATTRIBUTES_LENT", "company")
    assert json.loads(entry.details) == {
        "team_id": shift,
        "old_values": {"attributes": []},
        "new_values": {"attributes": ["night"]},
    }


def test_removing_an_attribute_names_what_uses_it(inside: Cast) -> None:
    actions.register_attribute_use(_files_of)
    actions.register_attribute_use(_files_of)
    add(inside, "a-used-one", "other")
    for name, files in (("a-used-one", ("budget.xlsx", "plan.txt")), ("other", ())):
        gone = actions.remove_attribute(acting=inside.admin.acting, name=name, now=clock.now())
        assert gone.files == files


def _files_of(_company_id: int, name: str) -> list[str]:
    return ["plan.txt", "budget.xlsx", "plan.txt"] if name == "a-used-one" else []


def test_what_does_not_fit_its_kind_is_no_fact_of_that_kind() -> None:
    assert carrying.as_fact("flag", "") is True
    assert carrying.as_fact("flag", "x") == "x"
    assert carrying.as_fact("number", "12") == 12
    assert carrying.as_fact("number", "twelve") == "twelve"
    assert carrying.as_fact("value", "12") == 12
    assert carrying.as_fact("value", "012") == "012"
    assert carrying.as_fact("word", "12") == "12"
