"""Plans: what they allow is held to, changing one says what it means, and a plan in use stays."""

import pytest
from django.db import transaction

from sundial.server.billing import actions, queries, rules
from sundial.server.billing.types import PlanFacts, Use
from sundial.server.companies import actions as company_actions
from sundial.server.companies import queries as companies
from sundial.server.companies.types import Limits
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import Conflict, Invalid, NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle import actions as lifecycle
from tests.cast import Cast, address, make_person, unique
from tests.server.companies.test_signing_in import actions_in


def made(cast: Cast, **values: object) -> PlanFacts:
    values = {"name": unique("plan"), "price_cents": 500, **values}
    return actions.make_plan(acting=cast.owner.acting, values=values, now=clock.now())


def put_on(cast: Cast, plan: PlanFacts | None) -> None:
    actions.change_plan(
        acting=cast.owner.acting, company_id=cast.company.pk, plan_id=plan.id if plan else None, now=clock.now()
    )


def add(cast: Cast) -> None:
    company_actions.add_person(
        acting=cast.admin.acting,
        company_id=cast.company.pk,
        email=address("one-more"),
        first_name="",
        last_name="",
        role="EMPLOYEE",
        now=clock.now(),
    )


def test_every_platform_begins_with_three_plans(cast: Cast) -> None:
    assert {"Free", "Pro", "Enterprise"} <= {plan.name for plan in queries.plans()}
    free = queries.plan_named("free")
    assert free is not None
    assert (free.seats, free.features) == (5, ())


def test_a_company_on_a_plan_has_its_limits_and_the_change_stands_in_its_log(cast: Cast) -> None:
    plan = made(cast, seats=7, storage_mb=100, retention_days=30, features=["pdf"])
    put_on(cast, plan)
    assert companies.limits_of(cast.company.pk) == Limits(plan.name, 7, 100, 30, ("pdf",))
    assert actions_in(cast.company.pk)[-1] == "PLAN_CHANGED"
    (term,) = queries.terms(cast.admin.acting, cast.company.pk)
    assert (term.plan_name, term.price_cents, term.until) == (plan.name, 500, None)


def test_a_company_without_a_plan_has_no_limits(cast: Cast) -> None:
    put_on(cast, made(cast, seats=3))
    put_on(cast, None)
    assert companies.limits_of(cast.company.pk) == Limits()
    assert queries.plan_of(cast.company.pk) is None
    assert queries.terms(cast.owner.acting, cast.company.pk)[0].until is not None


def test_the_seat_after_the_last_is_refused_with_a_way_out(cast: Cast) -> None:
    plan = made(cast, seats=4)
    put_on(cast, plan)
    add(cast)  # admin, manager and employee have three
    with pytest.raises(Invalid) as refused:
        add(cast)
    words = refused.value.fields["seats"]
    assert f"The plan {plan.name} has 4 seats, and 4 are taken." in words
    assert "Deactivate somebody" in words
    assert companies.seats_used(cast.company.pk) == 4


def test_reactivating_takes_a_seat_too(cast: Cast) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        lifecycle.deactivate_person(acting=cast.admin.acting, user_id=cast.employee.id, now=clock.now())
    put_on(cast, made(cast, seats=2))
    with acting_for(cast.company.pk), pytest.raises(Invalid):
        lifecycle.reactivate_person(acting=cast.admin.acting, user_id=cast.employee.id, now=clock.now())


def test_a_smaller_plan_removes_nobody(cast: Cast) -> None:
    put_on(cast, made(cast, seats=1))
    assert companies.seats_used(cast.company.pk) == 3
    with pytest.raises(Invalid):
        add(cast)


def test_an_edited_plan_reaches_its_companies_and_leaves_their_price(cast: Cast) -> None:
    plan = made(cast, seats=3)
    put_on(cast, plan)
    changes = {"seats": 9, "price_cents": 700}
    actions.edit_plan(acting=cast.owner.acting, plan_id=plan.id, changes=changes, now=clock.now())
    assert companies.limits_of(cast.company.pk).seats == 9
    assert queries.terms(cast.owner.acting, cast.company.pk)[0].price_cents == 500
    assert actions_in(cast.company.pk)[-1] == "PLAN_CHANGED"
    add(cast)


def test_a_plan_in_use_is_not_deleted(cast: Cast) -> None:
    plan = made(cast)
    put_on(cast, plan)
    with pytest.raises(Conflict, match="1 company is on this plan"):
        actions.delete_plan(acting=cast.owner.acting, plan_id=plan.id, now=clock.now())
    put_on(cast, None)
    actions.delete_plan(acting=cast.owner.acting, plan_id=plan.id, now=clock.now())
    with pytest.raises(NotFound):
        queries.plan(plan.id)
    assert queries.terms(cast.owner.acting, cast.company.pk)[0].plan_name == plan.name


def test_the_same_plan_again_is_a_conflict(cast: Cast) -> None:
    plan = made(cast)
    put_on(cast, plan)
    with pytest.raises(Conflict, match="already"):
        put_on(cast, plan)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", ""),
        ("name", "x" * 41),
        ("name", "nul\x00"),
        ("seats", 0),
        ("seats", -1),
        ("storage_mb", 10**12),
        ("price_cents", None),
        ("price_cents", -5),
        ("currency", "euro"),
        ("features", ["teleport"]),
        ("colour", "red"),
    ],
)
def test_a_plan_that_does_not_fit_is_refused_by_field(cast: Cast, name: str, value: object) -> None:
    with pytest.raises(Invalid) as refused:
        made(cast, **{name: value})
    assert set(refused.value.fields) == {name}


def test_two_plans_have_two_names(cast: Cast) -> None:
    plan = made(cast)
    with pytest.raises(Invalid) as refused:
        made(cast, name=plan.name.upper())
    assert "already" in refused.value.fields["name"]


def test_plans_are_the_owner_s(cast: Cast) -> None:
    plan = made(cast)
    for player in (cast.admin, cast.manager, cast.employee, cast.stranger):
        now = clock.now()
        with pytest.raises(NotAllowed):
            actions.make_plan(acting=player.acting, values={"name": unique("mine")}, now=now)
        with pytest.raises(NotAllowed):
            actions.edit_plan(acting=player.acting, plan_id=plan.id, changes={"seats": 1}, now=now)
        with pytest.raises(NotAllowed):
            actions.delete_plan(acting=player.acting, plan_id=plan.id, now=now)
        with pytest.raises(NotAllowed):
            actions.change_plan(acting=player.acting, company_id=cast.company.pk, plan_id=plan.id, now=now)
    with pytest.raises(NotFound):
        queries.terms(cast.stranger.acting, cast.company.pk)


def test_a_preview_says_what_is_lost_first_and_changes_nothing(cast: Cast) -> None:
    make_person(cast.admin, Role.EMPLOYEE, "fourth")
    plan = made(cast, seats=1, features=[])
    found = actions.preview(acting=cast.owner.acting, company_id=cast.company.pk, plan_id=plan.id)
    assert found[0].words == "3 people are over the new limit of 1 seat: nobody is removed, nobody can be added."
    assert {one.words for one in found if one.worse} >= {"It loses: reports as PDF.", "It loses: own logo and colours."}
    assert companies.limits_of(cast.company.pk) == Limits()


def test_what_a_change_of_plan_means_is_said_in_sentences() -> None:
    small = Limits("Small", 5, 1000, 30, ())
    large = Limits("Large", None, None, None, ("pdf",))
    up = rules.consequences(small, large, Use(seats=4, storage_mb=100))
    assert [one.words for one in up] == [
        "Seats without limit; 4 are taken.",
        "Room for screenshots without limit; 100 MB are taken.",
        "What is recorded may be kept without limit.",
        "It gains: reports as PDF.",
    ]
    assert not any(one.worse for one in up)
    down = rules.consequences(large, small, Use(seats=6, storage_mb=1500))
    assert [one.words for one in down] == [
        "1 person is over the new limit of 5 seats: nobody is removed, nobody can be added.",
        "Its screenshots take 1.5 GB, more than the new limit of 1 GB: none is deleted, "
        "and no new ones are taken until there is room.",
        "What is older than 30 days is deleted the following night.",
        "It loses: reports as PDF.",
    ]
    assert rules.consequences(small, small, Use(1, 1)) == []
