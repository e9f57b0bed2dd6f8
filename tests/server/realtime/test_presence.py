"""Who else has the console open: true across processes, and of those that died soon forgotten."""

import uuid
from datetime import timedelta

from sundial.run.postgres import Cluster
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.realtime import actions, queries
from sundial.server.realtime.types import Present
from tests.server.realtime.house import House, People, Writer, open_house


async def test_admins_see_one_another_come_and_go(house: House, people: People, company_id: int) -> None:
    ada, bob = (people.sign_in(Role.ADMIN, company_id) for _ in range(2))
    a = await house.in_room(ada)
    await a.sees(people.email(ada))
    assert len(a.of("presence")) == 1  # nobody is ever told that they are not there themselves
    b = await house.in_room(bob)
    await a.sees(people.email(ada), people.email(bob))
    await b.sees(people.email(ada), people.email(bob))
    await b.leave()
    await a.sees(people.email(ada))
    assert "offset" not in a.of("presence")[-1]


async def test_two_pages_of_one_admin_are_one_person(house: House, people: People, company_id: int) -> None:
    ada, bob = (people.sign_in(Role.ADMIN, company_id) for _ in range(2))
    first, second = await house.in_room(ada), await house.in_room(ada)
    await second.sees(people.email(ada))
    await first.leave()
    witness = await house.in_room(bob)
    await witness.sees(people.email(ada), people.email(bob))


async def test_leaving_the_room_is_enough_to_be_absent(house: House, people: People, company_id: int) -> None:
    ada, bob = (people.sign_in(Role.ADMIN, company_id) for _ in range(2))
    a, b = await house.in_room(ada), await house.in_room(bob)
    await a.sees(people.email(ada), people.email(bob))
    await b.say("leave_admin")
    await a.sees(people.email(ada))


async def test_neither_dashboards_nor_owners_nor_other_companies_are_told(
    house: House, people: People, company_id: int
) -> None:
    manager = await house.in_room(people.sign_in(Role.MANAGER, company_id), "dashboard")
    owner = await house.in_room(people.sign_in(Role.OWNER, None))
    stranger_key = people.sign_in(Role.ADMIN, company_id + 500_000)
    stranger = await house.in_room(stranger_key)
    ada = people.sign_in(Role.ADMIN, company_id)
    await (await house.in_room(ada)).sees(people.email(ada))
    await stranger.sees(people.email(stranger_key))
    assert manager.of("presence") == owner.of("presence") == []


async def test_admins_in_two_processes_see_one_another(
    committed_db: None, cluster: Cluster, people: People, company_id: int
) -> None:
    ada, bob = (people.sign_in(Role.ADMIN, company_id) for _ in range(2))
    dsn = cluster.app_dsn()
    async with open_house(dsn, people.identity_of) as one:
        a = await one.in_room(ada)
        async with open_house(dsn, people.identity_of) as other:
            b = await other.in_room(bob)
            await a.sees(people.email(ada), people.email(bob))
            await b.sees(people.email(ada), people.email(bob))
        await a.sees(people.email(ada))  # a process that stops takes its people with it


async def test_people_of_a_process_that_died_are_believed_for_a_minute(writer: Writer, company_id: int) -> None:
    now = clock.now()
    dead = uuid.uuid4()
    gone = {1: Present("gone@example.test")}
    await writer.do(actions.watch, process=dead, company_id=company_id, admins=gone, now=now)
    assert await writer.do(queries.watchers, company_id, now + timedelta(seconds=59)) == ["gone@example.test"]
    later = now + timedelta(seconds=60)
    assert await writer.do(queries.watchers, company_id, later) == []
    alive = {2: Present("here@example.test")}
    await writer.do(actions.watch, process=uuid.uuid4(), company_id=company_id, admins=alive, now=later)
    assert await writer.do(queries.watchers, company_id, now) == ["here@example.test"]


async def test_a_process_that_refreshes_keeps_its_people(writer: Writer, company_id: int) -> None:
    now, process = clock.now(), uuid.uuid4()
    for seconds in (0, 50, 100):
        moment, there = now + timedelta(seconds=seconds), {1: Present("a@x.test")}
        await writer.do(actions.watch, process=process, company_id=company_id, admins=there, now=moment)
    assert await writer.do(queries.watchers, company_id, now + timedelta(seconds=150)) == ["a@x.test"]
    await writer.do(actions.watch, process=process, company_id=company_id, admins={}, now=now)
    assert await writer.do(queries.watchers, company_id, now) == []
