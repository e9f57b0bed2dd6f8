"""The desktop program without a desktop: its window is a list, its probes a script, its server two small ones."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from keyring.backends.fail import Keyring

from sundial.agent.app.agent import SystemClock
from sundial.agent.app.desktop import Desktop
from sundial.agent.app.identity import Identities
from sundial.agent.app.outside import Outside
from sundial.agent.cache import Cache
from sundial.agent.config import Identity, Machine
from sundial.agent.core.sensing import Focused, Moment, Picture, PictureOrder, Sense, Wanted
from sundial.agent.core.shown import Agree, Quit, Refusal, Shown, Start
from sundial.agent.keeping.tokens import Tokens
from sundial.agent.link.doors import open_client
from sundial.protocol import codec
from sundial.protocol.ids import uuid7
from sundial.protocol.settings import Kind
from tests.agent.desk import middle
from tests.agent.fact_server import BATCHES, PICTURES, FactServer
from tests.agent.small_server import COMPANY, TOKEN, SmallServer, page
from tests.agent.wire import Message
from tests.loops import eventually

PATIENCE = 60.0
NO_RING = Keyring()
FASTER = 20.0
EMAIL, PASSWORD, CODE = "ada@gnomon.test", "correct horse", "AAAA-BBBB-CCCC"


class QuickClock:
    """Waits are a twentieth as long; the wall clock is the true one, wrong by `off`."""

    off = timedelta()

    def now(self) -> datetime:
        return SystemClock().now() + self.off

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time() * FASTER

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / FASTER)

    def moment(self) -> Moment:
        return Moment(self.now(), time.monotonic(), time.monotonic())


@dataclass
class Window:
    """A screen that remembers."""

    shown: list[Shown] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    opened: int = 0
    ended: list[int] = field(default_factory=list)

    def show(self, shown: Shown) -> None:
        self.shown.append(shown)

    def refuse(self, refusal: Refusal) -> None:
        self.refusals.append(refusal)

    def open(self) -> None:
        self.opened += 1

    def end(self, code: int = 0) -> None:
        self.ended.append(code)

    @property
    def now(self) -> Shown:
        return self.shown[-1]

    async def comes_to(self, true: Callable[[Shown], object]) -> Shown:
        """Wait for such a snapshot."""
        await eventually(lambda: self.shown and true(self.now), within=PATIENCE)
        return self.now


class Eyes:
    """Probes of a machine on which one application is in front all the time."""

    def missing(self) -> dict[Kind, str]:
        return {}

    async def watch(self, wanted: Wanted, ready: Callable[[], None], heard: Callable[[Sense], None]) -> None:
        ready()
        if wanted.applications:
            heard(Focused("Calc", "budget.ods"))
        await asyncio.Event().wait()

    def catch_up(self) -> None:
        """It has told all there is."""

    async def pictures(self, order: PictureOrder) -> list[Picture]:
        return []


@dataclass
class House:
    """Both small servers behind one true socket, with the doors for signing in."""

    small: SmallServer = field(default_factory=SmallServer)
    facts: FactServer = field(default_factory=FactServer)
    portal: bool = False
    signed_out: int = 0
    address: str = ""

    def states(self) -> list[str]:
        """Of the session, as the server was told, in the order of time."""
        kept = [codec.decode(dict[str, Any], body) for body in self.facts.events.values()]
        return [event["state"] for event in sorted(kept, key=lambda one: one["eid"]) if event["kind"] == "session"]

    @asynccontextmanager
    async def open(self, port: int = 0) -> AsyncIterator[str]:
        """The base address."""
        with socket.create_server(("127.0.0.1", port)) as door:
            async with self._serving(door):
                yield self.address

    @asynccontextmanager
    async def _serving(self, door: socket.socket) -> AsyncIterator[None]:
        self.address = f"http://127.0.0.1:{door.getsockname()[1]}"
        config = uvicorn.Config(self._app, interface="asgi3", lifespan="off", log_config=None, access_log=False)
        server = uvicorn.Server(config)
        async with asyncio.TaskGroup() as group:
            group.create_task(server._serve([door]))  # `serve` would take over the test's signals
            try:
                yield
            finally:
                server.should_exit = server.force_exit = True
                self.small.end_streams()

    async def _app(self, scope: Message, receive: Callable[[], Any], send: Callable[[Message], Any]) -> None:
        whole = await _whole(receive)

        async def once() -> Message:
            return whole.pop() if whole else await receive()

        path = scope["path"]
        if self.portal:
            await _answer(send, *page()[::2])
        elif path in (BATCHES, PICTURES):
            await self.facts(scope, once, send)
        elif path.startswith("/api/"):
            await _answer(send, *self._sign_in(path, codec.decode(dict[str, Any], whole[0]["body"])))
        else:
            with suppress(asyncio.CancelledError):  # a server that is gone leaves its streams as they are
                await self.small(scope, once, send)

    def _sign_in(self, path: str, asked: dict[str, Any]) -> tuple[int, bytes]:
        if path == "/api/logout":
            self.signed_out += 1
            return 200, codec.encode({"status": True})
        if path == "/api/v1/devices/enrolment-codes":
            self.small.codes.add(CODE)
            return 201, codec.encode({"code": CODE})
        if asked["password"] != PASSWORD:
            return 401, codec.encode({"status": False, "message": "Invalid email or password"})
        return 200, codec.encode({"status": True, "data": {"id": 3, "active_token": "sdu_session"}})


async def _whole(receive: Callable[[], Any]) -> list[Message]:
    message = await receive()
    body = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
    return [{"type": "http.request", "body": body, "more_body": False}]


async def _answer(send: Callable[[Message], Any], status: int, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": body})


@dataclass
class Stage:
    """One profile; `async with stage.running():` the program runs, and is quit at the end."""

    folder: Path
    house: House = field(default_factory=House)
    window: Window = field(default_factory=Window)
    clock: QuickClock = field(default_factory=QuickClock)
    eyes: Eyes = field(default_factory=Eyes)
    said: list[str] = field(default_factory=list)
    notified: list[tuple[str, str]] = field(default_factory=list)
    cache: type[Cache] = Cache
    numbers: int = 0

    def is_enrolled(self, server: str) -> None:
        """Without asking: as after an earlier run."""
        key = self.house.small.key.public
        Cache(self.folder).keep_identity(Identity(server, 7, TOKEN, COMPANY, "Gnomon Ltd", [key]))

    @asynccontextmanager
    async def running(self, server: str = "", code: str = "") -> AsyncIterator[Desktop]:
        desktop = Desktop(
            Outside(
                folder=self.folder,
                machine=Machine("ada-laptop", "Linux", "0.1.0", "boot-1"),
                desk=self.eyes,
                screen=self.window,
                notify=lambda title, text: self.notified.append((title, text)),
                identities=Identities(self.cache(self.folder), Tokens(self.folder, NO_RING), self.said.append),
                clock=self.clock,
                moment=self.clock.moment,
                uniform=middle,
                new_eid=self._new_eid,
                zone_offset=lambda _at: 0,
                say=self.said.append,
                open_client=open_client,
                server=server,
                code=code,
            )
        )
        async with asyncio.TaskGroup() as group:
            group.create_task(desktop.run())
            yield desktop
            desktop.hear(Quit())

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[Desktop]:
        """Enrolled, connected, agreed, and a session begun that the server knows of."""
        async with self.house.open() as server:
            self.is_enrolled(server)
            async with self.running() as desktop:
                await self.begin_work(desktop)
                yield desktop

    async def begin_work(self, desktop: Desktop) -> None:
        asked = await self.window.comes_to(lambda now: now.question)
        assert asked.question is not None
        desktop.hear(Agree(asked.question.etag))
        await self.window.comes_to(lambda now: not now.question and now.policy and now.connection == "live")
        desktop.hear(Start("budget"))
        await eventually(lambda: "started" in self.house.states(), within=PATIENCE)
        await self.window.comes_to(lambda now: now.working == "yes")

    def _new_eid(self, at: Moment) -> str:
        self.numbers += 1
        return uuid7(int(at.now.timestamp() * 1000), self.numbers)
