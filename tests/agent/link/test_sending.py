"""Kept until acknowledged whatever the answer: every status, every exception, every way a connection can end."""

import asyncio
import builtins
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import h11
import httpcore
import httpx
import pytest

from sundial.agent.link.doors import open_client
from sundial.protocol import codec
from sundial.protocol.events import BatchAnswer, Rejected
from sundial.protocol.messages import Lost
from tests.agent.fact_server import BATCHES, HTML, PICTURES, Answer, Fault, page, refusal
from tests.agent.link.senders import Post, at_once
from tests.agent.outbox.facts import BEGIN, apps, eid, meta, picture
from tests.agent.small_server import TOKEN

EVENTS = 8
PATIENT = httpx.Timeout(0.5)  # a test does not wait half a minute for silence


@pytest.fixture
def post(tmp_path: Path) -> Post:
    found = Post(tmp_path, uniform=at_once)
    found.outbox.put(apps(range(EVENTS)), BEGIN)
    return found


@asynccontextmanager
async def working(post: Post) -> AsyncIterator[str]:
    async with (
        post.server.listening() as address,
        httpx.AsyncClient(base_url=address, timeout=PATIENT, trust_env=False) as client,
        post.working(client),
    ):
        yield address


async def delivered(post: Post) -> None:
    """Everything arrives, once, unchanged, and nothing is counted as lost."""
    async with working(post):
        await post.emptied()
    assert sorted(post.server.events) == [eid(number) for number in range(EVENTS)]
    assert post.server.changed == []
    assert post.server.faults == []
    assert post.outbox.queue().lost == []


# Statuses

OTHERS = [201, 202, 203, 204, 205, 206, 226, 300, 301, 302, 303, 304, 305, 307, 308]
CLIENT = [400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423]
CLIENT += [424, 425, 426, 428, 429, 431, 440, 444, 451, 460, 494, 495, 499]
SERVER = [500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511, 520, 521, 522, 524, 526, 530, 599]


@pytest.mark.parametrize("status", [200, *OTHERS, *CLIENT, *SERVER])
async def test_whatever_status_is_answered_everything_arrives_once(post: Post, status: int) -> None:
    headers = {"location": "/elsewhere"} if 300 <= status < 400 else {}
    nothing = Fault("answer", (status, headers, b""))
    protocols_own = refusal(status, "strange_code", **headers)
    post.server.faults = [page(status, **headers), nothing, protocols_own] * 2
    await delivered(post)


@pytest.mark.parametrize("status", [200, 302, 400, 404, 413, 422, 429, 500, 502, 503, 504])
async def test_what_was_stored_though_the_answer_says_otherwise_is_not_stored_twice(post: Post, status: int) -> None:
    post.server.faults = [Fault("answer", (status, {"content-type": "text/html"}, HTML), stores=True)] * 3
    await delivered(post)
    assert len(post.server.batches) == 1, "the same batch came again under the same name"


@pytest.mark.parametrize("after", ["soon", "", "-1", "1e9", "9" * 5000, "Wed, 21 Oct 2015 07:28:00 GMT", "0"])
async def test_whatever_retry_after_says_it_comes_back(post: Post, after: str) -> None:
    post.server.faults = [refusal(503, "busy", **{"retry-after": after})] * 2
    await delivered(post)


# Bodies

NOT_AN_ANSWER = [
    b"", b"null", b"[]", b"{}", b'"ok"', b"200", b"\xff\xfe\x00", b"\0" * 100, b"{" * 100_000, b"[" * 100_000,
    b'{"accepted": []}', b'{"accepted": null, "duplicate": [], "rejected": []}',
    b'{"accepted": [1], "duplicate": [], "rejected": []}', b'{"accepted": [], "duplicate": [], "rejected": [{}]}',
    b'{"accepted": [], "duplicate": [], "rejected": []} and more', b'{"status": true}',
    HTML,
]  # fmt: skip


@pytest.mark.parametrize("body", NOT_AN_ANSWER, ids=lambda body: repr(body[:40]))
async def test_a_200_that_is_no_answer_settles_nothing(post: Post, body: bytes) -> None:
    post.server.faults = [Fault("answer", (200, {"content-type": "application/json"}, body))] * 2
    await delivered(post)


def answer(accepted: list[str], rejected: list[Rejected]) -> Fault:
    return Fault("answer", (200, {}, codec.encode(BatchAnswer(accepted, [], rejected))))


async def test_an_answer_about_foreign_events_settles_nothing(post: Post) -> None:
    foreign = [eid(1000), "nonsense", "", "\0"]
    post.server.faults = [answer(foreign, [Rejected(eid(1001), "malformed", "")])] * 2
    await delivered(post)


async def test_events_that_an_answer_does_not_name_are_sent_again(post: Post) -> None:
    post.server.faults = [answer([eid(0), *(eid(number) for number in range(3, EVENTS))], [])]
    async with working(post):
        await post.emptied()
    assert [*post.server.events] == [eid(1), eid(2)], "the others are said to be there already"
    assert f"The answer does not name 2 of {EVENTS} events; kept" in post.host.said


# Connections

RAW = {
    "garbage": b"\x16\x03\x01\x02\x00 hello",
    "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n",
    "an old answer": b"HTTP/0.9 200\r\n\r\n",
    "a short body": b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{}",
    "a wrong length": b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n{}",
    "two lengths": b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}",
    "a broken chunk": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}",
    "a chunk too few": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n",
    "broken gzip": b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}",
    "endless headers": b"HTTP/1.1 200 OK\r\n" + b"x: " + b"y" * 1_000_000,
    "a header of nonsense": b"HTTP/1.1 200 OK\r\n\xff\xfe: \0\r\n\r\n",
    "a strange charset": b"HTTP/1.1 500 No\r\ncontent-type: text/html; charset=k\r\ncontent-length: 3\r\n\r\n\xff\xfe!",
    "another protocol wanted": b"HTTP/1.1 101 Switching\r\nupgrade: h9\r\n\r\n",
}


@pytest.mark.parametrize("stores", [False, True], ids=["before it was stored", "after it was stored"])
@pytest.mark.parametrize("how", ["reset", "close", "half", "hold"])
async def test_a_connection_that_ends_or_falls_silent_loses_nothing(post: Post, how: str, stores: bool) -> None:
    post.server.faults = [Fault(how, (200, {}, b"{}"), stores)] * 2
    await delivered(post)
    assert len(post.server.batches) == 1


async def test_an_answer_without_end_is_not_read_to_its_end(post: Post) -> None:
    endless = b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n" + b" " * (6 << 20)
    post.server.faults = [Fault("raw", (0, {}, endless))] * 2
    await delivered(post)
    assert all("the answer has no end" in line for line in post.host.said)
    assert len(post.host.said) == 2


@pytest.mark.parametrize("name", RAW)
async def test_bytes_that_are_no_answer_lose_nothing(post: Post, name: str) -> None:
    post.server.faults = [Fault("raw", (0, {}, RAW[name]))] * 2
    await delivered(post)


async def test_a_server_that_is_not_there_yet_gets_everything_when_it_is(post: Post) -> None:
    async with post.server.listening() as address:
        pass
    post.uniform = lambda _low, high: min(high, 0.05)
    async with httpx.AsyncClient(base_url=address, timeout=PATIENT, trust_env=False) as client, post.working(client):
        await post.host.news.until(lambda: any("Events not sent" in line for line in post.host.said))
        assert post.outbox.queue().waiting == EVENTS
        async with post.server.listening(int(address.rpartition(":")[2])):
            await post.emptied()


@pytest.mark.parametrize("server", ["http://no-such-host.invalid", "http://[::1]:1", "http://127.0.0.1:1"])
async def test_a_name_or_port_that_leads_nowhere_loses_nothing(post: Post, server: str) -> None:
    await kept(post, server)


async def kept(post: Post, server: str) -> None:
    """Several tries fail; everything is still there and the loop lives."""
    post.uniform = lambda _low, high: min(high, 0.01)
    async with httpx.AsyncClient(base_url=server, timeout=PATIENT, trust_env=False) as client, post.working(client):
        await post.host.news.until(lambda: sum("Events not sent" in line for line in post.host.said) >= 3)
        assert not post.running.done()
    assert post.outbox.queue().waiting == EVENTS
    assert post.outbox.queue().lost == []


async def test_a_server_that_speaks_no_tls_is_not_trusted(post: Post) -> None:
    async with post.server.listening() as address:
        await kept(post, address.replace("http", "https"))
    assert post.server.asked == []


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A key, and a certificate that it signed itself."""
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-subj", "/CN=127.0.0.1", "-days", "2", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    return key, certificate


async def test_a_certificate_that_nobody_vouches_for_is_not_trusted(post: Post, certificate: tuple[Path, Path]) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate[1], certificate[0])

    async def never(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        raise AssertionError("nothing may be said before trust")

    server = await asyncio.start_server(never, "127.0.0.1", 0, ssl=context)
    try:
        await kept(post, f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    finally:
        server.close()


# Exceptions


def raised_by(*modules: object) -> list[type[Exception]]:
    found = {one for module in modules for one in vars(module).values() if isinstance(one, type)}
    return sorted((one for one in found if issubclass(one, Exception)), key=lambda one: one.__qualname__)


def made(kind: type[Exception]) -> Exception:
    """One of that kind, however it wants to be made."""
    for arguments in (
        ("it failed",),
        (),
        (1, "it failed"),
        ("utf-8", b"x", 0, 1, "no"),
        ("utf-8", "x", 0, 1, "no"),
        ("x", 0, 1, "no"),
    ):
        try:
            return kind(*arguments)
        except TypeError:
            continue
    raise AssertionError(f"how is a {kind} made?")


# What Python itself ends loops with, and what libraries never raise as such, is no failure of a door.
NO_FAILURE = (StopAsyncIteration, StopIteration, Warning, ExceptionGroup)
NEVER_MADE = (httpx.HTTPStatusError, h11.ProtocolError)
EXCEPTIONS = [
    kind
    for kind in raised_by(httpx, httpcore, h11, anyio, ssl, builtins)
    if not issubclass(kind, NO_FAILURE) and kind not in NEVER_MADE
]


class Failing(httpx.AsyncBaseTransport):
    """Raises this twice on the way to each door, then goes the right way."""

    def __init__(self, error: Exception, then: httpx.AsyncBaseTransport) -> None:
        self.left = {BATCHES: 2, PICTURES: 2}
        self._error = error
        self._then = then

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.left[request.url.path]:
            self.left[request.url.path] -= 1
            raise self._error
        return await self._then.handle_async_request(request)


@pytest.mark.parametrize("kind", EXCEPTIONS, ids=lambda kind: f"{kind.__module__}.{kind.__qualname__}")
async def test_whatever_a_library_raises_nothing_is_lost(post: Post, kind: type[Exception]) -> None:
    post.outbox.put_picture(meta(100), picture(100), BEGIN)
    async with post.server.listening() as address, httpx.AsyncHTTPTransport() as true_way:
        failing = Failing(made(kind), true_way)
        async with open_client(address, failing) as client, post.working(client):
            await post.emptied()
    assert failing.left == {BATCHES: 0, PICTURES: 0}
    assert (len(post.server.events), len(post.server.pictures)) == (EVENTS, 1)
    assert post.outbox.queue().lost == []


# Poison


async def test_a_poison_event_that_the_server_names_is_set_aside_and_said(post: Post) -> None:
    post.server.poison = lambda one: Rejected(one, "conflict", "another payload") if one == eid(3) else None
    async with working(post):
        await post.emptied()
    assert len(post.server.events) == EVENTS - 1
    assert post.outbox.queue().lost == [Lost("rejected:conflict", 1)]
    assert f"The server does not take event {eid(3)}: conflict another payload; set it aside" in post.host.said


@pytest.mark.parametrize(("status", "code"), [(400, "malformed"), (413, "too_large"), (422, "malformed")])
async def test_a_poison_event_that_the_server_cannot_name_is_found_by_halving(
    tmp_path: Path, status: int, code: str
) -> None:
    post = Post(tmp_path, uniform=at_once)
    post.outbox.put(apps(range(1200)), BEGIN)
    whole: Answer = refusal(status, code).answer
    post.server.poison = lambda one: whole if one in (eid(77), eid(1100)) else None
    async with working(post):
        await post.emptied()
    assert len(post.server.events) == 1198
    assert post.server.changed == []
    assert post.outbox.queue().lost == [Lost(f"rejected:{code}", 2)]
    assert {one for one, _code, _message in post.outbox.set_aside()} == {eid(77), eid(1100)}
    assert len(post.server.asked) < 200, "not one by one"


async def test_a_batch_too_large_for_a_proxy_is_sent_by_halves(post: Post) -> None:
    post.server.faults = [refusal(413, "too_large")] * 3
    await delivered(post)


# The doors' own form


async def test_a_picture_goes_as_two_parts_that_come_out_as_they_went_in(tmp_path: Path) -> None:
    post = Post(tmp_path)
    image = picture(1) + b"\r\n--boundary\r\n\0\xff" * 50
    post.outbox.put_picture(meta(1), image, BEGIN)
    async with working(post):
        await post.emptied()
    assert post.server.pictures == {eid(1): image}


async def test_a_batch_is_compressed(post: Post) -> None:
    post.outbox.put(apps(range(EVENTS, 500)), BEGIN)
    async with working(post):
        await post.emptied()
    assert len(post.server.events) == 500
    assert post.server.largest < 20_000


def test_the_token_is_the_one_that_the_server_looks_for() -> None:
    assert TOKEN == "sdd_a_token"
