"""Every door of the server that an agent goes through, one method each; answers are checked messages or a LinkError."""

import gzip
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from sundial.agent.core.clock import Clock
from sundial.agent.link.errors import LinkError, Refused, Revoked, Suspended, Trouble, Unknown
from sundial.protocol import codec
from sundial.protocol.backoff import Uniform, retry_after
from sundial.protocol.etags import bare, quoted
from sundial.protocol.events import Batch, BatchAnswer, ScreenshotMeta
from sundial.protocol.messages import (
    Acknowledgement,
    EnrolAnswer,
    EnrolRequest,
    ErrorAnswer,
    NoticesAnswer,
    PolicyDocument,
    StatusAnswer,
    StatusReport,
    TaskItem,
    TasksAnswer,
    TaskStatus,
    TaskUpdate,
)
from sundial.protocol.sse import Parser, ServerEvent, StreamTooLong

T = TypeVar("T")

STREAM = "text/event-stream"
ANSWER_WITHIN_S = 30.0
LONGEST_ANSWER = 4 << 20  # bytes; the largest true one has a few ten thousand
OF_THE_WAY = frozenset({"content-encoding", "content-length", "transfer-encoding"})
LIMITS = httpx.Limits(max_connections=4, max_keepalive_connections=2, keepalive_expiry=60.0)
TIMEOUT = httpx.Timeout(ANSWER_WITHIN_S, connect=10.0)
# The loop that reads a stream keeps the time itself: silence is counted across everything that comes.
STREAM_TIMEOUT = httpx.Timeout(ANSWER_WITHIN_S, connect=10.0, read=None)


def open_transport(trust: ssl.SSLContext) -> httpx.AsyncHTTPTransport:
    """Real sockets; `trust` costs milliseconds to make, so many agents in one process share one."""
    return httpx.AsyncHTTPTransport(limits=LIMITS, verify=trust)


def open_client(server: str, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """A client for one server: a connection for the stream, one for the rest, two to spare.

    Without a transport it goes the ways that the machine's environment names: proxies, certificates.
    """
    if transport is None:
        return httpx.AsyncClient(base_url=server, limits=LIMITS, timeout=TIMEOUT)
    return httpx.AsyncClient(base_url=server, transport=transport, timeout=TIMEOUT, trust_env=False)


@dataclass(frozen=True, slots=True)
class Polled:
    """What a poll brought: a policy, or None if it is the one that is known; and the pace that the server asks for."""

    document: PolicyDocument | None
    asked_s: int


@dataclass(frozen=True, slots=True)
class Listed:
    """The person's open tasks, and the name of this very list."""

    tasks: tuple[TaskItem, ...]
    etag: str


async def enrol(client: httpx.AsyncClient, request: EnrolRequest) -> EnrolAnswer:
    """Turn a code into a token; Refused if the code is wrong, used or too old."""
    with _trouble():
        response = await client.post("/agent/v1/enrol", content=codec.encode(request), headers=_JSON)
    if response.status_code != 201:
        raise _refusal(response)
    return _decoded(EnrolAnswer, response)


_JSON = {"Content-Type": "application/json"}


class Doors:
    """The doors of one server for one device."""

    def __init__(self, client: httpx.AsyncClient, token: str, clock: Clock, uniform: Uniform) -> None:
        self._client = client
        self._auth = {"Authorization": f"Bearer {token}"}
        self._clock = clock
        self._uniform = uniform

    async def policy(self, known: list[str]) -> Polled:
        """The policy, read once."""
        response = await self._ask("GET", "/agent/v1/policy", headers=_known(known))
        document = None if response.status_code == 304 else _decoded(PolicyDocument, response)
        asked = response.headers.get("X-Poll-Interval", "")
        return Polled(document, int(asked[:6]) if asked.isascii() and asked.isdigit() else 0)

    @asynccontextmanager
    async def watch(self, known: list[str]) -> AsyncGenerator[AsyncIterator[list[ServerEvent]]]:
        """The policy, watched: each step is what one piece from the wire completed, nothing for a comment."""
        headers = {**self._auth, **_known(known), "Accept": STREAM}
        request = self._client.build_request("GET", "/agent/v1/policy", headers=headers, timeout=STREAM_TIMEOUT)
        with _trouble():
            response = await self._client.send(request, stream=True)
        try:
            if not response.headers.get("Content-Type", "").startswith(STREAM) or response.status_code != 200:
                with _trouble():
                    await response.aread()
                raise self._refusal(response)
            async with aclosing(_events(response)) as events:
                yield events
        finally:
            await response.aclose()

    async def report(self, report: StatusReport) -> StatusAnswer:
        """The status report."""
        return _decoded(StatusAnswer, await self._ask("POST", "/agent/v1/status", body=codec.encode(report)))

    async def acknowledge(self, word: Acknowledgement) -> None:
        """The person's word; it is with the server when this returns."""
        await self._ask("POST", "/agent/v1/acknowledgements", body=codec.encode(word))

    async def notices(self, after: int) -> NoticesAnswer:
        """What was to be told since then."""
        return _decoded(NoticesAnswer, await self._ask("GET", f"/agent/v1/notices?after={after}"))

    async def tasks(self, known: str) -> Listed | None:
        """The person's open tasks; None if they are those that are known by that etag."""
        response = await self._ask("GET", "/agent/v1/tasks", headers=_known([known] if known else []))
        if response.status_code == 304:
            return None
        return Listed(tuple(_decoded(TasksAnswer, response).tasks), bare(response.headers.get("ETag", "")))

    async def move_task(self, task_id: int, status: TaskStatus) -> None:
        """Where a task stands now, by the person's word."""
        await self._ask("POST", f"/agent/v1/tasks/{task_id}", body=codec.encode(TaskUpdate(status)))

    async def batch(self, batch: Batch) -> BatchAnswer:
        """Facts, and what became of each; those named as accepted or duplicate are committed."""
        body = gzip.compress(codec.encode(batch), mtime=0)
        answer = await self._ask("POST", "/agent/v1/batches", body=body, headers={"Content-Encoding": "gzip"})
        return _decoded(BatchAnswer, answer)

    async def picture(self, meta: ScreenshotMeta, image: bytes) -> None:
        """A screenshot; it is with the server when this returns."""
        parts = {
            "meta": ("meta.json", codec.encode(meta), "application/json"),
            "image": ("image", image, _image_type(image)),
        }
        request = self._client.build_request("POST", "/agent/v1/screenshots", files=parts, headers=self._auth)
        response = await self._exchange(request)
        if response.status_code not in (200, 201):
            raise self._refusal(response)
        if _decoded(dict[str, Any], response).get("eid") != meta.eid:
            raise Trouble("the answer is not about this screenshot", status=response.status_code)

    async def _ask(
        self, method: str, path: str, *, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        sent = {**self._auth, **(headers or {}), **(_JSON if body is not None else {})}
        response = await self._exchange(self._client.build_request(method, path, content=body, headers=sent))
        if response.status_code in (200, 201) or (response.status_code == 304 and headers):
            return response
        raise self._refusal(response)

    async def _exchange(self, request: httpx.Request) -> httpx.Response:
        with _trouble():
            response = await self._client.send(request, stream=True)
            try:
                content = await _whole(response)
            finally:
                await response.aclose()
        kept = {name: value for name, value in response.headers.items() if name not in OF_THE_WAY}
        return httpx.Response(response.status_code, headers=kept, content=content, extensions=response.extensions)

    def _refusal(self, response: httpx.Response) -> LinkError:
        return _refusal(response, retry_after(response.headers.get("Retry-After"), self._clock.now(), self._uniform))


def _image_type(image: bytes) -> str:
    return "image/webp" if image[8:12] == b"WEBP" else "image/jpeg"


def _known(etags: list[str]) -> dict[str, str]:
    return {"If-None-Match": ", ".join(quoted(etag) for etag in etags)} if etags else {}


async def _whole(response: httpx.Response) -> bytes:
    """What was answered; a captive portal may well send for ever."""
    content = bytearray()
    async for piece in response.aiter_bytes():
        content += piece
        if len(content) > LONGEST_ANSWER:
            raise Trouble("the answer has no end")
    return bytes(content)


async def _events(response: httpx.Response) -> AsyncGenerator[list[ServerEvent]]:
    parser = Parser()
    with _trouble():
        async for chunk in response.aiter_bytes():
            yield parser.feed(chunk)


@contextmanager
def _trouble() -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, httpx.StreamError, StreamTooLong, OSError) as error:
        raise Trouble(str(error) or type(error).__name__) from error


def _decoded(kind: type[T], response: httpx.Response) -> T:
    try:
        return codec.decode(kind, response.content)
    except codec.Malformed as error:
        # A captive portal answers 200 with a page of its own.
        raise Trouble(f"the answer is not from a Sundial server: {error}") from error


def _refusal(response: httpx.Response, wait_s: float | None = None) -> LinkError:
    status, (code, message) = response.status_code, _error_in(response)
    if status == 401:
        return Unknown(message)
    if status == 403 and code == "revoked":
        return Revoked(message)
    if status == 403 and code == "suspended":
        return Suspended(message)
    if status in (400, 404, 405, 409, 410, 413, 415, 422):
        return Refused(f"{status} {message}", status=status, code=code)
    return Trouble(f"{status} {message}", wait_s, status=status, code=code)


def _error_in(response: httpx.Response) -> tuple[str, str]:
    try:
        error = codec.decode(ErrorAnswer, response.content).error
    except codec.Malformed:
        return "", response.reason_phrase or "no reason given"
    return error.code, error.message
