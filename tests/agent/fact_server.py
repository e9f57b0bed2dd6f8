"""A small true server of the doors that take facts, over real sockets or as an application, which fails as it is told.

It stores as the platform does: an event or picture once, whatever is sent again; and it remembers what it was sent,
so that a test can say that nothing came twice as another, nothing is missing, and no batch changed under its name.
"""

import asyncio
import gzip
import re
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from sundial.protocol import codec
from sundial.protocol.events import Batch, BatchAnswer, Rejected, ScreenshotMeta
from sundial.protocol.messages import ErrorAnswer, ErrorBody
from tests.agent.wire import Message

BATCHES, PICTURES = "/agent/v1/batches", "/agent/v1/screenshots"
Answer = tuple[int, dict[str, str], bytes]
HTML = b"<html>Please sign in to the hotel's network</html>"
# What happens on the wire in place of an answer; "raw" sends the bytes of the answer as they are.
How = Literal["answer", "reset", "close", "half", "hold", "raw"]


@dataclass(frozen=True)
class Fault:
    """What becomes of one request: whether it is stored all the same, and what the sender sees."""

    how: How = "answer"
    answer: Answer = (500, {}, b"")
    stores: bool = False


def refusal(status: int, code: str, **headers: str) -> Fault:
    """In the protocol's own words."""
    return Fault("answer", (status, headers, codec.encode(ErrorAnswer(ErrorBody(code, f"refused: {code}")))))


def page(status: int = 200, **headers: str) -> Fault:
    """What a captive portal or a proxy says."""
    return Fault("answer", (status, {"content-type": "text/html", **headers}, HTML))


@dataclass
class FactServer:
    """`faults` befall the next requests, in order; `poison` are events that the server never takes."""

    faults: list[Fault] = field(default_factory=list)
    poison: Callable[[str], Answer | Rejected | None] = lambda _eid: None
    events: dict[str, bytes] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)
    batches: dict[str, tuple[int, list[str]]] = field(default_factory=dict)  # by uuid, as it came first
    stored_seqs: set[int] = field(default_factory=set)
    changed: list[str] = field(default_factory=list)  # whatever came again as another
    asked: list[tuple[float, str, int]] = field(default_factory=list)  # when, which door, how many events
    largest: int = 0

    def times(self, path: str = BATCHES) -> list[float]:
        return [at for at, where, _many in self.asked if where == path]

    def sizes(self) -> list[int]:
        return [many for _at, where, many in self.asked if where == BATCHES]

    # What it does with a request ------------------------------------------------------------------

    def handle(self, path: str, headers: dict[str, str], body: bytes) -> Fault:
        """What goes back; the answer to what is well is a fault like any other."""
        self.largest = max(self.largest, len(body))
        store = self._batch if path == BATCHES else self._picture
        many = self._look(path, headers, body)
        self.asked.append((asyncio.get_running_loop().time(), path, many))
        if not self.faults:
            return Fault("answer", store(headers, body))
        fault = self.faults.pop(0)
        if not fault.stores:
            return fault
        answer = store(headers, body)
        return Fault(fault.how, fault.answer if fault.how in ("answer", "raw") else answer)

    def _look(self, path: str, headers: dict[str, str], body: bytes) -> int:
        if path != BATCHES:
            return 0
        batch = _batch(headers, body)
        named = [event.eid for event in batch.events]
        if self.batches.setdefault(batch.batch, (batch.seq, named)) != (batch.seq, named):
            self.changed.append(batch.batch)
        return len(named)

    def _batch(self, headers: dict[str, str], body: bytes) -> Answer:
        batch = _batch(headers, body)
        answer = BatchAnswer([], [], [])
        for event in batch.events:
            match self.poison(event.eid):
                case Rejected() as rejected:
                    answer.rejected.append(rejected)
                    continue
                case tuple() as whole:
                    return whole
            (answer.duplicate if event.eid in self.events else answer.accepted).append(event.eid)
        for event in batch.events:
            if event.eid in {*answer.accepted, *answer.duplicate}:
                self._once(self.events, event.eid, codec.encode(event))
        self.stored_seqs.add(batch.seq)
        return 200, {}, codec.encode(answer)

    def _picture(self, headers: dict[str, str], body: bytes) -> Answer:
        meta, image = parts(headers["content-type"], body)
        eid = codec.decode(ScreenshotMeta, meta).eid
        self._once(self.pictures, eid, image)
        return 201, {}, codec.encode({"id": len(self.pictures), "eid": eid})

    def _once(self, kept: dict[str, bytes], eid: str, content: bytes) -> None:
        if kept.setdefault(eid, content) != content:
            self.changed.append(eid)

    # As an application ----------------------------------------------------------------------------

    async def __call__(self, scope: Message, receive: Callable[[], Any], send: Callable[[Message], Any]) -> None:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        fault = self.handle(scope["path"], headers, (await receive())["body"])
        if fault.how == "hold":
            while (await receive())["type"] != "http.disconnect":
                pass
        status, extra, body = fault.answer
        named = [(name.encode(), value.encode()) for name, value in extra.items()]
        await send({"type": "http.response.start", "status": status, "headers": named})
        await send({"type": "http.response.body", "body": body})

    # Over sockets ---------------------------------------------------------------------------------

    @asynccontextmanager
    async def listening(self, port: int = 0) -> AsyncIterator[str]:
        """The base address."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", port, limit=1 << 24)
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await _request(reader)) is not None:
                if not await self._answer(self.handle(*request), reader, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the sender left, or was killed
        finally:
            writer.close()

    async def _answer(self, fault: Fault, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection may go on."""
        data = fault.answer[2] if fault.how == "raw" else _response(fault.answer)
        match fault.how:
            case "hold":
                await reader.read()
            case "reset":
                linger = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            case "half":
                writer.write(data[: len(data) // 2])
            case "answer" | "raw":
                writer.write(data)
                await writer.drain()
                return fault.how == "answer"
        return False


async def _request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes] | None:
    head = await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b""
    if not head:
        return None
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return first.split(" ")[1], headers, body


def _response(answer: Answer) -> bytes:
    status, headers, body = answer
    length = {} if status in (204, 304) or status < 200 else {"content-length": str(len(body))}
    lines = [f"HTTP/1.1 {status} So", *(f"{name}: {value}" for name, value in {**length, **headers}.items())]
    return "\r\n".join([*lines, "", ""]).encode() + (body if length else b"")


def _batch(headers: dict[str, str], body: bytes) -> Batch:
    assert headers["content-encoding"] == "gzip"
    assert headers["authorization"] == "Bearer sdd_a_token"
    return codec.decode(Batch, gzip.decompress(body))


def parts(content_type: str, body: bytes) -> tuple[bytes, bytes]:
    """The two parts of a multipart body, `meta` and `image`."""
    boundary = content_type.partition("boundary=")[2].encode()
    found: dict[str, bytes] = {}
    for piece in body.split(b"--" + boundary)[1:-1]:
        head, _, content = piece.partition(b"\r\n\r\n")
        name = re.search(rb'name="(\w+)"', head)
        assert name is not None
        found[name[1].decode()] = content.removesuffix(b"\r\n")
    return found["meta"], found["image"]
