"""A real uvicorn over any application, and raw sockets that speak to it as badly as they like."""

import contextlib
import http.client
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import uvicorn


@dataclass(frozen=True)
class Served:
    """Where the application listens."""

    port: int

    def socket(self) -> socket.socket:
        """A connection of our own, closed by the caller."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def http(self) -> http.client.HTTPConnection:
        """A well-behaved client."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def ask(self, request: bytes) -> bytes:
        """Send these bytes, and answer all that comes until the server closes."""
        with self.socket() as connection:
            connection.sendall(request)
            return everything(connection)

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers (lower case) and body."""
        return self.call("GET", path, None, **headers)

    def call(self, method: str, path: str, body: bytes | None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers (lower case) and body of one request."""
        client = self.http()
        try:
            client.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = client.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            client.close()


def everything(connection: socket.socket) -> bytes:
    """All bytes until the other side closes, or cuts the line."""
    got = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            got += piece
    return got


@contextlib.contextmanager
def served(application: Any, **options: Any) -> Iterator[Served]:
    """The application behind uvicorn, in a thread, on a port of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    settings = {
        "http": "httptools",
        "lifespan": "off",
        "log_level": "warning",
        "access_log": False,
        "proxy_headers": False,
    }
    settings |= options
    server = uvicorn.Server(uvicorn.Config(application, **settings))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield Served(listener.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
