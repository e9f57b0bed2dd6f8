"""What ASGI keeps from an application: the connection itself, taken from uvicorn's own objects where they are there.

Run uvicorn with `http=WatchedConnections` and hand `receive` on unwrapped. Under another server, or behind a wrapper,
everything here falls back to plain ASGI: slower, larger, and unable to tell a broken connection from a closed one.
"""

import asyncio
import contextlib
import socket
import sys
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from sundial.gateway.asgi import Message, Receive, Send

UNANSWERED_LIMIT: Final = 30_000  # milliseconds: with a line every 25 s a dead peer is found within 60 s


class WatchedConnections(HttpToolsProtocol):
    """Remembers whether a connection was closed or broke, which the request's own end does not tell."""

    def connection_lost(self, exc: Exception | None) -> None:
        """Note how it ended, then end."""
        if exc is not None and self.cycle is not None:
            self.cycle.broke = True  # type: ignore[attr-defined]
        super().connection_lost(exc)


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
            self._cycle.broke = True  # type: ignore[attr-defined]
            self._cycle.transport.abort()

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
