"""Connections that never get to the point are ended; all others are left alone."""

import contextlib
from collections.abc import Iterator

import pytest

from sundial.gateway.asgi import Receive, Scope, Send
from sundial.run import answers
from sundial.run.connections import LimitedConnections
from tests.run.serving import Served, everything, served


async def greets(scope: Scope, receive: Receive, send: Send) -> None:
    body = b""
    more = True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    await answers.plain(send, 200, f"hello {len(scope['headers'])} {len(body)}")


@pytest.fixture
def server() -> Iterator[Served]:
    with served(greets, http=LimitedConnections) as running:
        yield running


class HastyConnections(LimitedConnections):
    head_within = silent_within = 0.2


@pytest.fixture
def hasty() -> Iterator[Served]:
    with served(greets, http=HastyConnections) as running:
        yield running


def test_a_head_without_end_is_refused_and_the_line_is_cut(server: Served) -> None:
    with server.socket() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX-Long: ")
        try:
            for _ in range(1000):
                connection.sendall(b"x" * 16_384)
        except OSError:
            pass
        else:
            raise AssertionError("16 MB of one header were taken")


def test_the_refusal_can_be_read(server: Served) -> None:
    with server.socket() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        with contextlib.suppress(OSError):
            for _ in range(40):
                connection.sendall(b"X-Long: " + b"x" * 16_384 + b"\r\n")
        assert everything(connection).startswith(b"HTTP/1.1 431 ")


def test_many_ordinary_headers_and_a_large_body_are_taken(server: Served) -> None:
    headers = {f"X_{n}": "x" * 500 for n in range(60)}
    status, _, body = server.call("POST", "/", b"x" * 500_000, **headers)
    assert status == 200
    assert body.endswith(b" 500000")


def test_a_connection_that_says_nothing_is_ended(hasty: Served) -> None:
    with hasty.socket() as connection:
        assert everything(connection) == b""


def test_a_head_that_dawdles_is_ended_also_on_a_connection_that_was_good(hasty: Served) -> None:
    with hasty.socket() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: t\r\n\r\n")
        assert b"hello" in connection.recv(4096)
        connection.sendall(b"GET / HTTP/1.1\r\nHost:")
        assert everything(connection) == b""


def test_a_body_may_take_longer_than_a_head(hasty: Served) -> None:
    with hasty.socket() as connection, hasty.socket() as silent:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\nConnection: close\r\n\r\nab")
        assert everything(silent) == b""  # by now the patience for a head is over
        connection.sendall(b"cd")
        assert everything(connection).endswith(b"hello 3 4")


def test_requests_one_after_the_other_are_answered_on_one_line(server: Served) -> None:
    client = server.http()
    for _ in range(3):
        client.request("GET", "/")
        assert client.getresponse().read().startswith(b"hello")
    client.close()
