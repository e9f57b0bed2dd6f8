"""What ASGI keeps from an application: the connection itself, taken from uvicorn's own objects where they are there.

Run uvicorn with `http=WatchedConnections`; under another server everything here does nothing, and works worse.
"""

import asyncio
import contextlib
import socket
import sys
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sundial.gateway.asgi import Receive

UNANSWERED_LIMIT: Final = 30_000  # milliseconds: with a line every 25 s a dead peer is found within 60 s


class WatchedConnections(HttpToolsProtocol):
    """Remembers whether a connection was closed or broke, which the request's own end does not tell."""

    def connection_lost(self, exc: Exception | None) -> None:
        """Note how it ended, then end."""
        if exc is not None and self.cycle is not None:
            self.cycle.broke = True  # type: ignore[attr-defined]
        super().connection_lost(exc)


def broke(receive: Receive) -> bool:
    """Whether the peer vanished, rather than closed."""
    return bool(getattr(getattr(receive, "__self__", None), "broke", False))


def abort(receive: Receive) -> None:
    """Drop the connection and what waits to be written to it."""
    transport = _transport(receive)
    if transport is not None:
        receive.__self__.broke = True  # type: ignore[attr-defined] # uvicorn's cycle, which has the transport
        transport.abort()


def notice_silence(receive: Receive) -> None:
    """Let the kernel drop a peer that does not acknowledge what is written, long before its own 15 minutes."""
    transport = _transport(receive)
    known = transport.get_extra_info("socket") if transport is not None else None
    if known is None or known.family not in (socket.AF_INET, socket.AF_INET6):
        return
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # it may have gone already
            known.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNANSWERED_LIMIT)


def _transport(receive: Receive) -> asyncio.Transport | None:
    return getattr(getattr(receive, "__self__", None), "transport", None)
