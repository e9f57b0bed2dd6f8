"""The event × role table, asked from outside: everything happens once, and everybody says what they heard of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, closing, suppress
from typing import Any

import httpx
import pytest

from tests.architecture.events import ROOM_OF, heard_in
from tests.contract.house import Firm, Person, fresh, in_browser
from tests.journeys.acts import Api, do_everything
from tests.server.realtime.console import Console

DOORS = {"admin": "join_admin", "platform": "join_admin", "dashboard": "join_dashboard"}
COMING = {"Tus-Resumable": "1.0.0", "Upload-Length": "9", "Upload-Metadata": "filename c2VjcmV0LnR4dA=="}
SECRET = "secret.txt"


class Listener:
    """One open page of somebody, in one room."""

    def __init__(self, console: Console, door: str, asked: dict[str, Any]) -> None:
        self.console, self._door, self._asked = console, door, asked

    async def settle(self) -> None:
        """Join, or join again: whatever was sent to this page before has come by then."""
        await self.console.ask(self._door, self._door.replace("join", "joined"), self._asked)

    async def hears(self, kinds: set[str], firm: Firm) -> None:
        """Wait for events of all these kinds; the test says which one did not come."""
        with suppress(TimeoutError):
            await self.console.until(lambda: self.of(firm) >= kinds)

    def of(self, firm: Firm) -> set[str]:
        """The kinds of events that it was told about this company."""
        about = [kind for kind, event in self.console.heard if is_about(event, firm)]
        return {kind for kind in about if not kind.startswith("joined_")}


def is_about(event: dict[str, Any], firm: Firm) -> bool:
    """By its room, or in the platform's room by what it says."""
    return f":{firm.id}:" in event.get("room", "") or event.get("company_id") == firm.id


def session_of(person: Person) -> str:
    """A web session of theirs."""
    with in_browser(person) as client:
        return str(client.cookies["sessionid"])


Opened = Callable[[str, str, Firm], Awaitable[Listener]]


@pytest.fixture
async def listens(base_url: str) -> AsyncIterator[Opened]:
    """Let whoever has this session open a page that joins a room."""
    async with AsyncExitStack() as stack:

        async def open_one(session: str, room: str, firm: Firm) -> Listener:
            console = Console(base_url)
            stack.push_async_callback(console.leave)
            await console.connect(session)
            listener = Listener(console, DOORS[room], {"companies": [firm.id]} if room == "platform" else {})
            await listener.settle()
            return listener

        yield open_one


def do_it_all(firm: Firm, owner: Person) -> None:
    """Everything that is told of, in one company."""
    accounts = [{"email": one.email, "password": one.password} for one in (firm.admin, owner)]
    with closing(Api(owner.base_url, accounts[0])) as admin, closing(Api(owner.base_url, accounts[1])) as platform:
        department = admin.ask("POST", "/departments", {"name": fresh("department")})
        admin.ask("PATCH", f"/departments/{department['id']}", {"name": fresh("renamed")})
        folder = admin.ask("POST", "/folders", {"name": fresh("folder")})
        admin.ask("PATCH", f"/folders/{folder['id']}", {"name": fresh("renamed")})
        file = admin.ask("POST", "/files", files={"file": ("one.txt", b"what it says")}, data={"policy": ""})
        admin.ask("PATCH", f"/files/{file['id']}", {"name": "other.txt"})
        with in_browser(firm.admin) as client:
            begin_upload(client)
        do_everything(admin, platform, firm.id)


def begin_upload(client: httpx.Client) -> None:
    """A file begins to come that would open for nobody but administrators."""
    client.get("/vault/")
    headers = {**COMING, "X-CSRFToken": client.cookies["csrftoken"]}
    assert client.post("/vault/uploads/", headers=headers).status_code == 201


async def test_each_role_hears_the_events_of_its_row_and_other_companies_none(
    owner: Person, found_firm: Callable[[], Firm], listens: Opened
) -> None:
    firm, elsewhere = found_firm(), found_firm()
    # Everybody signs in before the first page opens: a page that waits for another's password would not answer pings.
    ours = {role: session_of(person_of(role, firm, owner)) for role in ROOM_OF}
    theirs = {role: session_of(person_of(role, elsewhere, owner)) for role in ROOM_OF if role != "OWNER"}
    own = {role: await listens(session, ROOM_OF[role], firm) for role, session in ours.items()}
    strangers = [await listens(session, ROOM_OF[role], elsewhere) for role, session in theirs.items()]
    await asyncio.to_thread(do_it_all, firm, owner)
    for role, one in own.items():
        await one.hears(heard_in(ROOM_OF[role]), firm)
    await own["ADMIN"].console.until(lambda: SECRET in str(own["ADMIN"].console.of("upload_progress")))
    for one in [*own.values(), *strangers]:
        await one.settle()
    assert {role: one.of(firm) for role, one in own.items()} == {role: heard_in(ROOM_OF[role]) for role in ROOM_OF}
    assert [one.of(firm) for one in strangers] == [set()] * len(strangers)
    names = (SECRET, firm.admin.email)
    for one in (own["MANAGER"], own["EMPLOYEE"], own["OWNER"], *strangers):
        said = str([event for _kind, event in one.console.heard])
        assert not any(name in said for name in names)


def person_of(role: str, firm: Firm, owner: Person) -> Person:
    """Who has this role there."""
    if role == "OWNER":
        return owner
    return firm.admin if role.startswith("ADMIN") else firm.manager if role == "MANAGER" else firm.employee
