"""Connections whose requests must begin: uvicorn would wait for ever for a request's head, and take one of any size."""

import asyncio
from http import HTTPStatus
from typing import ClassVar, Final

from sundial.gateway.connections import WatchedConnections

HEAD_LIMIT: Final = 64 << 10  # bytes of request line and headers
_NOT_BEGUN: Final = -1


class LimitedConnections(WatchedConnections):
    """The gateway's connections, with an end to those that dawdle over a head or never stop sending it."""

    head_within: ClassVar = 20.0  # seconds from the head's first byte to its last
    silent_within: ClassVar = 75.0  # seconds that a new connection may say nothing; browsers open some ahead of need

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # uvicorn hands over TCP transports only
        """Wait for a request, but not for ever."""
        super().connection_made(transport)
        self._in_head, self._head_size = False, _NOT_BEGUN
        self._patience: asyncio.TimerHandle | None = self.loop.call_later(self.silent_within, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._at_ease()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what comes; afterwards see whether it left a head unfinished."""
        super().data_received(data)
        if self._in_head:
            self._wait_for_the_rest(len(data))

    def on_message_begin(self) -> None:
        """A head begins."""
        self._in_head, self._head_size = True, _NOT_BEGUN
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._in_head = False
        if self._patience is not None:
            self._at_ease()
        super().on_headers_complete()

    def _wait_for_the_rest(self, size: int) -> None:
        if self._head_size == _NOT_BEGUN:  # it began in this piece, of which we do not know how much was the head's
            self._head_size = 0
            self._at_ease()
            self._patience = self.loop.call_later(self.head_within, self._give_up)
            return
        self._head_size += size
        if self._head_size > HEAD_LIMIT and not self.transport.is_closing():
            status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            line = f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            self.transport.write(line.encode())
            self.transport.close()

    def _at_ease(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _give_up(self) -> None:
        self._patience = None
        if not self.transport.is_closing():
            self.transport.close()
