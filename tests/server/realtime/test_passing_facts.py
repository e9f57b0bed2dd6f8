"""Passing facts: at most once a second, the last word always told, only where somebody listens."""

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from sundial.run.postgres import Cluster
from sundial.server.lib.acting import Role
from sundial.server.realtime import actions
from sundial.server.realtime.types import PassingFact, RoomName
from tests.server.realtime.console import PATIENCE, Console
from tests.server.realtime.house import House, People, fresh_id, open_house


class Agents:
    """Something that changes, and is asked about."""

    def __init__(self) -> None:
        self.online = 0
        self.asked: list[int] = []
        self.fails = 0
        self.slow: threading.Event | None = None

    def count(self, company_id: int, _now: datetime) -> dict[str, Any]:
        """What `agents_status` says."""
        self.asked.append(company_id)
        if self.slow is not None:
            self.slow.wait(PATIENCE)
        if self.fails:
            self.fails -= 1
            raise OSError("not now")
        return {"company_id": company_id, "online": self.online}


@pytest.fixture
def agents() -> Agents:
    """The agents of every company."""
    return Agents()


@pytest.fixture
async def watched(committed_db: None, cluster: Cluster, people: People, agents: Agents) -> AsyncIterator[House]:
    """A process that tells how many agents are online."""
    fact = PassingFact("agents_status", "status", (RoomName.ADMIN, RoomName.PLATFORM), agents.count)
    async with open_house(cluster.app_dsn(), people.identity_of, [fact]) as running:
        yield running


async def says(console: Console, online: int) -> None:
    """Wait until the page was told this number last."""
    await console.until(
        lambda: bool(console.of("agents_status")) and console.of("agents_status")[-1]["online"] == online
    )


async def test_whoever_joins_is_told_at_once(watched: House, people: People, agents: Agents, company_id: int) -> None:
    agents.online = 7
    console = await watched.in_room(people.sign_in(Role.ADMIN, company_id))
    (fact,) = await console.hears("agents_status")
    assert fact["company_id"] == company_id
    assert fact["online"] == 7
    assert fact["room"] == f"company:{company_id}:admin"
    assert fact["actor"] == "system"
    assert fact["timestamp"].endswith("Z")
    assert "offset" not in fact


async def test_a_storm_of_hints_becomes_one_a_second_and_the_last_word_is_told(
    watched: House, people: People, agents: Agents, company_id: int
) -> None:
    console = await watched.in_room(people.sign_in(Role.ADMIN, company_id))
    await console.hears("agents_status")
    loop = asyncio.get_running_loop()
    began = loop.time()
    while loop.time() < began + 2.2:
        agents.online += 1
        await watched.sockets.heard("status", str(company_id))
        await console.ask("join_dashboard", "joined_dashboard")
    await says(console, agents.online)
    elapsed = loop.time() - began
    assert len(console.of("agents_status")) <= 1 + elapsed + 1


async def test_what_did_not_change_is_not_told_again(
    watched: House, people: People, agents: Agents, company_id: int
) -> None:
    console = await watched.in_room(people.sign_in(Role.ADMIN, company_id))
    await console.hears("agents_status")
    await watched.sockets.heard("status", str(company_id))
    while len(agents.asked) < 2:
        await console.ask("join_dashboard", "joined_dashboard")
    await console.ask("join_dashboard", "joined_dashboard")
    assert len(console.of("agents_status")) == 1


async def test_where_nobody_listens_nothing_is_computed(
    watched: House, people: People, agents: Agents, company_id: int
) -> None:
    employee = await watched.in_room(people.sign_in(Role.EMPLOYEE, company_id), "dashboard")
    await watched.sockets.heard("status", str(company_id))
    await employee.ask("join_dashboard", "joined_dashboard")
    assert agents.asked == []
    assert employee.of("agents_status") == []


async def test_a_company_hears_only_its_own_facts_and_the_owner_those_of_all(
    watched: House, people: People, agents: Agents, company_id: int
) -> None:
    owner = await watched.in_room(people.sign_in(Role.OWNER, None))
    admin = await watched.in_room(people.sign_in(Role.ADMIN, company_id))
    await admin.hears("agents_status")
    await owner.hears("agents_status")
    other = fresh_id()
    await watched.sockets.heard("status", f"{other} something more")
    await owner.hears("agents_status", 2)
    assert [fact["company_id"] for fact in owner.of("agents_status")] == [company_id, other]
    assert all(fact["room"] == "platform" for fact in owner.of("agents_status"))
    assert {fact["company_id"] for fact in admin.of("agents_status")} == {company_id}


async def test_an_owners_page_names_the_companies_it_shows(
    watched: House, people: People, agents: Agents, company_id: int
) -> None:
    agents.online = 3
    asked = {"companies": [company_id, -1, "x", True]}
    owner = await watched.in_room(people.sign_in(Role.OWNER, None), "admin", asked)
    (fact,) = await owner.hears("agents_status")
    assert fact["company_id"] == company_id
    assert agents.asked == [company_id]


async def test_an_admin_cannot_ask_for_another_company(
    watched: House, people: People, agents: Agents, company_id: int
) -> None:
    asked = {"companies": [fresh_id()]}
    admin = await watched.in_room(people.sign_in(Role.ADMIN, company_id), "admin", asked)
    await admin.hears("agents_status")
    assert agents.asked == [company_id]


async def test_whoever_joins_while_it_is_being_computed_is_told_too(
    watched: House, people: People, agents: Agents, company_id: int
) -> None:
    agents.slow = threading.Event()
    admin = await watched.in_room(people.sign_in(Role.ADMIN, company_id))
    while not agents.asked:
        await admin.ask("join_dashboard", "joined_dashboard")
    owner = await watched.in_room(people.sign_in(Role.OWNER, None), "admin", {"companies": [company_id]})
    await owner.ask("join_admin", "joined_admin")  # one thing at a time: the first wish has been noted by now
    agents.slow.set()
    await admin.hears("agents_status")
    await owner.hears("agents_status")
    await owner.hears("agents_status", 2)  # insisted while it was computed: the answer to that


async def test_coming_and_going_does_not_hurry_it(
    watched: House, people: People, agents: Agents, company_id: int
) -> None:
    console = await watched.in_room(people.sign_in(Role.ADMIN, company_id))
    await console.hears("agents_status")
    began = asyncio.get_running_loop().time()
    for _ in range(5):
        await console.say("leave_admin")
        await console.ask("join_admin", "joined_admin")
    await console.hears("agents_status", 2)
    assert asyncio.get_running_loop().time() - began > 0.9
    assert len(agents.asked) == 2


async def test_a_fact_that_could_not_be_computed_is_told_a_little_later(
    watched: House, people: People, agents: Agents, company_id: int
) -> None:
    agents.fails = 2
    console = await watched.in_room(people.sign_in(Role.ADMIN, company_id))
    await console.hears("agents_status")
    assert len(agents.asked) == 3


async def test_after_a_gap_every_open_room_is_told_anew(
    watched: House, people: People, agents: Agents, company_id: int
) -> None:
    console = await watched.in_room(people.sign_in(Role.ADMIN, company_id))
    owner = await watched.in_room(people.sign_in(Role.OWNER, None))
    await console.hears("agents_status")
    watched.deaf = True
    agents.online = 9
    watched.missed()
    await says(console, 9)
    await says(owner, 9)


async def test_what_changed_by_the_mere_passing_of_time_is_told_without_a_hint(
    watched: House, people: People, agents: Agents, company_id: int
) -> None:
    console = await watched.in_room(people.sign_in(Role.ADMIN, company_id))
    await console.hears("agents_status")
    agents.online = 4
    watched.sockets.refresh()
    await says(console, 4)


def test_the_app_that_registers_a_fact_again_replaces_it() -> None:
    before = actions.registered_passing_facts()
    one, other = (PassingFact("test_fact", topic, (), Agents().count) for topic in ("one", "other"))
    actions.register_passing_fact(one)
    actions.register_passing_fact(other)
    assert actions.registered_passing_facts() == (*before, other)


async def test_a_narrowed_fact_tells_everyone_their_own_part_and_nobody_else_s(
    committed_db: None, cluster: Cluster, people: People, company_id: int
) -> None:
    first, second = (people.sign_in(Role.EMPLOYEE, company_id) for _ in range(2))
    states = {people.email(first): "working", people.email(second): "away"}
    whole = PassingFact(
        "presence",
        "activity",
        (RoomName.DASHBOARD,),
        lambda _company, _now: {"users": [{"user": user, "state": state} for user, state in states.items()]},
        lambda fact, who: {"users": [one for one in fact["users"] if one["user"] == who.email]},
    )
    async with open_house(cluster.app_dsn(), people.identity_of, [whole]) as house:
        one, other = [await house.in_room(key, "dashboard") for key in (first, second)]
        (heard,) = await one.hears("presence")
        assert heard["users"] == [{"user": people.email(first), "state": "working"}]
        await other.hears("presence")
        told = len(one.of("presence"))
        states[people.email(second)] = "working"
        house.heard("activity", f"{company_id} 5 6")
        await other.until(lambda: other.of("presence")[-1]["users"][0]["state"] == "working")
        assert people.email(second) not in str(one.of("presence"))
        assert all(event["users"] == heard["users"] for event in one.of("presence")[:told])


async def test_a_fact_of_two_rooms_is_told_anew_only_to_those_whose_part_changed(
    committed_db: None, cluster: Cluster, people: People, company_id: int
) -> None:
    admin, employee = people.sign_in(Role.ADMIN, company_id), people.sign_in(Role.EMPLOYEE, company_id)
    seen = {people.email(admin): 1, people.email(employee): 1}
    rooms = (RoomName.ADMIN, RoomName.DASHBOARD)
    whole = PassingFact(
        "upload_progress", "uploads", rooms, lambda _company, _now: dict(seen), lambda fact, who: {"n": fact[who.email]}
    )
    async with open_house(cluster.app_dsn(), people.identity_of, [whole]) as house:
        console, other = await house.in_room(admin), await house.in_room(employee, "dashboard")
        await other.hears("upload_progress")
        await console.hears("upload_progress")
        told = len(console.of("upload_progress"))
        for n in (2, 3):
            seen[people.email(employee)] = n
            house.heard("uploads", f"{company_id}")
            await other.until(lambda n=n: other.of("upload_progress")[-1]["n"] == n)
        assert len(console.of("upload_progress")) == told
