"""What rules may know of people: gathered in the same few questions, however many people there are."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from sundial.access import Facts, decide, opens, parse
from sundial.server.companies import actions, queries
from sundial.server.companies.rules import networks
from sundial.server.companies.types import Lender, MemberStatus
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import Invalid
from sundial.server.lib.scope import acting_for
from tests.cast import Cast, Player, make_person
from tests.server.companies.test_attributes import add, give
from tests.server.companies.test_carrying import department, lend, team

NINE = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)  # 09:00 in Dhaka
QUESTIONS = 7


@pytest.fixture
def inside(cast: Cast) -> Iterator[Cast]:
    """The cast, in their company, in one transaction that is taken back."""
    with acting_for(cast.company.pk), transaction.atomic():
        ways = {"time_zone": "Asia/Dhaka", "networks": {"office": ["203.0.113.0/24"], "all-of-six": ["::/0"]}}
        actions.change_ways(acting=cast.admin.acting, changes=ways, now=clock.now())
        yield cast
        transaction.set_rollback(True)


def facts(player: Player, address: str | None = "203.0.113.9") -> Facts:
    return queries.facts_of([player.id], now=NINE, address=address)[player.id]


def test_facts_are_what_a_person_carries_and_where_they_belong(inside: Cast) -> None:
    add(inside, "finance", "night")
    add(inside, "level", kind="number")
    add(inside, "site", kind="word")
    top = department(inside, "Money")
    department(inside, "Accounts", top, inside.employee)
    shift = team(inside, "Shift", inside.employee)
    lend(inside, Lender.TEAM, shift, "night")
    lend(inside, Lender.DEPARTMENT, top, "site=Dhaka")
    give(inside, inside.employee, "finance", "level=3")
    assert facts(inside.employee) == Facts(
        pool={"finance": "flag", "level": "number", "night": "flag", "site": "word"},
        attributes={"finance": True, "level": 3, "night": True, "site": "Dhaka"},
        role="employee",
        departments=frozenset({"Money", "Accounts"}),
        teams=frozenset({"Shift", "Team"}),
        minute_of_day=9 * 60,
        networks=frozenset({"office"}),
    )


def test_a_rule_opens_by_them_and_closes_when_an_attribute_is_removed(inside: Cast) -> None:
    add(inside, "finance", "contractor")
    give(inside, inside.employee, "finance")
    rule = parse('finance and not contractor and role = employee and team = "Team" and time >= 09:00, network = office')
    assert opens(rule, facts(inside.employee))
    assert not opens(rule, facts(inside.employee, "198.51.100.1"))
    assert not opens(rule, facts(inside.manager))
    actions.remove_attribute(acting=inside.admin.acting, name="contractor", now=clock.now())
    decision = decide(rule, facts(inside.employee))
    assert decision.reason == "It needs not contractor, but there is no attribute contractor."


def test_whoever_may_not_work_here_has_no_facts(inside: Cast) -> None:
    actions.set_status(
        acting=inside.admin.acting,
        user_id=inside.employee.id,
        status=MemberStatus.INACTIVE,
        action="EMPLOYEE_DEACTIVATED",
        kind="",
        now=clock.now(),
    )
    asked = [inside.employee.id, inside.manager.id, inside.stranger.id, 2**40]
    assert list(queries.facts_of(asked, now=NINE, address=None)) == [inside.manager.id]


def test_facts_cost_the_same_questions_for_one_and_for_many(cast: Cast) -> None:
    people = [cast.employee, cast.manager, *(make_person(cast.admin, Role.EMPLOYEE, f"more{n}") for n in range(4))]
    with acting_for(cast.company.pk), transaction.atomic():
        add(cast, "finance", "night")
        place = department(cast, "Money", None, *people)
        shift = team(cast, "Shift", *people)
        lend(cast, Lender.TEAM, shift, "night")
        lend(cast, Lender.DEPARTMENT, place, "finance")
        for player in people:
            give(cast, player, "finance")
        for asked in (people[:1], people):
            with CaptureQueriesContext(connection) as captured:
                found = queries.facts_of([one.id for one in asked], now=NINE, address="203.0.113.9")
            assert len(found) == len(asked)
            assert len(captured) == QUESTIONS


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("203.0.113.9", {"office"}),
        ("::ffff:203.0.113.9", {"office"}),
        ("203.0.114.9", set()),
        ("2001:db8::1", {"all-of-six"}),
        ("", set()),
        ("office", set()),
    ],
)
def test_an_address_is_in_the_networks_that_hold_it(address: str, names: set[str]) -> None:
    known = {"office": ["203.0.113.0/24", "203.0.113.9/32"], "all-of-six": ["::/0"], "odd": ["nonsense"]}
    assert networks.networks_of(address, known) == names


def test_networks_are_kept_in_one_spelling(inside: Cast) -> None:
    asked = {"office": ["203.0.113.77/24", "203.0.113.0/24", "2001:DB8::/32"], "lab": ["192.0.2.1"]}
    actions.change_ways(acting=inside.admin.acting, changes={"networks": asked}, now=clock.now())
    found = queries.company(inside.company.pk).networks
    assert found == {"lab": ["192.0.2.1/32"], "office": ["203.0.113.0/24", "2001:db8::/32"]}


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        {"Office": ["192.0.2.1"]},
        {"team": ["192.0.2.1"]},
        {"office": []},
        {"office": "192.0.2.1"},
        {"office": ["192.0.2.300"]},
        {"office": [1]},
        {f"n{n}": ["192.0.2.1"] for n in range(51)},
    ],
)
def test_what_is_no_network_is_refused(inside: Cast, wrong: object) -> None:
    with pytest.raises(Invalid):
        actions.change_ways(acting=inside.admin.acting, changes={"networks": wrong}, now=clock.now())
