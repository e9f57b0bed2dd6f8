"""Whoever may listen no more is out of the room within a second, without asking."""

from django.db import transaction

from sundial.server.lib import hints
from sundial.server.lib.acting import Role
from sundial.server.realtime.types import Identity
from tests.server.realtime.console import Console
from tests.server.realtime.house import House, People, Writer, fresh_id


@transaction.atomic
def hint(topic: str, body: int) -> None:
    hints.send(topic, str(body))


async def hears_nothing_more(console: Console, witness: Console, writer: Writer) -> None:
    before, heard = len(witness.of("user_added")), len(console.of("user_added"))
    await writer.tell(1)
    await witness.hears("user_added", before + 1)
    assert len(console.of("user_added")) == heard


async def test_a_session_that_ended_is_disconnected(
    house: House, people: People, writer: Writer, company_id: int
) -> None:
    session = people.sign_in(Role.ADMIN, company_id)
    console = await house.in_room(session)
    witness = await house.in_room(people.sign_in(Role.ADMIN, company_id))
    user = people.sessions.pop(session).user_id
    await writer.do(hint, "person", user)
    await console.is_shown_out()
    assert console.of("error")[-1]["code"] == "signed_out"
    assert house.sockets.open_consoles() == 1
    await hears_nothing_more(console, witness, writer)


async def test_only_the_session_that_ended_goes_not_the_persons_others(
    house: House, people: People, writer: Writer, company_id: int
) -> None:
    user = fresh_id()
    ended, other = (people.sign_in(Role.ADMIN, company_id, user_id=user) for _ in range(2))
    leaver, stayer = await house.in_room(ended), await house.in_room(other)
    del people.sessions[ended]
    await writer.do(hint, "person", user)
    await leaver.is_shown_out()
    await writer.tell(1)
    await stayer.hears("user_added")
    assert leaver.of("user_added") == []


async def test_an_admin_made_an_employee_leaves_the_admin_room_and_keeps_the_dashboard(
    house: House, people: People, writer: Writer, company_id: int
) -> None:
    session = people.sign_in(Role.ADMIN, company_id)
    console = await house.in_room(session)
    await console.ask("join_dashboard", "joined_dashboard")
    witness = await house.in_room(people.sign_in(Role.ADMIN, company_id))
    was = people.sessions[session]
    people.sessions[session] = Identity(was.user_id, was.email, Role.EMPLOYEE, company_id)
    await writer.do(hint, "person", was.user_id)
    (refusal,) = await console.hears("error")
    assert refusal["code"] == "forbidden"
    assert refusal["room"] == f"company:{company_id}:admin"
    await hears_nothing_more(console, witness, writer)
    await writer.tell(1, room="dashboard")
    await console.hears("user_added")
    assert (await console.ask("join_admin", "error"))["code"] == "forbidden"


async def test_when_a_company_is_suspended_all_its_people_go_and_nobody_elses(
    house: House, people: People, writer: Writer, company_id: int
) -> None:
    sessions = [people.sign_in(role, company_id) for role in (Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)]
    consoles = [await house.in_room(session, "dashboard") for session in sessions]
    stranger = await house.in_room(people.sign_in(Role.ADMIN, fresh_id()))
    owner = await house.in_room(people.sign_in(Role.OWNER, None))
    for session in sessions:
        del people.sessions[session]
    await writer.do(hint, "company", company_id)
    for console in consoles:
        await console.is_shown_out()
    await stranger.ask("join_admin", "joined_admin")
    await owner.ask("join_admin", "joined_admin")
    assert house.sockets.open_consoles() == 2


async def test_somebody_moved_to_another_company_hears_only_that_one(
    house: House, people: People, writer: Writer, company_id: int
) -> None:
    session = people.sign_in(Role.ADMIN, company_id)
    console = await house.in_room(session)
    witness = await house.in_room(people.sign_in(Role.ADMIN, company_id))
    was, elsewhere = people.sessions[session], fresh_id()
    people.sessions[session] = Identity(was.user_id, was.email, Role.ADMIN, elsewhere)
    joined = await console.ask("join_admin", "joined_admin")  # looked at again at every join, hint or not
    assert joined["room"] == f"company:{elsewhere}:admin"
    await hears_nothing_more(console, witness, writer)


async def test_after_a_gap_everybody_is_looked_at_again(house: House, people: People, company_id: int) -> None:
    session = people.sign_in(Role.ADMIN, company_id)
    console = await house.in_room(session)
    house.deaf = True
    del people.sessions[session]
    house.missed()
    await console.is_shown_out()


async def test_a_check_that_fails_is_made_again(house: House, people: People, writer: Writer, company_id: int) -> None:
    session = people.sign_in(Role.ADMIN, company_id)
    console = await house.in_room(session)
    user = people.sessions[session].user_id
    people.fail_once_then_forget(session)
    await writer.do(hint, "person", user)
    await console.is_shown_out()
    assert people.asked == 2


async def test_odd_hints_do_no_harm(house: House, people: People, writer: Writer, company_id: int) -> None:
    console = await house.in_room(people.sign_in(Role.ADMIN, company_id))
    for topic, body in [("person", "x"), ("company", ""), ("room", "nowhere"), ("room", "company:x:admin"), ("?", "")]:
        await house.sockets.heard(topic, body)
    await writer.tell(1)
    await console.hears("user_added")
