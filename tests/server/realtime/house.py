"""A web process of the platform as consoles see it: uvicorn, the Socket.IO application, and an ear on the real bus."""

import asyncio
import contextlib
import itertools
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime
from typing import Any

import pytest
import socketio
import uvicorn
from psycopg import OperationalError

from sundial.bus.postgres import PostgresBus
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.realtime import actions, sockets
from sundial.server.realtime.sockets.threads import DatabaseThreads
from sundial.server.realtime.types import Identity, IdentityOf, PassingFact
from tests.server.realtime.console import Console

Application = Callable[[Any, Any, Any], Any]

_ids = itertools.count(os.getpid() * 1_000_000 + 1_000_000_000_000)


def fresh_id() -> int:
    """A company or a user that no other test knows; rooms do not ask whether they exist."""
    return next(_ids)


class People:
    """Who is signed in: what the app above would look up, changed by the test as life would change it."""

    def __init__(self) -> None:
        self.sessions: dict[str, Identity] = {}
        self.trouble: Exception | None = None
        self.asked = 0
        self._fails_once = ""

    def sign_in(self, role: Role, company_id: int | None, *, user_id: int | None = None) -> str:
        """A new session of a new person, or of this one."""
        user_id = user_id or fresh_id()
        key = f"session-{fresh_id()}"
        self.sessions[key] = Identity(user_id, f"{role.lower()}-{user_id}@example.test", role, company_id)
        return key

    def email(self, session_key: str) -> str:
        """The address of whoever has this session."""
        return self.sessions[session_key].email

    def fail_once_then_forget(self, session_key: str) -> None:
        """This session ends, and the first question about it fails."""
        self.asked, self._fails_once = 0, session_key
        del self.sessions[session_key]

    def identity_of(self, session_key: str) -> Identity | None:
        """What `register_identity` is given."""
        self.asked += 1
        if self.trouble is not None:
            raise self.trouble
        if session_key == self._fails_once:
            self._fails_once = ""
            raise OperationalError("the database went away for a moment")
        return self.sessions.get(session_key)


class House:
    """One running process."""

    def __init__(self, address: str, its_sockets: sockets.Sockets) -> None:
        self.address = address
        self.sockets = its_sockets
        self.deaf = False
        self._consoles: list[Console] = []
        self._said: set[asyncio.Future[None]] = set()

    async def console(self, session: str | None, **how: Any) -> Console:
        """A page that has connected."""
        made = Console(self.address)
        self._consoles.append(made)
        await made.connect(session, **how)
        return made

    async def refused(self, session: str | None, **how: Any) -> Console:
        """A page that was not let in."""
        with pytest.raises(socketio.exceptions.ConnectionError):
            await self.console(session, **how)
        return self._consoles[-1]

    async def in_room(self, session: str, door: str = "admin", *data: Any) -> Console:
        """A page that has connected and joined."""
        console = await self.console(session)
        await console.ask(f"join_{door}", f"joined_{door}", *data)
        return console

    def heard(self, topic: str, body: str) -> None:
        """What the bus calls."""
        if not self.deaf:
            self._soon(self.sockets.heard(topic, body))

    def missed(self) -> None:
        """What the bus calls after it was deaf."""
        self._soon(self.sockets.gap())

    async def close(self) -> None:
        """Close the pages."""
        for console in self._consoles:
            await console.leave()

    def _soon(self, coroutine: Any) -> None:
        said = asyncio.ensure_future(coroutine)
        self._said.add(said)
        said.add_done_callback(self._said.discard)


@contextlib.asynccontextmanager
async def open_house(
    dsn: str,
    identity_of: IdentityOf,
    facts: Iterable[PassingFact] = (),
    *,
    port: int = 0,
    around: Callable[[Application], Application] = lambda application: application,
) -> AsyncIterator[House]:
    """Run one process until the block ends; `around` may answer for other paths."""
    door = socket.create_server(("127.0.0.1", port))
    address = f"http://127.0.0.1:{door.getsockname()[1]}"
    built = sockets.build(origins=[address], identity_of=identity_of, facts=facts)
    config = uvicorn.Config(around(built.asgi_app), lifespan="off", ws="websockets-sansio", log_config=None)
    server = uvicorn.Server(config)
    house = House(address, built)
    async with PostgresBus(dsn).listen(house.heard, house.missed), asyncio.TaskGroup() as group:
        group.create_task(server._serve([door]))  # `serve` would take over the test's signals
        await built.start()
        try:
            yield house
        finally:
            await house.close()
            await built.stop()
            server.should_exit = True


class Writer:
    """The acting side: publishes as actions do, in threads, each call a transaction."""

    def __init__(self, company_id: int) -> None:
        self.company_id = company_id
        self.threads = DatabaseThreads(4)

    async def tell(
        self,
        n: int = 1,
        *,
        room: str = "admin",
        company_id: int | None = None,
        start: int = 0,
        kind: str = "user_added",
    ) -> None:
        """Publish n events, numbered in their data."""
        for number in range(start, start + n):
            await self.do(
                actions.publish,
                company_id=self.company_id if company_id is None else company_id,
                room=room,
                kind=kind,
                data={"user": f"person{number}@example.test", "attributes": []},
                actor="admin@example.test",
                now=clock.now(),
            )

    async def do(self, action: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run something in a thread with a database."""
        return await self.threads.run(action, *args, **kwargs)


def constant(payload: dict[str, Any]) -> Callable[[int, datetime], dict[str, Any]]:
    """A fact that never changes."""
    return lambda company_id, _now: {"company_id": company_id, **payload}
