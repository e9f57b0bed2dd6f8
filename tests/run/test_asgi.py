"""The composed application behind a real uvicorn: which part a request goes to, and how parts start and stop."""

import asyncio
import contextlib
import io
import json
import logging
import threading
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
import structlog

from sundial.bus import MemoryBus
from sundial.gateway.asgi import Headers, Receive, Scope, Send
from sundial.run import answers
from sundial.run.asgi import Parts, Root
from sundial.run.health import Health
from sundial.run.proxies import Proxies
from sundial.run.wsgi_bridge import Bridge
from tests.run.serving import Served, everything, served

ORIGIN = "http://127.0.0.1:8000"


class HotDoors:
    """A gateway with one door; notes its life."""

    def __init__(self) -> None:
        self.life: list[str] = []

    @staticmethod
    def handles(path: str, method: str) -> bool:
        return path == "/agent/v1/policy"

    def short_way(self, path: bytes, headers: Headers) -> bytes | None:
        return None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await answers.plain(send, 200, "hot")

    async def start(self) -> None:
        self.life.append("start")

    def begin_stop(self) -> None:
        self.life.append("begin_stop")

    async def stop(self) -> None:
        self.life.append("stop")


class Listeners:
    """Consoles that note what they hear, and fail on one topic."""

    def __init__(self) -> None:
        self.heard_all: list[str] = []
        self.enough = threading.Event()

    async def asgi_app(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": 1000})

    async def start(self) -> None:
        self.heard_all.append("start")

    async def heard(self, topic: str, body: str) -> None:
        if topic == "bad":
            raise ValueError("on purpose")
        self.heard_all.append(f"{topic} {body}")
        if topic == "last":
            self.enough.set()

    async def gap(self) -> None:
        self.heard_all.append("gap")

    async def stop(self) -> None:
        self.heard_all.append("stop")


def page(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    structlog.get_logger("tests.page").warning("a page was asked for")
    start("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({"path": environ["PATH_INFO"], "address": environ["REMOTE_ADDR"]}).encode()]


class Whole:
    """All parts together."""

    def __init__(self, **changed: Any) -> None:
        self.doors, self.consoles, self.bus = HotDoors(), Listeners(), MemoryBus()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._up = threading.Event()
        made: dict[str, Any] = {
            "health": Health({}, [], None),
            "gateway": self.doors,
            "consoles": self.consoles,
            "pages": Bridge(page, threads=1),
            "bus": self.bus,
            "origins": frozenset({ORIGIN}),
            "started": self._started,
        }
        self.parts = Parts(**(made | changed))

    def _started(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._up.set()

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The server's loop, once everything is started."""
        assert self._up.wait(10)
        assert self._loop is not None
        return self._loop

    def publish(self, topic: str, body: str) -> None:
        """A hint from elsewhere."""
        assert self.parts.bus is not None
        asyncio.run_coroutine_threadsafe(self.parts.bus.publish(topic, body), self.loop).result(10)

    def served(self) -> contextlib.AbstractContextManager[Served]:
        return served(Root(self.parts), lifespan="on", ws="websockets-sansio")


def handshake(server: Served, path: str, origin: str | None) -> bytes:
    said = f"Origin: {origin}\r\n" if origin is not None else ""
    request = (
        f"GET {path} HTTP/1.1\r\nHost: t\r\n{said}Upgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    with server.socket() as connection:
        connection.sendall(request.encode())
        return connection.recv(64)


def test_each_path_goes_to_its_part() -> None:
    with Whole().served() as server:
        assert server.get("/agent/v1/policy")[2] == b"hot"
        assert server.get("/healthz")[2] == b"ok\n"
        assert json.loads(server.get("/anything/")[2])["path"] == "/anything/"


def test_consoles_are_opened_as_websockets_only() -> None:
    with Whole().served() as server:
        assert server.get("/socket.io/?EIO=4&transport=polling")[0] == 403


@pytest.mark.parametrize("origin", [None, "", "null", "http://evil.example", ORIGIN + "0", ORIGIN.upper()])
def test_a_console_without_exactly_our_origin_is_refused(origin: str | None) -> None:
    with Whole().served() as server:
        assert handshake(server, "/socket.io/?EIO=4", origin).startswith(b"HTTP/1.1 403")


def test_a_console_of_our_origin_is_opened() -> None:
    with Whole().served() as server:
        assert handshake(server, "/socket.io/?EIO=4", ORIGIN).startswith(b"HTTP/1.1 101")


def test_no_other_path_takes_websockets() -> None:
    with Whole().served() as server:
        assert handshake(server, "/agent/v1/policy", ORIGIN).startswith(b"HTTP/1.1 403")


def test_a_process_without_pages_or_consoles_says_not_here() -> None:
    with Whole(pages=None, consoles=None).served() as server:
        assert server.get("/login/")[0] == 404
        assert server.get("/agent/v1/enrol")[0] == 404
        assert handshake(server, "/socket.io/?EIO=4", ORIGIN).startswith(b"HTTP/1.1 403")
        assert server.get("/agent/v1/policy")[2] == b"hot"


def test_an_answer_carries_the_id_that_the_log_tells(caplog: pytest.LogCaptureFixture) -> None:
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.stdlib.render_to_log_kwargs],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    try:
        with caplog.at_level(logging.WARNING, "tests.page"), Whole().served() as server:
            _, headers, _ = server.get("/anything/", X_Request_Id="from-a-stranger")
    finally:
        structlog.reset_defaults()
    (record,) = [record for record in caplog.records if record.name == "tests.page"]
    assert record.__dict__["request_id"] == headers["x-request-id"] != "from-a-stranger"


def test_behind_a_named_proxy_the_client_and_the_id_are_those_it_names() -> None:
    with Whole(proxies=Proxies(["127.0.0.1"])).served() as server:
        _, headers, body = server.get("/anything/", X_Request_Id="from-the-proxy", X_Forwarded_For="198.51.100.7")
    assert headers["x-request-id"] == "from-the-proxy"
    assert json.loads(body)["address"] == "198.51.100.7"


def test_consoles_hear_every_hint_in_order_also_after_one_they_could_not_follow() -> None:
    whole = Whole()
    with whole.served():
        for topic, body in (("room", "1"), ("bad", ""), ("room", "2"), ("last", "")):
            whole.publish(topic, body)
        assert whole.consoles.enough.wait(10)
    assert whole.consoles.heard_all == ["start", "room 1", "room 2", "last ", "stop"]


class Gappy(MemoryBus):
    """A bus that misses something at once."""

    def listen(self, heard: Any, gap: Any) -> AbstractAsyncContextManager[None]:
        @contextlib.asynccontextmanager
        async def listening() -> AsyncIterator[None]:
            async with MemoryBus.listen(self, heard, gap):
                gap()
                yield

        return listening()


def test_consoles_are_told_of_gaps() -> None:
    whole = Whole(bus=Gappy())
    with whole.served():
        whole.publish("last", "")
        assert whole.consoles.enough.wait(10)
    assert whole.consoles.heard_all[:2] == ["start", "gap"]


class Long(io.BytesIO):
    """A file without end, which is closed to its reader once it is asked."""

    def __init__(self, asked: threading.Event) -> None:
        super().__init__()
        self._asked = asked

    def read(self, size: int | None = -1, /) -> bytes:
        return b"x" * (size or 0)

    def still_open(self) -> bool:
        self._asked.set()
        return False


@pytest.mark.parametrize("topic", ["room", "person", "company", "vault"])
def test_a_file_that_is_being_sent_is_asked_as_soon_as_a_hint_says_that_something_changed(topic: str) -> None:
    asked = threading.Event()

    def sends(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        start("200 OK", [("Content-Type", "application/octet-stream")])
        wrapped: Iterable[bytes] = environ["wsgi.file_wrapper"](Long(asked))
        return wrapped

    whole = Whole(pages=Bridge(sends, threads=1, asked_every=3600))
    with whole.served() as server, server.socket() as connection:
        connection.sendall(b"GET /file HTTP/1.1\r\nHost: t\r\n\r\n")
        assert connection.recv(1000)
        whole.publish("status", "5")
        assert not asked.is_set()
        whole.publish(topic, "5")
        assert asked.wait(30)
        everything(connection)


def test_streams_are_ended_before_the_rest_is_stopped() -> None:
    whole = Whole()
    with whole.served():
        pass
    assert whole.doors.life == ["start", "begin_stop", "stop"]


def test_a_stopping_process_takes_no_more_pages_and_no_more_consoles() -> None:
    whole = Whole()
    root = Root(whole.parts)
    with served(root, lifespan="on", ws="websockets-sansio") as server:
        whole.loop.call_soon_threadsafe(root.begin_stop)
        whole.loop.call_soon_threadsafe(root.begin_stop)
        assert handshake(server, "/socket.io/?EIO=4", ORIGIN).startswith(b"HTTP/1.1 403")
        assert server.get("/anything/")[0] == 503
        assert server.get("/healthz")[0] == 200
    assert whole.doors.life == ["start", "begin_stop", "stop"]


def test_a_refusal_is_in_the_form_of_its_door() -> None:
    with Whole().served() as server:
        answer = server.ask(b"POST /api/v1/users HTTP/1.1\r\nHost: t\r\nContent-Length: 2000000\r\n\r\n")
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["code"] == "too_large"
        with server.socket() as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
            assert everything(connection).endswith(b"ok\n")
