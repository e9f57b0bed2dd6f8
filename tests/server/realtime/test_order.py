"""Every console hears every event once and in one order, whoever writes, whoever serves, whatever the bus loses."""

import asyncio

import psycopg
from django.db import transaction

from sundial.run.postgres import Cluster
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.realtime import actions
from tests.server.realtime.console import Console
from tests.server.realtime.house import House, People, Writer, open_house


def offsets(console: Console) -> list[int]:
    return [event["offset"] for event in console.of("user_added")]


async def test_two_writers_at_once_are_heard_in_one_order(
    house: House, people: People, writer: Writer, company_id: int
) -> None:
    consoles = [await house.in_room(people.sign_in(Role.ADMIN, company_id)) for _ in range(3)]
    async with asyncio.TaskGroup() as group:
        group.create_task(writer.tell(150))
        group.create_task(writer.tell(150, start=150))
    for console in consoles:
        await console.hears("user_added", 300)
        assert offsets(console) == list(range(1, 301))
    assert len({event["user"] for event in consoles[0].of("user_added")}) == 300


async def test_who_joins_in_the_middle_of_it_misses_nothing_and_hears_nothing_twice(
    house: House, people: People, writer: Writer, company_id: int
) -> None:
    witness = await house.in_room(people.sign_in(Role.ADMIN, company_id))
    epoch = witness.of("joined_admin")[0]["epoch"]
    async with asyncio.TaskGroup() as group:
        group.create_task(writer.tell(200))
        late = [
            await house.in_room(people.sign_in(Role.ADMIN, company_id), "admin", {"epoch": epoch, "offset": 0})
            for _ in range(8)
        ]
    for console in [witness, *late]:
        await console.hears("user_added", 200)
        assert offsets(console) == list(range(1, 201))


@transaction.atomic
def publish_and_change_ones_mind(company_id: int) -> None:
    now = clock.now()
    actions.publish(company_id=company_id, room="admin", kind="user_added", data={}, actor="x", now=now)
    transaction.set_rollback(True)


async def test_what_was_rolled_back_is_heard_by_nobody_and_leaves_no_hole(
    house: House, people: People, writer: Writer, company_id: int
) -> None:
    console = await house.in_room(people.sign_in(Role.ADMIN, company_id))
    await writer.tell(1)
    await writer.do(publish_and_change_ones_mind, company_id)
    await writer.tell(1)
    await console.hears("user_added", 2)
    assert offsets(console) == [1, 2]


async def test_two_processes_both_hear_everything(
    committed_db: None, cluster: Cluster, people: People, writer: Writer, company_id: int
) -> None:
    dsn = cluster.app_dsn()
    async with open_house(dsn, people.identity_of) as one, open_house(dsn, people.identity_of) as other:
        consoles = [await each.in_room(people.sign_in(Role.ADMIN, company_id)) for each in (one, other)]
        await writer.tell(50)
        for console in consoles:
            await console.hears("user_added", 50)
            assert offsets(console) == list(range(1, 51))


async def test_after_a_gap_in_the_hints_everything_is_read_again(
    house: House, people: People, writer: Writer, company_id: int
) -> None:
    console = await house.in_room(people.sign_in(Role.ADMIN, company_id))
    house.deaf = True
    await writer.tell(3)
    house.missed()
    await console.hears("user_added", 3)
    assert offsets(console) == [1, 2, 3]


async def test_a_hint_that_is_lost_without_a_word_costs_no_event(
    house: House, people: People, writer: Writer, company_id: int
) -> None:
    console = await house.in_room(people.sign_in(Role.ADMIN, company_id))
    house.deaf = True
    await writer.tell(2)
    await house.sockets.look()
    await console.hears("user_added", 2)


async def test_when_the_bus_is_cut_and_comes_back_no_event_is_lost(
    house: House, people: People, writer: Writer, company_id: int, cluster: Cluster
) -> None:
    console = await house.in_room(people.sign_in(Role.ADMIN, company_id))
    await writer.tell(1)
    await console.hears("user_added")
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sundial bus'"
    async with await psycopg.AsyncConnection.connect(cluster.owner_dsn(), autocommit=True) as owner:
        await owner.execute(cut)
    await writer.tell(3, start=1)
    await console.hears("user_added", 4)
    assert offsets(console) == [1, 2, 3, 4]


async def test_a_burst_larger_than_a_replay_in_one_transaction_is_told_whole(
    house: House, people: People, writer: Writer, company_id: int
) -> None:
    console = await house.in_room(people.sign_in(Role.ADMIN, company_id))
    await writer.do(publish_many, company_id, 700)
    await console.hears("user_added", 700)
    assert offsets(console) == list(range(1, 701))


@transaction.atomic
def publish_many(company_id: int, count: int) -> None:
    now = clock.now()
    for _ in range(count):
        actions.publish(company_id=company_id, room="admin", kind="user_added", data={}, actor="x", now=now)
