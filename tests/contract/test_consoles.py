"""Section 4: live consoles."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
import socketio

from tests.contract.house import Firm, Person, fresh, in_browser
from tests.server.realtime.console import Console

FACTS = {"timestamp", "room", "offset", "actor"}

Open = Callable[[Person], Awaitable[Console]]


@pytest.fixture
async def opened(base_url: str) -> AsyncIterator[Open]:
    """Open a console of a signed-in person."""
    consoles: list[Console] = []

    async def open_one(person: Person) -> Console:
        with in_browser(person) as client:
            session = client.cookies["sessionid"]
        console = Console(base_url)
        consoles.append(console)
        await console.connect(session)
        return console

    yield open_one
    for console in consoles:
        await console.leave()


@pytest.mark.parametrize("origin", [None, "http://evil.example", "null", "http://127.0.0.1:1"])
async def test_only_an_exact_origin_is_let_in(base_url: str, firm: Firm, origin: str | None) -> None:
    with in_browser(firm.admin) as client:
        session = client.cookies["sessionid"]
    console = Console(base_url)
    with pytest.raises((socketio.exceptions.ConnectionError, aiohttp.ClientError)):
        await console.connect(session, origin=origin)
    await console.leave()


async def test_localhost_is_an_origin_on_loopback(base_url: str, firm: Firm) -> None:
    with in_browser(firm.admin) as client:
        session = client.cookies["sessionid"]
    console = Console(base_url)
    await console.connect(session, origin=base_url.replace("127.0.0.1", "localhost"))
    assert (await console.ask("join_admin", "joined_admin"))["room"]
    await console.leave()


async def test_whoever_is_not_signed_in_hears_nothing(base_url: str) -> None:
    for session in (None, "nonsense"):
        console = Console(base_url)
        try:
            await console.connect(session)
            assert (await console.ask("join_admin", "error"))["code"] == "forbidden"
        except (socketio.exceptions.ConnectionError, aiohttp.ClientError):
            assert not console.heard
        await console.leave()


async def test_who_may_join_what(firm: Firm, owner: Person, opened: Open) -> None:
    may = {
        "join_admin": {"OWNER": owner, "ADMIN": firm.admin},
        "join_dashboard": {"ADMIN": firm.admin, "MANAGER": firm.manager, "EMPLOYEE": firm.employee},
    }
    everyone = {"OWNER": owner, "ADMIN": firm.admin, "MANAGER": firm.manager, "EMPLOYEE": firm.employee}
    for role, person in everyone.items():
        console = await opened(person)
        for door, answer in (("join_admin", "joined_admin"), ("join_dashboard", "joined_dashboard")):
            if role in may[door]:
                joined = await console.ask(door, answer)
                assert set(joined) >= {"message", "room", "epoch", "offset"}, (role, door)
                assert isinstance(joined["offset"], int)
            else:
                refused = await console.ask(door, "error")
                assert refused["code"] == "forbidden", (role, door)
                assert refused["message"]


async def test_people_are_events(found_firm: Callable[[], Firm], opened: Open) -> None:
    firm = found_firm()
    console = await opened(firm.admin)
    joined = await console.ask("join_admin", "joined_admin")

    async def hears(kind: str) -> dict[str, Any]:
        event = (await console.hears(kind))[-1]
        assert set(event) >= FACTS
        assert event["room"] == joined["room"]
        assert event["timestamp"].endswith("Z")
        assert type(event["offset"]) is int
        assert event["actor"] == firm.admin.email
        return event

    person = firm.take_on("EMPLOYEE")
    added = await hears("user_added")
    assert (added["user"], added["attributes"]) == (person.email, [])
    firm.admin.patch(f"/api/v1/users/{person.id}", {"first_name": "Grace"})
    updated = await hears("user_updated")
    assert (updated["user"], updated["attributes"]) == (person.email, [])
    firm.admin.patch(f"/api/v1/users/{person.id}", {"role": "MANAGER"})
    roles = await hears("user_roles_updated")
    assert (roles["user"], roles["roles"]) == (person.email, ["MANAGER"])
    firm.admin.ask("DELETE", f"/api/v1/users/{person.id}")
    assert (await hears("user_deleted"))["user"] == person.email
    two = [firm.take_on("EMPLOYEE") for _ in range(2)]
    firm.admin.post("/api/v1/users/bulk-delete", {"ids": [one.id for one in two]})
    assert sorted((await hears("users_bulk_deleted"))["users"]) == sorted(one.email for one in two)
    log = (await console.hears("audit_log_added"))[-1]
    assert set(log) >= FACTS | {"id", "action_type", "description", "user"}
    offsets = [event["offset"] for _kind, event in console.heard if "offset" in event and "epoch" not in event]
    assert offsets == list(range(joined["offset"] + 1, joined["offset"] + 1 + len(offsets))), "none missing, in order"


async def test_a_policy_is_an_event_for_all_who_may_know(
    found_firm: Callable[[], Firm], owner: Person, opened: Open
) -> None:
    firm = found_firm()
    rooms = {"join_admin": (firm.admin, owner), "join_dashboard": (firm.manager, firm.employee, firm.admin)}
    listening = []
    for door, people in rooms.items():
        for person in people:
            console = await opened(person)
            await console.ask(door, door.replace("join", "joined"))
            listening.append(console)
    firm.save(screenshot_quality=61)
    for console in listening:
        events = await console.hears("tracking_policy_changed")
        told = next(event for event in events if event["company_id"] == firm.id)
        assert told["config_version"] == 2
        assert set(told) >= FACTS


async def test_strangers_hear_nothing(found_firm: Callable[[], Firm], stranger: Firm, opened: Open) -> None:
    firm = found_firm()
    outside = await opened(stranger.admin)
    await outside.ask("join_admin", "joined_admin")
    await outside.ask("join_dashboard", "joined_dashboard")
    firm.take_on("EMPLOYEE")
    firm.save(screenshot_quality=61)
    stranger.admin.post("/api/v1/users", {"email": fresh("own"), "role": "EMPLOYEE"})
    await outside.hears("user_added")
    for kind, event in outside.heard:
        assert str(firm.id) not in str(event.get("room", "")).split(":"), (kind, event)
        assert kind != "tracking_policy_changed"


async def test_the_owner_hears_of_no_persons(found_firm: Callable[[], Firm], owner: Person, opened: Open) -> None:
    firm = found_firm()
    console = await opened(owner)
    await console.ask("join_admin", "joined_admin")
    person = firm.take_on("EMPLOYEE")
    firm.admin.patch(f"/api/v1/users/{person.id}", {"first_name": "Grace"})
    firm.save(screenshot_quality=61)
    await console.until(lambda: any(e["company_id"] == firm.id for e in console.of("tracking_policy_changed")))
    assert person.email not in str(console.heard)
    assert firm.admin.email not in str(console.heard)


async def test_what_was_missed_is_replayed(found_firm: Callable[[], Firm], opened: Open) -> None:
    firm = found_firm()
    first = await opened(firm.admin)
    joined = await first.ask("join_admin", "joined_admin")
    position = {"epoch": joined["epoch"], "offset": joined["offset"]}
    firm.save(screenshot_quality=61)
    firm.save(screenshot_quality=62)
    live = await first.hears("tracking_policy_changed", 2)
    second = await opened(firm.admin)
    again = await second.ask("join_admin", "joined_admin", position)
    assert again.get("recovered") is True
    assert await second.hears("tracking_policy_changed", 2) == live
    for lost in ({"epoch": joined["epoch"] + 1, "offset": 0}, {"epoch": joined["epoch"], "offset": 10**9}):
        third = await opened(firm.admin)
        answer = await third.ask("join_admin", "joined_admin", lost)
        assert answer["recovered"] is False
        assert not third.of("tracking_policy_changed")


async def test_strange_positions_are_not_recovered(firm: Firm, opened: Open) -> None:
    console = await opened(firm.admin)
    strange: list[Any] = [{"epoch": "x", "offset": []}, {"epoch": None}, [], "text", 5, {"epoch": 1e99, "offset": -5}]
    for position in strange:
        answer = await console.ask("join_admin", "joined_admin", position)
        assert answer.get("recovered") is not True


async def test_whoever_leaves_hears_no_more(firm: Firm, opened: Open) -> None:
    console, witness = await opened(firm.admin), await opened(firm.admin)
    for one in (console, witness):
        await one.ask("join_admin", "joined_admin")
    await console.say("leave_admin")
    await console.ask("join_dashboard", "joined_dashboard")
    before = len(witness.of("user_added"))
    firm.admin.post("/api/v1/users", {"email": fresh("late"), "role": "EMPLOYEE"})
    await witness.hears("user_added", before + 1)
    await console.ask("join_dashboard", "joined_dashboard")
    assert not console.of("user_added")


async def test_counts_of_agents_pass_by(found_firm: Callable[[], Firm], opened: Open) -> None:
    firm = found_firm()
    device = firm.enrol()
    console = await opened(firm.admin)
    await console.ask("join_admin", "joined_admin")
    device.report(device.policy().json())

    def counted() -> bool:
        return any(
            fact["by_version"].get("1", {}).get("applied") == 1 and fact["online"] == 1
            for fact in console.of("agents_status")
        )

    await console.until(counted)
    fact = console.of("agents_status")[-1]
    assert set(fact) >= {"company_id", "online", "offline", "never_synced", "by_version"}
    assert set(fact["by_version"]["1"]) >= {"applied", "applying", "waiting", "rejected"}
    assert fact["company_id"] == firm.id
    assert "offset" not in fact


async def test_presence_tells_who_is_there(found_firm: Callable[[], Firm], opened: Open) -> None:
    firm = found_firm()
    console = await opened(firm.admin)
    await console.ask("join_admin", "joined_admin")
    await console.sees(firm.admin.email)


async def test_signing_out_ends_the_console(found_firm: Callable[[], Firm], base_url: str) -> None:
    firm = found_firm()
    with in_browser(firm.admin) as client:
        console = Console(base_url)
        await console.connect(client.cookies["sessionid"])
        await console.ask("join_admin", "joined_admin")
        page = client.get("/account/")
        token = client.cookies["csrftoken"]
        assert page.status_code == 200
        assert client.post("/logout/", headers={"X-CSRFToken": token}).status_code in {200, 302}
        await console.is_shown_out()
    await console.leave()


async def test_every_moment_that_a_console_hears_is_utc_with_z(found_firm: Callable[[], Firm], opened: Open) -> None:
    firm = found_firm()
    console = await opened(firm.admin)
    await console.ask("join_admin", "joined_admin")
    firm.save(screenshot_quality=61)
    for kind in ("tracking_policy_changed", "audit_log_added", "alerts_changed", "agents_status"):
        (event, *_more) = await console.hears(kind)
        moments = [value for value in event.values() if isinstance(value, str) and value[4:5] == "-" and "T" in value]
        assert moments, kind
        assert all(moment.endswith("Z") for moment in moments), (kind, event)
