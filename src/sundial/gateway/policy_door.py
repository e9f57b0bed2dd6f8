"""`GET /agent/v1/policy`: read once, or watched."""

from collections.abc import Awaitable
from typing import Final

from sundial.gateway.asgi import Message, Receive, Scope, Send
from sundial.gateway.connections import Pipe
from sundial.gateway.devices import Device, Devices
from sundial.gateway.heads import Head
from sundial.gateway.metrics import Metrics
from sundial.gateway.presence import Presence
from sundial.gateway.streams import COMMENT, Stream, Streams
from sundial.gateway.wire import (
    GET_ONLY,
    REVOKED,
    STOPPING,
    SUSPENDED,
    TOO_MANY_STREAMS,
    UNAVAILABLE,
    UNKNOWN_TOKEN,
    Answer,
)

Fields = dict[bytes, bytes]

STREAM: Final = b"text/event-stream"

OPENING: Final[Message] = {
    "type": "http.response.start",
    "status": 200,
    "headers": [
        (b"content-type", STREAM),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"connection", b"close"),
    ],
}


class PolicyDoor:
    """The hottest door: an unchanged poll touches nothing but three dictionaries."""

    def __init__(self, devices: Devices, streams: Streams, presence: Presence, metrics: Metrics) -> None:
        self._devices = devices
        self._streams = streams
        self._presence = presence
        self._metrics = metrics
        self.stopping = False

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer, or keep the stream until it ends.

        Not a coroutine itself, and nor is what decides: each level would be held by each of ten thousand streams.
        """
        headers = dict(scope["headers"])
        device = self._devices.cached(headers.get(b"authorization"))
        if device is None:
            return self._look_up(headers, scope, receive, send)
        return self._answer(device, headers, scope, receive, send)

    def short_way(self, headers: Fields) -> bytes | None:
        """The head of the answer to an unchanged poll, if it is one and nothing needs to be asked."""
        device = self._devices.cached(headers.get(b"authorization"))
        known = headers.get(b"if-none-match")
        if device is None or known is None or device.revoked or STREAM in headers.get(b"accept", b""):
            return None
        head = device.company.head
        if head is None or known != head.quoted or device.company.suspended:
            return None
        self._poll(device, head, known)
        return head.unchanged_head

    async def _look_up(self, headers: Fields, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            device = await self._devices.find(headers.get(b"authorization"))
        except OSError:
            self._metrics.unavailable += 1
            return await UNAVAILABLE(send)
        if device is None:
            self._metrics.refused += 1
            return await UNKNOWN_TOKEN(send)
        return await self._answer(device, headers, scope, receive, send)

    def _answer(self, device: Device, headers: Fields, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        company = device.company
        if device.revoked or company.suspended:
            self._metrics.refused += 1
            return REVOKED(send) if device.revoked else SUSPENDED(send)
        if company.head is None:
            self._metrics.unavailable += 1
            return UNAVAILABLE(send)
        if scope["method"] not in ("GET", "HEAD"):
            return GET_ONLY(send)
        if scope["method"] == "GET" and STREAM in headers.get(b"accept", b""):
            scope["headers"].clear()  # a stream needs them no more, and each of ten thousand would keep a kilobyte
            return self._watch(device, headers, receive, send)
        return self._poll(device, company.head, headers.get(b"if-none-match"))(send)

    def _poll(self, device: Device, head: Head, known: bytes | None) -> Answer:
        self._metrics.polls += 1
        self._presence.polled(device)
        if known is not None and head.is_known_as(known):
            self._metrics.polls_unchanged += 1
            return head.unchanged
        return head.policy

    def _watch(self, device: Device, headers: Fields, receive: Receive, send: Send) -> Awaitable[None]:
        if self.stopping:
            return STOPPING(send)
        if self._streams.full(device.id):
            return TOO_MANY_STREAMS(send)
        stream = Stream(device.company, device.id, Pipe(send, receive))
        head = device.company.head
        known = [headers[name] for name in (b"if-none-match", b"last-event-id") if name in headers]
        if head is not None and known and all(head.is_known_as(tag) for tag in known):
            stream.told = head
        return self._keep_open(stream)

    async def _keep_open(self, stream: Stream) -> None:
        await stream.pipe.open(OPENING)
        self._begin(stream)
        try:
            await stream.pipe.until_gone()
        finally:
            self._end(stream)

    def _begin(self, stream: Stream) -> None:
        if not self._streams.has(stream.device_id):
            self._presence.stream_opened(stream.device_id, stream.company.id)
        self._streams.add(stream)
        stream.pipe.notice_silence()
        stream.pipe.write(COMMENT)
        self._streams.tell(stream)

    def _end(self, stream: Stream) -> None:
        self._streams.remove(stream)
        if not self._streams.has(stream.device_id):
            clean = not (stream.pipe.broke() or self.stopping)
            self._presence.stream_ended(stream.device_id, stream.company.id, clean=clean)
