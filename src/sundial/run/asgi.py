"""The one application of a serving process: the gateway's doors first, consoles second, Django last."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from types import FrameType
from typing import Final, Protocol

import structlog

from sundial.bus import Bus
from sundial.gateway.app import Gateway
from sundial.gateway.asgi import App, Message, Receive, Scope, Send, header
from sundial.gateway.connections import SHORT_WAY
from sundial.run import answers
from sundial.run.health import PATHS, Health
from sundial.run.proxies import Proxies
from sundial.run.pulse import Pulse
from sundial.run.wsgi_bridge import Bridge

CONSOLES: Final = "/socket.io/"
CHANGES: Final = {"room", "person", "company", "vault"}  # hints after which somebody may not read a file any more
REFUSED: Final = 1008  # a WebSocket's word for "policy violation"
log = structlog.get_logger("sundial.run")


class Consoles(Protocol):
    """The Socket.IO server, as this file needs it."""

    asgi_app: App

    async def start(self) -> None: ...
    async def heard(self, topic: str, body: str) -> None: ...
    async def gap(self) -> None: ...
    async def stop(self) -> None: ...


@dataclass
class Parts:
    """What this process serves; a part that is None is served by another process."""

    health: Health
    gateway: Gateway | None = None
    consoles: Consoles | None = None
    pages: Bridge | None = None
    bus: Bus | None = None
    origins: frozenset[str] = field(default_factory=frozenset)
    proxies: Proxies = field(default_factory=lambda: Proxies(()))
    started: Callable[[asyncio.AbstractEventLoop], None] = lambda loop: None
    pulse: Pulse | None = None


class Root:
    """Sends each request to its part, and starts and stops the parts with the server."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._stopping = False
        self._listener: asyncio.Task[None] | None = None
        self._farewell: asyncio.Task[None] | None = None
        self._beating: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI door."""
        match scope["type"]:
            case "http":
                self.parts.proxies.introduce(scope)
                await self._http(scope, receive, send)
            case "websocket":
                self.parts.proxies.introduce(scope)
                await self._websocket(scope, receive, send)
            case "lifespan":
                await self._live(scope, receive, send)

    def _http(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        path = scope["path"]
        gateway = self.parts.gateway
        if gateway is not None and gateway.handles(path, scope["method"]):
            return gateway(scope, receive, send)
        return self._ordinary(scope, receive, send)

    async def _ordinary(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Everything but the hot doors carries the id under which the logs tell of it."""
        request_id = self.parts.proxies.request_id(scope)
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self._inner(scope, receive, self._counted(_with_request_id(send, request_id)))

    def _counted(self, send: Send) -> Send:
        pulse = self.parts.pulse
        if pulse is None:
            return send

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                pulse.answered(message["status"])
            await send(message)

        return sending

    def _inner(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        path = scope["path"]
        if path in PATHS:
            return self.parts.health(scope, send)
        if path.startswith(CONSOLES):
            return answers.refuse(scope, send, 403, "Consoles are opened as WebSockets.")
        if self.parts.pages is None:
            return answers.refuse(scope, send, 404, "Not served here.")
        return self.parts.pages(scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = (header(scope, b"origin") or b"").decode("latin-1")
        known = scope["path"].startswith(CONSOLES) and origin in self.parts.origins
        if self.parts.consoles is None or not known or self._stopping:
            await receive()
            await send({"type": "websocket.close", "code": REFUSED})
            return
        await self.parts.consoles.asgi_app(scope, receive, send)

    # -- life ---------------------------------------------------------------------------------

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        loop = asyncio.get_running_loop()
        _tell_of_signals(loop, self.begin_stop)
        if self.parts.gateway is not None:
            await self.parts.gateway.start()
            scope.get("state", {})[SHORT_WAY] = self.parts.gateway.short_way  # WatchedConnections ask it first
        if self.parts.consoles is not None:
            await self.parts.consoles.start()
            self._listener = asyncio.ensure_future(self._listen(self.parts.consoles))
        if self.parts.pulse is not None:
            self._beating = asyncio.ensure_future(self.parts.pulse.run())
        self.parts.started(loop)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._stop()
        await send({"type": "lifespan.shutdown.complete"})

    def begin_stop(self) -> None:
        """End what would keep the server from draining: the signal has come."""
        if self._stopping:
            return
        self._stopping = True
        if self.parts.gateway is not None:
            self.parts.gateway.begin_stop()
        if self.parts.pages is not None:
            self.parts.pages.begin_stop()
        if self.parts.consoles is not None:
            self._farewell = asyncio.ensure_future(self.parts.consoles.stop())

    async def _stop(self) -> None:
        self.begin_stop()
        for task in (self._farewell, self._listener, self._beating):
            if task is not None:
                if task is not self._farewell:
                    task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        if self.parts.gateway is not None:
            await self.parts.gateway.stop()
        if self.parts.pages is not None:
            self.parts.pages.close()
        if self.parts.bus is not None:
            await self.parts.bus.close()

    async def _listen(self, consoles: Consoles) -> None:
        """Hand every hint to the consoles in the order heard; the gateway listens for itself."""
        assert self.parts.bus is not None, "consoles live on hints"
        said: asyncio.Queue[tuple[str, str] | None] = asyncio.Queue()

        def heard(topic: str, body: str) -> None:
            said.put_nowait((topic, body))
            if topic in CHANGES:
                self._look_again()

        def gap() -> None:
            said.put_nowait(None)
            self._look_again()

        async with self.parts.bus.listen(heard, gap):
            while True:
                hint = await said.get()
                try:
                    await (consoles.gap() if hint is None else consoles.heard(*hint))
                except Exception:  # one bad hint must not deafen the consoles to all others
                    log.exception("a hint could not be followed", hint=hint)

    def _look_again(self) -> None:
        if self.parts.pages is not None:
            self.parts.pages.look_again()


def _with_request_id(send: Send, request_id: str) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
        await send(message)

    return sending


def _tell_of_signals(loop: asyncio.AbstractEventLoop, stopping: Callable[[], None]) -> None:
    """Hear of SIGINT and SIGTERM before the server does: it drains first, and streams never drain by themselves."""
    for number in _stop_signals():
        before = signal.getsignal(number)

        def handler(got: int, frame: FrameType | None, before: object = before) -> None:
            loop.call_soon_threadsafe(stopping)
            if callable(before):
                before(got, frame)

        signal.signal(number, handler)


def _stop_signals() -> Iterator[signal.Signals]:
    # Only a main thread may hear signals; in tests a server runs in another one.
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGTERM))
        yield from (signal.SIGINT, signal.SIGTERM)
