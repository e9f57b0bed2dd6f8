"""Who edits what is told to the other admins, across processes, and to nobody else."""

import asyncio
from typing import Any

import pytest

from sundial.run.postgres import Cluster
from sundial.server.lib.acting import Role
from sundial.server.realtime import rules
from tests.server.realtime.console import Console
from tests.server.realtime.house import House, People, open_house

ROW = {"thing": "user:5"}


async def sees_editing(console: Console, editing: dict[str, list[str]]) -> None:
    """Wait until the page was told last that exactly these rows are open, and by whom."""
    await console.until(lambda: [fact["editing"] for fact in console.of("presence")][-1:] == [editing])


async def test_a_row_that_is_open_is_told_until_it_is_closed(house: House, people: People, company_id: int) -> None:
    ada, bob = (people.sign_in(Role.ADMIN, company_id) for _ in range(2))
    a, b = await house.in_room(ada), await house.in_room(bob)
    await a.say("editing", ROW)
    await sees_editing(b, {"user:5": [people.email(ada)]})
    await b.say("editing", ROW)
    await sees_editing(a, {"user:5": sorted([people.email(ada), people.email(bob)])})
    await a.say("editing_done", {})
    await sees_editing(b, {"user:5": [people.email(bob)]})
    assert "offset" not in b.of("presence")[-1]


async def test_whoever_goes_or_leaves_the_room_edits_nothing(house: House, people: People, company_id: int) -> None:
    ada, bob = (people.sign_in(Role.ADMIN, company_id) for _ in range(2))
    a, b = await house.in_room(ada), await house.in_room(bob)
    await a.say("editing", ROW)
    await sees_editing(b, {"user:5": [people.email(ada)]})
    await a.say("leave_admin")
    await sees_editing(b, {})
    await a.ask("join_admin", "joined_admin")
    await b.sees(people.email(ada), people.email(bob))
    assert b.of("presence")[-1]["editing"] == {}
    await a.say("editing", ROW)
    await sees_editing(b, {"user:5": [people.email(ada)]})
    await a.leave()
    await sees_editing(b, {})


async def test_it_is_told_across_processes(
    committed_db: None, cluster: Cluster, people: People, company_id: int
) -> None:
    ada, bob = (people.sign_in(Role.ADMIN, company_id) for _ in range(2))
    dsn = cluster.app_dsn()
    async with open_house(dsn, people.identity_of) as one, open_house(dsn, people.identity_of) as other:
        a, b = await one.in_room(ada), await other.in_room(bob)
        await a.say("editing", ROW)
        await sees_editing(b, {"user:5": [people.email(ada)]})


async def test_a_flood_is_told_at_most_once_a_second_and_its_last_word_always(
    house: House, people: People, company_id: int
) -> None:
    ada, bob = (people.sign_in(Role.ADMIN, company_id) for _ in range(2))
    a, b = await house.in_room(ada), await house.in_room(bob)
    await b.sees(people.email(ada), people.email(bob))
    before, began = len(b.of("presence")), asyncio.get_running_loop().time()
    for number in range(200):
        await a.say("editing", {"thing": f"user:{number}"})
    await sees_editing(b, {"user:199": [people.email(ada)]})
    took = asyncio.get_running_loop().time() - began
    assert len(b.of("presence")) - before <= took + 2


@pytest.mark.parametrize(("role", "door"), [(Role.MANAGER, "dashboard"), (Role.EMPLOYEE, "dashboard")])
async def test_others_neither_say_nor_hear_it(
    house: House, people: People, company_id: int, role: Role, door: str
) -> None:
    ada = people.sign_in(Role.ADMIN, company_id)
    a = await house.in_room(ada)
    other = await house.in_room(people.sign_in(role, company_id), door)
    await other.say("editing", ROW)
    await a.say("editing", {"thing": "user:6"})
    await sees_editing(a, {"user:6": [people.email(ada)]})
    assert all("editing" not in fact for fact in other.of("presence"))


@pytest.mark.parametrize(
    "said",
    [None, [], "user:5", {"thing": 5}, {"thing": "user:"}, {"thing": "user:5 "}, {"thing": "person:5"},
     {"thing": "user:" + "5" * 65}, {"thing": "user:<b>"}, {"thing": "user:5\n"}],
)  # fmt: skip
def test_what_is_no_row_is_none(said: Any) -> None:
    assert rules.thing_edited(said) == ""
