"""Thousands of people at once: one transaction, one event, an entry about each, and a way back."""

import time
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sundial.server.accounts.models import User
from sundial.server.audit.models import Entry
from sundial.server.companies import actions, queries
from sundial.server.companies.actions.many import CHANGED_SINCE, NOT_HERE, Many, change_attributes_of_many
from sundial.server.companies.actions.many import restore_attributes_of_many as restore
from sundial.server.companies.models import Membership
from sundial.server.companies.types import Held
from sundial.server.lib import clock
from sundial.server.lib.errors import Invalid, NotAllowed
from tests.cast import Cast, unique
from tests.server.companies.test_attributes import add, give, has, inside, told

__all__ = ["inside"]

SCREEN_S = 10.0  # as long as five thousand may take


def change(cast: Cast, how: str, *texts: str, ids: list[int] | None = None) -> Many:
    held = [Held.from_text(text) for text in texts]
    chosen = [cast.manager.id, cast.employee.id] if ids is None else ids
    return change_attributes_of_many(acting=cast.admin.acting, user_ids=chosen, held=held, how=how, now=clock.now())


def test_attributes_are_given_taken_and_set(inside: Cast) -> None:
    add(inside, "finance", "night")
    add(inside, "clearance", kind="value")
    give(inside, inside.employee, "night", "clearance=1")
    change(inside, "add", "finance", "clearance=3")
    assert has(inside.employee) == ["clearance=3", "finance", "night"]
    assert has(inside.manager) == ["clearance=3", "finance"]
    change(inside, "remove", "clearance", "night")
    assert has(inside.employee) == has(inside.manager) == ["finance"]
    change(inside, "replace", "night")
    assert has(inside.employee) == has(inside.manager) == ["night"]


def test_what_somebody_had_until_a_day_still_ends_then(inside: Cast) -> None:
    add(inside, "night", "finance")
    end = clock.now() + timedelta(days=3)
    held = [Held("night", expires_at=end)]
    actions.set_attributes(acting=inside.admin.acting, user_id=inside.employee.id, held=held, now=clock.now())
    change(inside, "add", "night", "finance")
    ends = {
        one.name: one.expires_at for one in queries.attributes_of([inside.employee.id], now=clock.now()).popitem()[1]
    }
    assert ends == {"night": end, "finance": None}


def test_what_is_over_is_given_anew(inside: Cast) -> None:
    add(inside, "night")
    now = clock.now()
    for how in ("add", "replace"):
        over = [Held("night", expires_at=now)]
        actions.set_attributes(acting=inside.admin.acting, user_id=inside.employee.id, held=over, now=now)
        assert has(inside.employee) == []
        many = change(inside, how, "night", ids=[inside.employee.id])
        assert (list(many.turns), has(inside.employee)) == ([inside.employee.id], ["night"])


def test_who_is_not_there_is_named_and_the_rest_is_done(inside: Cast) -> None:
    add(inside, "finance")
    many = change(inside, "add", "finance", ids=[inside.employee.id, inside.stranger.id, 2**40])
    assert [(one.id, one.done, one.message) for one in many.items] == [
        (inside.employee.id, True, ""),
        (inside.stranger.id, False, NOT_HERE),
        (2**40, False, NOT_HERE),
    ]
    assert list(many.turns) == [inside.employee.id]


def test_it_is_told_once_and_stands_in_the_log_for_each(inside: Cast) -> None:
    add(inside, "finance")
    before = len(told(inside))
    change(inside, "add", "finance")
    assert told(inside)[before:] == [
        (
            "users_bulk_attrs_updated",
            {"users": [inside.manager.email, inside.employee.email], "attributes": ["finance"], "how": "add"},
        )
    ]
    entries = Entry.objects.filter(company_id=inside.company.pk, action="ATTRIBUTES_CHANGED")
    assert sorted(entries.values_list("target_id", flat=True)) == sorted([inside.manager.id, inside.employee.id])


def test_a_change_of_nothing_tells_nobody(inside: Cast) -> None:
    add(inside, "finance")
    change(inside, "add", "finance")
    before = told(inside)
    many = change(inside, "add", "finance")
    assert many.turns == {}
    assert all(one.done for one in many.items)
    assert told(inside) == before


def test_undo_brings_each_back_to_what_they_had(inside: Cast) -> None:
    add(inside, "finance", "night")
    give(inside, inside.employee, "night")
    many = change(inside, "replace", "finance")
    items = restore(acting=inside.admin.acting, turns=many.turns, now=clock.now())
    assert all(one.done for one in items)
    assert (has(inside.employee), has(inside.manager)) == (["night"], [])
    kind, data = told(inside)[-1]
    assert (kind, data["how"]) == ("users_bulk_attrs_updated", "restore")


def test_undo_leaves_alone_whom_somebody_changed_since(inside: Cast) -> None:
    add(inside, "finance", "night")
    many = change(inside, "replace", "finance")
    give(inside, inside.employee, "night")
    items = {one.id: one.message for one in restore(acting=inside.admin.acting, turns=many.turns, now=clock.now())}
    assert items == {inside.manager.id: "", inside.employee.id: CHANGED_SINCE}
    assert (has(inside.employee), has(inside.manager)) == (["night"], [])


@pytest.mark.parametrize(
    ("how", "text"), [("add", "nowhere"), ("remove", "nowhere"), ("add", "finance=3"), ("swap", "finance")]
)
def test_what_does_not_fit_changes_nothing(inside: Cast, how: str, text: str) -> None:
    add(inside, "finance")
    with pytest.raises(Invalid):
        change(inside, how, text)
    assert has(inside.employee) == []


def test_only_an_administrator_may(inside: Cast) -> None:
    add(inside, "finance")
    with pytest.raises(NotAllowed):
        change_attributes_of_many(
            acting=inside.manager.acting, user_ids=[inside.employee.id], held=[Held("finance")], now=clock.now()
        )


def crowd(cast: Cast, count: int, now: datetime) -> list[int]:
    """So many more people in the company."""
    word = unique("crowd")
    users = User.objects.bulk_create(User(email=f"{word}-{n}@example.test", created_at=now) for n in range(count))
    Membership.objects.bulk_create(
        Membership(company_id=cast.company.pk, user=user, first_name=f"P{n}", role="EMPLOYEE", created_at=now)
        for n, user in enumerate(users)
    )
    return [user.pk for user in users]


def test_five_thousand_are_changed_and_brought_back_within_seconds(inside: Cast) -> None:
    add(inside, "finance", "night")
    ids = crowd(inside, 5_000, clock.now())
    change(inside, "add", "night", ids=ids[:1_000])
    began = time.monotonic()
    with CaptureQueriesContext(connection) as few:
        many = change(inside, "replace", "finance", ids=ids)
    took = time.monotonic() - began
    assert len(many.turns) == 5_000
    kind, data = told(inside)[-1]
    assert (kind, len(data["users"])) == ("users_bulk_attrs_updated", 5_000)
    assert len(few) < 60
    began = time.monotonic()
    restore(acting=inside.admin.acting, turns=many.turns, now=clock.now())
    back = time.monotonic() - began
    held = queries.attributes_of(ids, now=clock.now())
    assert len(held) == 1_000
    assert {tuple(one.text for one in each) for each in held.values()} == {("night",)}
    assert max(took, back) < SCREEN_S * 4  # of a machine that does other things, too
