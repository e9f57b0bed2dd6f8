"""Between an agent and its server: passes everything on, and keeps what the agent sent."""

import contextlib
import socket
import threading
import zlib
from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

GZIP = b"\x1f\x8b\x08"
PIECE = 65536


class Eavesdropper:
    """`url` is where the agent is told that its server is."""

    def __init__(self, server: str) -> None:
        parts = urlsplit(server)
        self._server = (parts.hostname or "", parts.port or 80)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._heard: list[bytearray] = []
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> "Eavesdropper":
        self._run(self._accept)
        return self

    def __exit__(self, *failure: object) -> None:
        for line in [self._listening, *self._open]:
            _hang_up(line)
        for thread in self._threads:
            thread.join()
        for line in [self._listening, *self._open]:
            line.close()

    def heard(self) -> bytes:
        """All that agents sent so far, what was compressed as what it says."""
        return b"".join(bytes(sent) + inflated(bytes(sent)) for sent in self._heard)

    def _accept(self) -> None:
        while True:
            try:
                agent, _ = self._listening.accept()
                server = socket.create_connection(self._server)
            except OSError:
                return
            sent = bytearray()
            self._heard.append(sent)
            self._open += [agent, server]
            self._run(partial(_pass_on, agent, server, sent))
            self._run(partial(_pass_on, server, agent, None))

    def _run(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work)
        self._threads.append(thread)
        thread.start()


def _pass_on(source: socket.socket, target: socket.socket, kept: bytearray | None) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(PIECE):
            if kept is not None:
                kept += piece
            target.sendall(piece)
    _hang_up(source)
    _hang_up(target)


def _hang_up(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def inflated(data: bytes) -> bytes:
    """Every compressed body in a recorded conversation, one after the other."""
    found = []
    at = data.find(GZIP)
    while at >= 0:
        try:
            found.append(zlib.decompressobj(31).decompress(data[at:]))
        except zlib.error:
            found.append(b"")
        at = data.find(GZIP, at + len(GZIP))
    return b"".join(found)
