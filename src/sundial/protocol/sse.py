"""Server-sent events: an encoder, and a parser that takes bytes as they come.

Follows the WHATWG HTML standard, section "Server-sent events"; `retry` is passed over, for the pace is the agent's own.
"""

from dataclasses import dataclass

LIMIT = 1 << 20


class StreamTooLong(ValueError):
    """An event or a line has grown past what any true server sends."""


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event as it was dispatched; `id` is the last one seen on the stream."""

    event: str
    data: str
    id: str = ""


def encode(event: str, data: bytes, id: str = "") -> bytes:  # noqa: A002 - the field is called so
    """One event; `data` is one line of JSON."""
    if b"\n" in data or b"\r" in data or "\n" in event + id or "\r" in event + id:
        raise ValueError("event, id and data must each be one line")
    head = f"id: {id}\nevent: {event}\n" if id else f"event: {event}\n"
    return head.encode() + b"data: " + data + b"\n\n"


def comment(text: str = "") -> bytes:
    """A line that only says that the stream lives."""
    return f": {text}\n\n".encode()


class Parser:
    """Bytes in, events out; keeps what is unfinished until the rest comes."""

    def __init__(self) -> None:
        self._buffer = b""
        self._first = True
        self._skip_newline = False
        self._event = ""
        self._data: list[str] = []
        self._size = 0
        self._last_id = ""

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        """The events that this chunk completes."""
        found = [self._take(line) for line in self._lines(chunk)]
        return [event for event in found if event is not None]

    def _lines(self, chunk: bytes) -> list[bytes]:
        if self._skip_newline and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._skip_newline = False
        self._buffer += chunk
        if self._buffer.endswith(b"\r"):
            self._skip_newline = True  # a line feed that follows belongs to this line end
        *lines, self._buffer = self._buffer.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        if len(self._buffer) > LIMIT:
            raise StreamTooLong("a line without an end")
        if lines and self._first:
            self._first = False
            lines[0] = lines[0].removeprefix(b"\xef\xbb\xbf")
        return lines

    def _take(self, line: bytes) -> ServerEvent | None:
        if not line:
            return self._dispatch()
        name, _colon, value = line.decode("utf-8", "replace").partition(":")
        self._field(name, value.removeprefix(" "))
        return None

    def _field(self, name: str, value: str) -> None:
        match name:
            case "event":
                self._event = value
            case "data":
                self._data.append(value)
                self._size += len(value)
                if self._size > LIMIT:
                    raise StreamTooLong("an event without an end")
            case "id" if "\0" not in value:
                self._last_id = value

    def _dispatch(self) -> ServerEvent | None:
        event, data = self._event or "message", self._data
        self._event, self._data, self._size = "", [], 0
        return ServerEvent(event, "\n".join(data), self._last_id) if data else None
