"""Who comes in, what they are told, and that nobody else hears anything."""

import asyncio
from typing import Any

import aiohttp
import httpx
import psycopg
import pytest

from sundial.server.lib.acting import Role
from sundial.server.realtime.sockets.doors import SEATS_A_PERSON
from tests.server.realtime.house import House, People, Writer, fresh_id


async def test_an_admin_joins_the_room_of_their_company(
    house: House, people: People, writer: Writer, company_id: int
) -> None:
    await writer.tell(3)
    console = await house.console(people.sign_in(Role.ADMIN, company_id))
    joined = await console.ask("join_admin", "joined_admin")
    assert joined["room"] == f"company:{company_id}:admin"
    assert joined["offset"] == 3
    assert joined["epoch"] > 0
    assert joined["message"]
    assert "recovered" not in joined


async def test_an_event_carries_its_time_room_number_and_actor(
    house: House, people: People, writer: Writer, company_id: int
) -> None:
    console = await house.in_room(people.sign_in(Role.ADMIN, company_id))
    await writer.tell(1)
    (event,) = await console.hears("user_added")
    assert event["user"] == "person0@example.test"
    assert event["attributes"] == []
    assert event["room"] == f"company:{company_id}:admin"
    assert event["offset"] == 1
    assert event["actor"] == "admin@example.test"
    assert event["timestamp"].endswith("Z")


async def test_the_owner_joins_the_platform_and_hears_no_company(
    house: House, people: People, writer: Writer, company_id: int
) -> None:
    owner = await house.console(people.sign_in(Role.OWNER, None))
    admin = await house.in_room(people.sign_in(Role.ADMIN, company_id))
    joined = await owner.ask("join_admin", "joined_admin")
    assert joined["room"] == "platform"
    await writer.tell(1)
    await admin.hears("user_added")
    await writer.tell(1, room="platform", company_id=0)
    (event,) = await owner.hears("user_added")
    assert event["room"] == "platform"
    assert event["offset"] == joined["offset"] + 1


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MANAGER, Role.EMPLOYEE])
async def test_everyone_in_the_company_joins_its_dashboard(
    house: House, people: People, writer: Writer, company_id: int, role: Role
) -> None:
    console = await house.console(people.sign_in(role, company_id))
    joined = await console.ask("join_dashboard", "joined_dashboard")
    assert joined["room"] == f"company:{company_id}:dashboard"
    await writer.tell(1, room="dashboard")
    assert len(await console.hears("user_added")) == 1


REFUSED = [
    ("join_admin", Role.MANAGER),
    ("join_admin", Role.EMPLOYEE),
    ("join_admin", Role.DEVICE),
    ("join_admin", Role.SYSTEM),
    ("join_dashboard", Role.OWNER),
    ("join_dashboard", Role.DEVICE),
    ("join_dashboard", Role.SYSTEM),
]


@pytest.mark.parametrize(("event", "role"), REFUSED)
async def test_anyone_else_is_refused_and_hears_nothing(
    house: House, people: People, writer: Writer, company_id: int, event: str, role: Role
) -> None:
    console = await house.console(people.sign_in(role, None if role is Role.OWNER else company_id))
    witness = await house.in_room(people.sign_in(Role.ADMIN, company_id))
    await witness.ask("join_dashboard", "joined_dashboard")
    refusal = await console.ask(event, "error")
    assert refusal["code"] == "forbidden"
    assert refusal["message"]
    await writer.tell(1)
    await writer.tell(1, room="dashboard")
    await witness.hears("user_added", 2)
    await console.ask(event, "error")  # whatever was sent to this page before has arrived now
    assert {kind for kind, _ in console.heard} == {"error"}


async def test_a_company_never_hears_another(house: House, people: People, writer: Writer, company_id: int) -> None:
    stranger = await house.in_room(people.sign_in(Role.ADMIN, fresh_id()))
    witness = await house.in_room(people.sign_in(Role.ADMIN, company_id))
    await writer.tell(1)
    await witness.hears("user_added")
    await stranger.ask("join_admin", "joined_admin")
    assert stranger.of("user_added") == []


async def test_the_dashboard_does_not_hear_what_is_for_admins(
    house: House, people: People, writer: Writer, company_id: int
) -> None:
    manager = await house.in_room(people.sign_in(Role.MANAGER, company_id), "dashboard")
    await writer.tell(1, room="admin")
    await writer.tell(1, room="dashboard", start=7)
    (event,) = await manager.hears("user_added")
    assert event["user"] == "person7@example.test"


async def test_who_leaves_a_room_hears_it_no_more(
    house: House, people: People, writer: Writer, company_id: int
) -> None:
    console = await house.in_room(people.sign_in(Role.ADMIN, company_id))
    await console.ask("join_dashboard", "joined_dashboard")
    await console.say("leave_admin")
    await console.ask("join_dashboard", "joined_dashboard")
    await writer.tell(1, room="admin")
    await writer.tell(1, room="dashboard", start=1)
    (event,) = await console.hears("user_added")
    assert event["room"].endswith(":dashboard")
    await console.say("leave_dashboard")
    await console.ask("join_admin", "joined_admin")
    await writer.tell(1, room="dashboard", start=2)
    await writer.tell(1, room="admin", start=3)
    assert [e["user"] for e in (await console.hears("user_added", 2))[1:]] == ["person3@example.test"]


async def test_nobody_connects_without_a_session(house: House, people: People) -> None:
    for session in (None, "", "no-such-session"):
        console = await house.refused(session)
        assert console.refusal is not None
        assert console.refusal["data"]["code"] == "signed_out"
    assert house.sockets.open_consoles() == 0


@pytest.mark.parametrize("origin", [None, "http://evil.test", "null", "http://127.0.0.1", "https://127.0.0.1:1"])
async def test_an_absent_or_foreign_origin_is_refused(
    house: House, people: People, company_id: int, origin: str | None
) -> None:
    await house.refused(people.sign_in(Role.ADMIN, company_id), origin=origin)
    assert house.sockets.open_consoles() == 0


async def test_polling_is_not_offered(house: House, people: People, company_id: int) -> None:
    headers = {"Cookie": f"sessionid={people.sign_in(Role.ADMIN, company_id)}", "Origin": house.address}
    async with httpx.AsyncClient(base_url=house.address, headers=headers) as browser:
        answer = await browser.get("/socket.io/?EIO=4&transport=polling")
    assert answer.status_code == 400
    assert house.sockets.open_consoles() == 0


@pytest.mark.parametrize("said", [[], ["x"], [None, 5], [{"companies": "all"}], [[1, 2]], [{"epoch": []}], [b"\x00"]])
async def test_odd_words_at_the_door_do_no_harm(house: House, people: People, company_id: int, said: list[Any]) -> None:
    console = await house.console(people.sign_in(Role.ADMIN, company_id))
    joined = await console.ask("join_admin", "joined_admin", *said)
    assert joined["room"] == f"company:{company_id}:admin"


async def test_an_unknown_event_is_ignored(house: House, people: People, company_id: int) -> None:
    console = await house.console(people.sign_in(Role.ADMIN, company_id))
    await console.say("join_everything", {"room": "platform"})
    await console.ask("join_admin", "joined_admin")
    assert [kind for kind, _ in console.heard if kind != "presence"] == ["joined_admin"]


async def test_a_flood_of_bytes_ends_only_the_flooder(
    house: House, people: People, writer: Writer, company_id: int
) -> None:
    witness = await house.in_room(people.sign_in(Role.ADMIN, company_id))
    flooder = await house.console(people.sign_in(Role.ADMIN, company_id))
    await flooder.say("join_admin", {"epoch": "x" * 100_000})
    await flooder.is_shown_out()
    await writer.tell(1)
    await witness.hears("user_added")


async def test_when_people_cannot_be_looked_up_a_page_is_told_to_come_back(
    house: House, people: People, company_id: int
) -> None:
    console = await house.console(people.sign_in(Role.ADMIN, company_id))
    people.trouble = psycopg.OperationalError("the database is away")
    answer = await console.ask("join_admin", "error")
    assert answer["code"] == "unavailable"
    late = await house.refused(people.sign_in(Role.ADMIN, company_id))
    assert late.refusal is not None
    assert late.refusal["data"]["code"] == "unavailable"
    people.trouble = None
    await console.ask("join_admin", "joined_admin")


async def test_one_person_cannot_take_every_seat(house: House, people: People, company_id: int) -> None:
    session = people.sign_in(Role.ADMIN, company_id, user_id=fresh_id())
    first, *_others = [await house.console(session) for _ in range(SEATS_A_PERSON)]
    late = await house.refused(session)
    assert late.refusal is not None
    assert late.refusal["data"]["code"] == "too_many"
    await house.console(people.sign_in(Role.ADMIN, company_id))
    await first.leave()
    await house.console(session)


async def test_a_connection_that_never_says_who_it_is_is_ended_and_the_others_stay(
    house: House, people: People, company_id: int
) -> None:
    console = await house.console(people.sign_in(Role.ADMIN, company_id))
    path = "/socket.io/?EIO=4&transport=websocket"
    async with aiohttp.ClientSession() as http, http.ws_connect(house.address + path, origin=house.address) as silent:
        await silent.receive()
        await house.sockets.look()
        await house.sockets.look()
        async with asyncio.timeout(5):
            while not silent.closed:
                await silent.receive()
    await console.ask("join_admin", "joined_admin")
