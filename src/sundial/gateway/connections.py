"""What ASGI keeps from an application: the connection itself, taken from uvicorn's own objects where they are there.

Run uvicorn with `http=WatchedConnections` and hand `receive` on unwrapped. Under another server, or behind a wrapper,
everything here falls back to plain ASGI: slower, larger, and unable to tell a broken connection from a closed one.
"""

import asyncio
import contextlib
import socket
import struct
import sys
from typing import Final, Protocol, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from sundial.gateway.asgi import Headers, Message, Receive, Send

SHORT_WAY: Final = "sundial.short_way"
_AT_ONCE: Final = struct.pack("ii", 1, 0)  # closing waits for nothing
UNANSWERED_LIMIT: Final = 30_000  # milliseconds: with a line every 25 s a dead peer is found within 60 s


class ShortWay(Protocol):
    """Answers a request at once, or None: then it goes the ordinary way."""

    def __call__(self, path: bytes, headers: Headers) -> bytes | None:
        """Status line and headers of an answer without a body, up to those that every answer has."""


class _Answered:
    """Stands where uvicorn keeps the request in hand, when that was answered the short way."""

    response_complete: Final = True
    disconnected: Final = False
    message_event: Final = asyncio.Event()


_ANSWERED: Final = _Answered()


class WatchedConnections(HttpToolsProtocol):
    """Connections that know how they ended, and on which an unchanged poll never becomes a task.

    The application offers its short way as `state[SHORT_WAY]` in its lifespan. It is taken by plain GET requests
    without a body, on connections that stay open, with nothing else in hand: what else a request may be is uvicorn's.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # uvicorn hands over TCP transports only
        """Find out whether there is a short way."""
        super().connection_made(transport)
        ordinary = self.access_log or self.limit_concurrency is not None
        self._short_way: ShortWay | None = None if ordinary else self.app_state.get(SHORT_WAY)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note how it ended, then end."""
        if exc is not None and isinstance(self.cycle, RequestResponseCycle):
            self.cycle.broke = True  # type: ignore[attr-defined] # a mark of ours on the library's object
        super().connection_lost(exc)

    def on_headers_complete(self) -> None:
        """Answer now, or let uvicorn begin a task."""
        if self._short_way is None or not self._plain():
            return super().on_headers_complete()
        answer = self._short_way(self.url, self.headers)
        if answer is None:
            return super().on_headers_complete()
        self.cycle = cast("RequestResponseCycle", _ANSWERED)
        always = b"".join(b"%b: %b\r\n" % pair for pair in self.server_state.default_headers)
        self.transport.write(b"%b%b\r\n" % (answer, always))
        self.on_response_complete()
        return None

    def _plain(self) -> bool:
        idle = self.cycle is None or self.cycle.response_complete
        parser = self.parser
        return idle and parser.get_method() == b"GET" and parser.should_keep_alive() and not parser.should_upgrade()


class Frame:
    """Some bytes for many streams, in both forms in which they are written; `last` ends the answer."""

    __slots__ = ("chunk", "last", "message")

    def __init__(self, data: bytes, *, last: bool = False) -> None:
        self.last: Final = last
        self.message: Final[Message] = {"type": "http.response.body", "body": data, "more_body": not last}
        self.chunk: Final = b"%x\r\n%b\r\n" % (len(data), data)


class Pipe:
    """The way to one reader, once its answer has begun."""

    __slots__ = ("_cycle", "_receive", "_send")

    def __init__(self, send: Send, receive: Receive) -> None:
        self._send: Final = send
        self._receive: Final = receive
        cycle = getattr(receive, "__self__", None)
        plain = isinstance(cycle, RequestResponseCycle) and cycle.scope["method"] == "GET"
        self._cycle: Final[RequestResponseCycle | None] = cycle if plain else None

    def write(self, frame: Frame) -> bool:
        """Write unless that would mean waiting for the reader; to one who has left nothing is written."""
        cycle = self._cycle
        if cycle is None or frame.last or not cycle.chunked_encoding:
            return self._step(frame.message)
        if cycle.flow.write_paused and not cycle.disconnected:
            return False
        if not (cycle.disconnected or cycle.response_complete):
            cycle.transport.write(frame.chunk)
        return True

    def _step(self, message: Message) -> bool:
        """One step of `send`: it ends, or it wants to wait and is taken back."""
        step = self._send(message).__await__()
        try:
            next(step)
        except StopIteration:
            return True
        except OSError:  # gone; its own task is about to hear of it
            return True
        step.close()
        return False

    @property
    def direct(self) -> bool:
        """Whether frames go to the connection without a detour through ASGI."""
        return self._cycle is not None

    def broke(self) -> bool:
        """Whether the peer vanished, rather than closed."""
        return bool(getattr(self._cycle, "broke", False))

    def abort(self) -> None:
        """Drop the connection and what waits to be written to it."""
        if self._cycle is not None:
            self._cycle.broke = True  # type: ignore[attr-defined] # a mark of ours on the library's object
            self._cycle.transport.abort()

    def reset(self) -> None:
        """Drop the connection and take back what the reader did not get yet, from the kernel's hands, too."""
        transport: asyncio.Transport | None = self._cycle.transport if self._cycle is not None else None
        known = transport.get_extra_info("socket") if transport is not None else None
        if known is not None:
            with contextlib.suppress(OSError):  # it may have gone already
                known.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self.abort()

    def notice_silence(self) -> None:
        """Let the kernel drop a peer that does not acknowledge what is written, long before its own 15 minutes."""
        transport: asyncio.Transport | None = self._cycle.transport if self._cycle is not None else None
        known = transport.get_extra_info("socket") if transport is not None else None
        if known is None or known.family not in (socket.AF_INET, socket.AF_INET6):
            return
        if sys.platform == "linux":
            with contextlib.suppress(OSError):  # it may have gone already
                known.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNANSWERED_LIMIT)

    async def open(self, start: Message) -> None:
        """Begin the answer."""
        await self._send(start)

    async def until_gone(self) -> None:
        """Return when the reader has left or the answer is over."""
        receive = self._receive
        while (await receive())["type"] != "http.disconnect":
            pass
