"""The gateway as agents meet it: real uvicorn, real sockets, real PostgreSQL; the test is the server beside it."""

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Self

import httpx
import uvicorn
import uvloop

from sundial.bus import Bus
from sundial.gateway.app import Gateway
from sundial.gateway.asgi import Receive, Scope, Send
from sundial.gateway.connections import SHORT_WAY, WatchedConnections
from sundial.protocol.sse import Parser, ServerEvent

WITHIN = 10.0  # what must happen at all
A_SECOND = 1.0 + 1.0  # what is promised, and what this machine's other work may add


def eventually(satisfied: Callable[[], bool], within: float = WITHIN) -> float:
    """Wait until it is so; how long that took."""
    begun = time.monotonic()
    while not satisfied():
        assert time.monotonic() - begun < within, f"not within {within} s"
        threading.Event().wait(0.005)
    return time.monotonic() - begun


async def onward(scope: Scope, receive: Receive, send: Send) -> None:
    """Stands for the server's own doors: says where it was reached."""
    body = f"server: {scope['method']} {scope['path']}".encode()
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 299, "headers": [length]})
    await send({"type": "http.response.body", "body": body})


class Serving:
    """One gateway process, in a thread with a loop of its own."""

    def __init__(
        self, dsn: str, bus: Callable[[], Bus], *, http: Any = WatchedConnections, poll_interval: int | None = None
    ) -> None:
        self._door = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self._dsn, self._make_bus, self._http, self._poll_interval = dsn, bus, http, poll_interval
        self.port: int = self._door.getsockname()[1]
        self.gateway: Gateway
        self.loop: asyncio.AbstractEventLoop
        self._server: uvicorn.Server
        self._ahead = 0.0
        self._killed = False
        self._up = threading.Event()
        self._thread = threading.Thread(target=lambda: uvloop.run(self._run()), name=f"gateway {self.port}")

    def start(self) -> Self:
        """Return when it answers."""
        self._thread.start()
        assert self._up.wait(WITHIN)
        return self

    def stop(self) -> None:
        """Stop in good order: streams first, as the signal handler does."""
        if self._thread.is_alive():
            self.loop.call_soon_threadsafe(self.gateway.begin_stop)
            self._end()

    def kill(self) -> None:
        """End without a word to the database, as `kill -9` does."""
        self._killed = self._server.force_exit = True
        self._end()

    def advance(self, seconds: float) -> None:
        """Let that much time pass for this gateway."""
        self._ahead += seconds

    def call(self, coroutine: Any) -> Any:
        """Run something in the gateway's loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(WITHIN)

    def _clock(self) -> float:
        return time.monotonic() + self._ahead

    def _end(self) -> None:
        self._server.should_exit = True
        self._thread.join(WITHIN)
        assert not self._thread.is_alive()

    async def _run(self) -> None:
        self.loop = asyncio.get_running_loop()
        config = uvicorn.Config(
            self._app, interface="asgi3", http=self._http, lifespan="on", log_config=None, access_log=False
        )
        self._server = uvicorn.Server(config)
        await self._server._serve([self._door])  # `serve` would take over the test's signals
        if self._killed:  # then uvicorn says nothing to the application; here its sockets must be closed all the same
            await self.gateway._loops.end()
            await self.gateway._store.close()
            await self._bus.close()

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
            return
        assert Gateway.handles(scope["path"], scope["method"])
        await self.gateway(scope, receive, send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        self._bus = self._make_bus()
        self.gateway = Gateway(
            self._dsn, self._bus, onward=onward, poll_interval=self._poll_interval, clock=self._clock
        )
        await self.gateway.start()
        scope["state"][SHORT_WAY] = self.gateway.short_way
        await send({"type": "lifespan.startup.complete"})
        self._up.set()
        await receive()
        await self.gateway.stop()
        await self._bus.close()
        await send({"type": "lifespan.shutdown.complete"})


class Agent:
    """A device with its token, speaking to one gateway or another."""

    def __init__(self, device_id: int, token: str, port: int) -> None:
        self.device_id, self.token, self.port = device_id, token, port
        self._client: httpx.Client | None = None
        self._streams: list[Stream] = []

    def ask(self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> httpx.Response:
        """One request with the token."""
        if self._client is None:
            base_url = f"http://127.0.0.1:{self.port}"
            self._client = httpx.Client(base_url=base_url, timeout=WITHIN, verify=False, trust_env=False)
        named = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        return self._client.request(method, path, headers=named, **more)

    def poll(self, etag: str | None = None) -> httpx.Response:
        """Ask for the policy."""
        return self.ask("GET", "/agent/v1/policy", {"If-None-Match": etag} if etag else {})

    def report(self, report: Any) -> httpx.Response:
        """Say how things are."""
        return self.ask("POST", "/agent/v1/status", json=report)

    def watch(self, headers: Mapping[str, str] | None = None, *, receive_buffer: int | None = None) -> "Stream":
        """Open a stream."""
        stream = Stream(self.port, {"Authorization": f"Bearer {self.token}", **(headers or {})}, receive_buffer)
        self._streams.append(stream)
        return stream

    def close(self) -> None:
        """Leave."""
        if self._client is not None:
            self._client.close()
        for stream in self._streams:
            stream.close()


class Stream:
    """An open stream, read from the raw socket."""

    def __init__(self, port: int, headers: Mapping[str, str], receive_buffer: int | None = None) -> None:
        self.socket = socket.socket()
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(WITHIN)
        self.socket.connect(("127.0.0.1", port))
        lines = ["GET /agent/v1/policy HTTP/1.1", "Host: sundial.test", "Accept: text/event-stream"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self._raw, self._parser, self._events = b"", Parser(), list[ServerEvent]()
        self.ended = False
        self.comments = 0
        self.status, self.headers = self._head()

    def next(self, within: float = WITHIN) -> ServerEvent:
        """The next event; fails if none comes in time."""
        deadline = time.monotonic() + within
        while not self._events:
            remaining = deadline - time.monotonic()
            assert remaining > 0, f"no event within {within} s"
            assert not self.ended, "the stream has ended"
            self._read(remaining)
        return self._events.pop(0)

    def policy(self, within: float = WITHIN) -> dict[str, Any]:
        """The next event, which must be a policy."""
        event = self.next(within)
        assert event.event == "policy", event
        policy: dict[str, Any] = json.loads(event.data)
        assert event.id == policy["etag"]
        return policy

    def is_silent(self, for_: float = 0.3) -> bool:
        """Whether no event comes for a while."""
        deadline = time.monotonic() + for_
        while not self._events and not self.ended and (remaining := deadline - time.monotonic()) > 0:
            self._read(remaining)
        return not self._events

    def end(self, within: float = WITHIN) -> list[ServerEvent]:
        """Read on until the server closes; what came before."""
        deadline = time.monotonic() + within
        while not self.ended:
            remaining = deadline - time.monotonic()
            assert remaining > 0, f"the stream is open after {within} s"
            self._read(remaining)
        events, self._events = self._events, []
        return events

    def close(self) -> None:
        """Close in good order."""
        self.socket.close()

    def reset(self) -> None:
        """Break off, as a machine does that loses its network and comes back."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        self.socket.close()

    def body(self) -> Any:
        """The JSON of a refusal."""
        length = int(self.headers["content-length"])
        while len(self._raw) < length:
            self._raw += self.socket.recv(65536)
        return json.loads(self._raw[:length])

    def _head(self) -> tuple[int, dict[str, str]]:
        while b"\r\n\r\n" not in self._raw:
            self._raw += self.socket.recv(65536)
        head, _blank, self._raw = self._raw.partition(b"\r\n\r\n")
        first, *rest = head.decode().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in rest)}
        if headers.get("transfer-encoding") == "chunked":
            self._take()
        return int(first.split(" ")[1]), headers

    def _read(self, within: float) -> None:
        self.socket.settimeout(within)
        with contextlib.suppress(TimeoutError):
            received = self.socket.recv(65536)
            self.ended = self.ended or not received
            self._raw += received
            self._take()

    def _take(self) -> None:
        """Undo the chunks."""
        while True:
            size, found, rest = self._raw.partition(b"\r\n")
            if not found or len(rest) < int(size, 16) + 2:
                return
            length = int(size, 16)
            if length == 0:
                self.ended = True
            self.comments += rest[:length].startswith(b":")
            self._events += self._parser.feed(rest[:length])
            self._raw = rest[length + 2 :]
