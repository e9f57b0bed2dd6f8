"""Attributes: words about people, with the events that consoles hear."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction

from sundial.server.audit.models import Entry
from sundial.server.companies import actions, queries
from sundial.server.companies.actions.many import change_attributes_of_many
from sundial.server.companies.types import Held
from sundial.server.lib import clock
from sundial.server.lib.errors import Invalid, NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.realtime.models import Event
from tests.cast import Cast, Player, address
from tests.server.companies.test_signing_in import actions_in


@pytest.fixture
def inside(cast: Cast) -> Iterator[Cast]:
    """The cast, in their company, in one transaction that is taken back."""
    with acting_for(cast.company.pk), transaction.atomic():
        yield cast
        transaction.set_rollback(True)


def add(cast: Cast, *names: str, kind: str = "flag") -> None:
    for name in names:
        actions.add_attribute(acting=cast.admin.acting, name=name, kind=kind, now=clock.now())


def give(cast: Cast, player: Player, *texts: str) -> None:
    held = [Held.from_text(text) for text in texts]
    actions.set_attributes(acting=cast.admin.acting, user_id=player.id, held=held, now=clock.now())


def has(player: Player) -> list[str]:
    return [one.text for one in queries.attributes_of([player.id], now=clock.now()).get(player.id, [])]


def told(cast: Cast) -> list[tuple[str, dict[str, object]]]:
    rows = Event.objects.filter(company_id=cast.company.pk, room="admin").exclude(kind="audit_log_added")
    return list(rows.order_by("offset").values_list("kind", "data"))


def test_people_have_exactly_the_attributes_they_were_given(inside: Cast) -> None:
    add(inside, "finance", "night")
    add(inside, "clearance", kind="value")
    give(inside, inside.employee, "night", "clearance=3")
    assert has(inside.employee) == ["clearance=3", "night"]
    give(inside, inside.employee, "finance")
    assert has(inside.employee) == ["finance"]
    give(inside, inside.employee)
    assert has(inside.employee) == []


NOT_THERE = (
    ["nowhere"],
    ["finance=3"],
    ["clearance"],
    ["finance", "finance"],
    ["clearance=" + "x" * 81],
    ["clearance=\x00"],
    ["\x00"],
)


@pytest.mark.parametrize("texts", NOT_THERE)
def test_what_there_is_not_is_refused_and_changes_nothing(inside: Cast, texts: list[str]) -> None:
    add(inside, "finance")
    add(inside, "clearance", kind="value")
    give(inside, inside.employee, "finance")
    with pytest.raises(Invalid):
        give(inside, inside.employee, *texts)
    assert has(inside.employee) == ["finance"]


@pytest.mark.parametrize("name", ["", "Finance", "1st", "a b", "a" * 41, "é", "a\n", "-a", "role", "and", "working"])
def test_a_name_is_a_plain_word(inside: Cast, name: str) -> None:
    with pytest.raises(Invalid):
        add(inside, name)


def test_there_is_one_of_each_name(inside: Cast) -> None:
    add(inside, "finance")
    with pytest.raises(Invalid):
        add(inside, "finance", kind="value")
    with pytest.raises(Invalid):
        add(inside, "other", kind="colour")


def test_one_that_has_expired_is_no_more(inside: Cast) -> None:
    add(inside, "finance", "night")
    now = clock.now()
    held = [Held("finance", expires_at=now + timedelta(hours=1)), Held("night", expires_at=now)]
    actions.set_attributes(acting=inside.admin.acting, user_id=inside.employee.id, held=held, now=now)
    assert has(inside.employee) == ["finance"]
    later = queries.attributes_of([inside.employee.id], now=now + timedelta(hours=1))
    assert later == {}


def test_removing_one_takes_it_from_everyone(inside: Cast) -> None:
    add(inside, "finance", "night")
    give(inside, inside.employee, "finance", "night")
    give(inside, inside.manager, "finance")
    assert queries.holders_of(["finance", "night"]) == {"finance": 2, "night": 1}
    gone = actions.remove_attribute(acting=inside.admin.acting, name="finance", now=clock.now())
    assert gone == actions.Removed(people=2, files=())
    assert has(inside.employee) == ["night"]
    for gone in ("finance", "\x00"):
        with pytest.raises(NotFound):
            actions.remove_attribute(acting=inside.admin.acting, name=gone, now=clock.now())


def test_only_administrators_may_and_only_at_home(inside: Cast) -> None:
    add(inside, "finance")
    for player in (inside.manager, inside.employee, inside.owner):
        with pytest.raises(NotAllowed):
            actions.add_attribute(acting=player.acting, name="mine", now=clock.now())
        with pytest.raises(NotAllowed):
            actions.set_attributes(acting=player.acting, user_id=inside.employee.id, held=[], now=clock.now())
    with acting_for(inside.other.pk):
        with pytest.raises(NotFound):
            actions.remove_attribute(acting=inside.stranger.acting, name="finance", now=clock.now())
        assert list(queries.attributes()) == []


def test_consoles_hear_of_each_change_what_the_contract_says(inside: Cast) -> None:
    before = len(told(inside))
    add(inside, "finance", "night")
    give(inside, inside.employee, "finance")
    give(inside, inside.employee, "finance")
    everybody = [inside.employee.id, inside.manager.id, 2**62]
    change_attributes_of_many(acting=inside.admin.acting, user_ids=everybody, held=[Held("night")], now=clock.now())
    actions.remove_attribute(acting=inside.admin.acting, name="night", now=clock.now())
    assert told(inside)[before:] == [
        ("attribute_added", {"attribute": "finance"}),
        ("attribute_added", {"attribute": "night"}),
        ("user_updated", {"user": inside.employee.email, "attributes": ["finance"]}),
        ("users_bulk_attrs_updated", {"users": [inside.employee.email, inside.manager.email], "attributes": ["night"]}),
        ("attribute_removed", {"attribute": "night"}),
    ]


def test_a_newcomer_is_announced_with_their_attributes(inside: Cast) -> None:
    add(inside, "finance")
    person = {"email": address("new"), "first_name": "", "last_name": "", "role": "EMPLOYEE"}
    company = {"acting": inside.admin.acting, "company_id": inside.company.pk, "now": clock.now()}
    row = actions.add_person(**company, **person, held=[Held("finance")])
    assert told(inside)[-1] == ("user_added", {"user": row.user.email, "attributes": ["finance"]})
    actions.edit_person(
        acting=inside.admin.acting,
        user_id=row.user_id,
        changes={"role": "MANAGER", "first_name": "Nova"},
        now=clock.now(),
    )
    assert told(inside)[-2:] == [
        ("user_roles_updated", {"user": row.user.email, "roles": ["MANAGER"]}),
        ("user_updated", {"user": row.user.email, "attributes": ["finance"]}),
    ]


def test_each_stands_in_the_log_and_no_value_where_it_cannot_be_erased(cast: Cast) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        add(cast, "clearance", kind="value")
        give(cast, cast.employee, "clearance=very-secret")
    assert actions_in(cast.company.pk)[-2:] == ["ATTRIBUTE_ADDED", "ATTRIBUTES_CHANGED"]
    with acting_for(cast.company.pk), transaction.atomic():
        from_tree = list(Entry.objects.filter(company_id=cast.company.pk).values_list("details", flat=True))
    assert "very-secret" not in repr(from_tree)
