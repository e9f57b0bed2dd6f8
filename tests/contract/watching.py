"""A watched policy as bytes on a socket, read by hand."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.contract.house import Device

PATIENCE = 10.0  # seconds until something that should come is missed


@dataclass
class Event:
    """One server-sent event; a comment has no name."""

    name: str
    data: Any = None
    id: str = ""


@dataclass
class Watched:
    """An open stream."""

    line: socket.socket
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    _buffer: bytes = b""
    _chunks: bytes = b""

    def open(self) -> None:
        """Read the head of the answer."""
        head = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        self.status = int(head[0].split()[1])
        pairs = (row.partition(":") for row in head[1:] if row)
        self.headers = {name.strip().lower(): value.strip() for name, _colon, value in pairs}

    def body(self) -> bytes:
        """The body of an answer that is no stream."""
        length = int(self.headers["content-length"])
        while len(self._buffer) < length:
            self._more()
        return self._buffer[:length]

    def block(self) -> Event:
        """The next event or comment."""
        while b"\n\n" not in self._chunks:
            self._chunk()
        text, _end, self._chunks = self._chunks.partition(b"\n\n")
        return _event(text.decode())

    def event(self, name: str = "") -> Event:
        """The next event, comments passed over; by name, the next of that name."""
        while True:
            event = self.block()
            if event.name and name in {"", event.name}:
                return event

    def ends(self) -> bool:
        """Whether nothing but the end follows."""
        try:
            event = self.block()
        except ConnectionError:
            return True
        raise AssertionError(f"more followed: {event}")

    def _chunk(self) -> None:
        if self.headers.get("transfer-encoding") != "chunked":
            self._more()
            self._chunks, self._buffer = self._chunks + self._buffer, b""
            return
        size = int(self._until(b"\r\n"), 16)
        if size == 0:
            raise ConnectionError("the stream ended")
        while len(self._buffer) < size + 2:
            self._more()
        self._chunks += self._buffer[:size]
        self._buffer = self._buffer[size + 2 :]

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._buffer:
            self._more()
        found, _mark, self._buffer = self._buffer.partition(mark)
        return found

    def _more(self) -> None:
        got = self.line.recv(65536)
        if not got:
            raise ConnectionError("the stream ended")
        self._buffer += got


def _event(text: str) -> Event:
    fields: dict[str, str] = {}
    for row in text.split("\n"):
        name, _colon, value = row.partition(":")
        if name:
            assert name not in fields, f"one line each: {text}"
            fields[name] = value.removeprefix(" ")
    if "event" not in fields:
        return Event("")
    return Event(fields["event"], json.loads(fields["data"]), fields.get("id", ""))


@contextmanager
def watch(device: Device, **headers: str) -> Iterator[Watched]:
    """Open the device's policy as a stream."""
    place = urlsplit(device.base_url)
    sent = {"Host": place.netloc, "Accept": "text/event-stream", **device.headers}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    with socket.create_connection((place.hostname or "", place.port or 0), PATIENCE) as line:
        rows = ["GET /agent/v1/policy HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items()), "", ""]
        line.sendall("\r\n".join(rows).encode("latin-1"))
        watched = Watched(line)
        watched.open()
        yield watched
