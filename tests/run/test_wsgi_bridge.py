"""The bridge between uvicorn and Django, spoken to over real sockets."""

import contextlib
import io
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sundial.run.bodies import Limit
from sundial.run.environ import Environ, build_environ
from sundial.run.wsgi_bridge import Bridge, FileWrapper
from tests.run.serving import Served, everything, served

Start = Callable[..., Any]
LIMIT = 3 << 20
RESET = struct.pack("ii", 1, 0)


class Site:
    """A WSGI application with one door for each thing that can go right or wrong."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.called = threading.Event()
        self.closed = threading.Event()
        self.hold = threading.Event()
        self.revoked, self.fails_to_say, self.asked = threading.Event(), threading.Event(), threading.Semaphore(0)
        self.file_closed_in = ""
        self.let_go_in: list[str] = []
        self.file = Path("/dev/null")

    def let_go(self) -> None:
        self.let_go_in.append(threading.current_thread().name)

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        self.seen.append(environ["PATH_INFO"])
        self.called.set()
        door = environ["PATH_INFO"].strip("/").split("/")[0]
        result: Iterable[bytes] = getattr(self, door)(environ, start)
        return result

    def echo(self, environ: Environ, start: Start) -> Iterable[bytes]:
        body = environ["wsgi.input"].read()
        start("200 OK", [("Content-Type", "text/plain"), ("X-Length", environ["CONTENT_LENGTH"])])
        return [str(len(body)).encode(), b" ", body[-5:]]

    def environ(self, environ: Environ, start: Start) -> Iterable[bytes]:
        start("200 OK", [("Content-Type", "application/json")])
        return [json.dumps({key: value for key, value in environ.items() if isinstance(value, str)}).encode()]

    def empty(self, environ: Environ, start: Start) -> Iterable[bytes]:
        start("304 Not Modified", [("ETag", '"1"')])
        return []

    def fails(self, environ: Environ, start: Start) -> Iterable[bytes]:
        raise RuntimeError("on purpose")

    def breaks(self, environ: Environ, start: Start) -> Iterable[bytes]:
        start("200 OK", [("Content-Type", "text/plain")])
        yield b"x" * 100_000
        raise RuntimeError("on purpose, half way")

    def waits(self, environ: Environ, start: Start) -> Iterable[bytes]:
        self.hold.wait(20)
        start("200 OK", [("Content-Type", "text/plain")])
        return [b"waited"]

    def long(self, environ: Environ, start: Start) -> Iterable[bytes]:
        start("200 OK", [("Content-Type", "text/plain")])
        return Endless(self.closed)

    def pieces(self, environ: Environ, start: Start) -> Iterable[bytes]:
        start("200 OK", [("Content-Type", "text/plain")])
        return (b"%05d" % n for n in range(60_000))

    def written(self, environ: Environ, start: Start) -> Iterable[bytes]:
        write = start("200 OK", [("Content-Type", "text/plain")])
        write(b"first ")
        return [b"second"]

    def download(self, environ: Environ, start: Start) -> Iterable[bytes]:
        start("200 OK", [("Content-Type", "application/octet-stream")])
        wrapped: Iterable[bytes] = environ["wsgi.file_wrapper"](Noted(self, self.file), 8192)
        return wrapped

    def endless_file(self, environ: Environ, start: Start) -> Iterable[bytes]:
        start("200 OK", [("Content-Type", "application/octet-stream")])
        wrapped: Iterable[bytes] = environ["wsgi.file_wrapper"](Closable(self))
        return wrapped

    def broken_file(self, environ: Environ, start: Start) -> Iterable[bytes]:
        start("200 OK", [("Content-Type", "application/octet-stream")])
        wrapped: Iterable[bytes] = environ["wsgi.file_wrapper"](Broken())
        return wrapped


class Broken(io.BytesIO):
    """A file that turns out to be no good after its first piece."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise ValueError("on purpose")
        self.seek(1)
        return b"x" * 1000


class Closable(io.BytesIO):
    """A long file that can be closed to its reader; or nobody can say whether it is."""

    def __init__(self, site: "Site") -> None:
        super().__init__()
        self._site = site

    def read(self, size: int | None = -1, /) -> bytes:
        return b"x" * (size or 0)

    def still_open(self) -> bool:
        self._site.asked.release()
        if self._site.fails_to_say.is_set():
            raise RuntimeError("on purpose")
        return not self._site.revoked.is_set()

    def close(self) -> None:
        super().close()
        self._site.closed.set()


class Endless:
    """A generator that never ends by itself."""

    def __init__(self, closed: threading.Event) -> None:
        self._closed = closed

    def __iter__(self) -> Iterator[bytes]:
        while True:
            yield b"x" * 65_536

    def close(self) -> None:
        self._closed.set()


class Noted(io.FileIO):
    """A file that notes when it is closed."""

    def __init__(self, site: Site, path: Path) -> None:
        super().__init__(path)
        self._site = site

    def close(self) -> None:
        super().close()
        self._site.file_closed_in = threading.current_thread().name
        self._site.closed.set()


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def bridge(site: Site) -> Iterator[Bridge]:
    made = Bridge(site, threads=2, queue=2, limit=lambda path: Limit(LIMIT, "Send less."), let_go=site.let_go)
    yield made
    site.hold.set()
    made.close()


@pytest.fixture
def server(bridge: Bridge) -> Iterator[Served]:
    with served(bridge) as running:
        yield running


def test_a_small_answer_comes_with_its_length(server: Served) -> None:
    status, headers, body = server.call("POST", "/echo", b"hello")
    assert (status, body) == (200, b"5 hello")
    assert headers["content-length"] == "7"
    assert headers["x-length"] == "5"


@pytest.mark.parametrize("size", [0, 1 << 20, (1 << 20) + 1, LIMIT])
def test_a_body_arrives_whole_in_memory_or_in_a_file(server: Served, size: int) -> None:
    _, _, body = server.call("POST", "/echo", b"x" * size)
    assert body == f"{size} {'x' * min(size, 5)}".encode()


def test_a_truncated_body_never_reaches_the_view(server: Served, site: Site) -> None:
    with server.socket() as connection:
        connection.sendall(b"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 300_000)
    assert server.get("/environ")[0] == 200
    assert site.seen == ["/environ"]


def test_senders_that_dawdle_hold_no_thread(server: Served) -> None:
    slow = [server.socket() for _ in range(8)]
    for connection in slow:
        connection.sendall(b"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\nhalf")
    assert server.get("/environ")[0] == 200
    for connection in slow:
        connection.close()


def test_a_body_over_the_limit_is_refused_before_it_is_read_and_the_line_is_cut(server: Served, site: Site) -> None:
    answer = server.ask(b"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 300000000\r\n\r\n" + b"x" * 50_000)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in head
    assert json.loads(body)["status"] is False
    assert site.seen == []


def test_the_sender_of_a_body_over_the_limit_can_read_the_answer_while_still_sending(server: Served) -> None:
    with server.socket() as connection:
        connection.sendall(b"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 300000000\r\n\r\n" + b"x" * 500_000)
        assert b" 413 " in connection.recv(4096)
        connection.sendall(b"x" * 100_000)


def test_the_public_api_is_refused_in_its_own_form(server: Served) -> None:
    answer = server.ask(b"POST /api/v1/users HTTP/1.1\r\nHost: t\r\nContent-Length: 300000000\r\n\r\n")
    error = json.loads(answer.partition(b"\r\n\r\n")[2])["error"]
    assert (error["code"], error["message"].partition("taken. ")[2]) == ("too_large", "Send less.")


def test_a_body_of_unknown_length_is_refused(server: Served, site: Site) -> None:
    answer = server.ask(b"POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 411 ")
    assert site.seen == []


def test_a_full_queue_is_said_at_once(server: Served, site: Site, bridge: Bridge) -> None:
    waiting = [server.socket() for _ in range(4)]
    for connection in waiting:
        connection.sendall(b"GET /waits HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
    answers = [server.get("/environ") for _ in range(20)]
    assert answers[-1][0] == 503
    assert answers[-1][1]["retry-after"] == "2"
    assert bridge.refused > 0
    site.hold.set()
    for connection in waiting:
        assert everything(connection).endswith(b"waited")
        connection.close()
    assert server.get("/environ")[0] == 200


def test_a_change_does_not_wait_behind_those_who_only_look(site: Site) -> None:
    bridge = Bridge(site, threads=2, kept=1)
    with served(bridge) as server, contextlib.ExitStack() as open_:
        looking = [open_.enter_context(server.socket()) for _ in range(3)]
        for connection in looking:
            connection.sendall(b"GET /waits HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
        assert site.called.wait(20)
        assert server.call("POST", "/echo", b"hello")[2] == b"5 hello"
        assert site.seen == ["/waits", "/echo"]
        site.hold.set()
        assert [everything(connection).endswith(b"waited") for connection in looking] == [True] * 3
    bridge.close()


def test_a_server_that_stops_finishes_what_it_has_and_takes_no_more(server: Served, site: Site, bridge: Bridge) -> None:
    with server.socket() as connection:
        connection.sendall(b"GET /waits HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
        assert site.called.wait(20)
        bridge.begin_stop()
        assert server.get("/environ")[0] == 503
        site.hold.set()
        assert everything(connection).endswith(b"waited")


def test_a_failure_is_a_plain_500(server: Served) -> None:
    status, headers, body = server.get("/fails")
    assert (status, headers["content-type"]) == (500, "application/json")
    assert b"on purpose" not in body


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_failure_half_way_never_looks_like_a_whole_answer(server: Served) -> None:
    answer = server.ask(b"GET /breaks HTTP/1.1\r\nHost: t\r\n\r\n")
    assert b"x" * 50_000 in answer
    assert not answer.endswith(b"0\r\n\r\n")


def test_a_generator_learns_that_the_client_left(server: Served, site: Site) -> None:
    connection = server.socket()
    connection.sendall(b"GET /long HTTP/1.1\r\nHost: t\r\n\r\n")
    connection.recv(65_536)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    connection.close()
    assert site.closed.wait(20)


def test_many_small_pieces_arrive_in_order(server: Served) -> None:
    _, _, body = server.get("/pieces")
    assert body == b"".join(b"%05d" % n for n in range(60_000))


def test_the_old_way_of_writing_works(server: Served) -> None:
    assert server.get("/written")[2] == b"first second"


def test_an_answer_without_a_body_has_none(server: Served) -> None:
    status, headers, body = server.get("/empty")
    assert (status, body) == (304, b"")
    assert "content-length" not in headers


def test_files_are_sent_without_a_thread(server: Served, site: Site, tmp_path: Path) -> None:
    site.file = tmp_path / "file"
    site.file.write_bytes(bytes(range(256)) * 8192)
    slow = [server.socket() for _ in range(2)]  # as many as there are threads
    for connection in slow:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(b"GET /download HTTP/1.1\r\nHost: t\r\n\r\n")
        connection.recv(1000)
    status, _, body = server.get("/download")
    assert (status, body) == (200, site.file.read_bytes())
    assert site.file_closed_in.startswith("files")
    assert {name.partition("_")[0] for name in site.let_go_in} == {"django"}  # what the view held was given back there
    for connection in slow:
        connection.close()


def test_a_file_is_closed_when_the_client_leaves(server: Served, site: Site, tmp_path: Path) -> None:
    site.file = tmp_path / "file"
    with site.file.open("wb") as sparse:
        sparse.truncate(1 << 30)
    connection = server.socket()
    connection.sendall(b"GET /download HTTP/1.1\r\nHost: t\r\n\r\n")
    connection.recv(1000)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    connection.close()
    assert site.closed.wait(20)


def test_a_file_wrapper_can_be_read_as_pieces(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abcdef")
    wrapper = FileWrapper(path.open("rb"), 4)
    assert list(wrapper) == [b"abcd", b"ef"]
    wrapper.close()


def test_the_environment_is_what_was_sent(server: Served) -> None:
    answer = server.ask(
        b"GET /environ/a%20b%2Fc/%ff?q=%20x HTTP/1.1\r\nHost: t\r\nX-Two: 1\r\nX-Two: 2\r\n"
        b"Cookie: a=1\r\nCookie: b=2\r\nContent-Type: text/x\r\nConnection: close\r\n\r\n"
    )
    environ = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert environ["PATH_INFO"] == "/environ/a b/c/\xff"
    assert environ["QUERY_STRING"] == "q=%20x"
    assert environ["HTTP_X_TWO"] == "1,2"
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["CONTENT_TYPE"] == "text/x"
    assert environ["REMOTE_ADDR"] == "127.0.0.1"
    assert environ["REQUEST_METHOD"] == "GET"
    assert environ["SERVER_PROTOCOL"] == "HTTP/1.1"


def test_headers_that_pass_for_others_are_dropped(server: Served) -> None:
    answer = server.ask(
        b"GET /environ HTTP/1.1\r\nHost: t\r\nX_Forwarded_For: 1.2.3.4\r\nProxy: http://evil\r\n"
        b"Connection: close\r\n\r\n"
    )
    environ = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert "HTTP_X_FORWARDED_FOR" not in environ
    assert "HTTP_PROXY" not in environ


def test_a_request_over_ipv6_or_a_socket_without_address_has_an_environment(site: Site) -> None:
    scope = {
        "method": "GET",
        "path": "/é",
        "query_string": b"",
        "http_version": "1.1",
        "headers": [],
        "server": None,
        "client": None,
    }
    environ = build_environ(scope, io.BytesIO(), 0)
    assert environ["PATH_INFO"] == "/é".encode().decode("latin-1")
    assert environ["REMOTE_ADDR"] == ""


@pytest.mark.parametrize("how", ["revoked", "fails_to_say"])
@pytest.mark.parametrize("slow", [False, True])
def test_a_file_that_is_closed_to_its_reader_ends_at_once_however_slowly_it_is_read(
    server: Served, site: Site, how: str, slow: bool
) -> None:
    with server.socket() as connection:
        if slow:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(b"GET /endless_file HTTP/1.1\r\nHost: t\r\n\r\n")
        connection.recv(1000)
        reading = threading.Thread(target=everything, args=[connection])
        if not slow:
            reading.start()
        assert site.asked.acquire(timeout=30)
        getattr(site, how).set()
        assert site.closed.wait(30)
        if slow:
            assert len(everything(connection)) < 1 << 20  # what lay in its own hands; the rest was taken back
        else:
            reading.join(30)
            assert not reading.is_alive()


def test_a_file_that_breaks_half_way_never_looks_like_a_whole_answer(server: Served) -> None:
    answer = server.ask(b"GET /broken_file HTTP/1.1\r\nHost: t\r\n\r\n")
    assert b"x" * 1000 in answer
    assert not answer.endswith(b"0\r\n\r\n")
    assert b"Something went wrong" not in answer
