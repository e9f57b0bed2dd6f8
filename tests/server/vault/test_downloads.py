"""Reading files over real sockets, behind the bridge that serves them: whole, in part, and until the rule turns."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from django.db import connections, transaction

from sundial.run.wsgi_bridge import Bridge
from sundial.server.companies.actions import add_attribute, set_attributes
from sundial.server.companies.types import Held
from sundial.server.config.wsgi import application
from sundial.server.lib.scope import acting_for
from sundial.server.vault.actions import end_share, set_rule, share
from sundial.server.vault.models import Denial, File, Share
from sundial.server.vault.types import SHARE_LASTS
from tests.cast import Cast, Player
from tests.run.serving import Served, served
from tests.server.vault.filed import add_version, put

BODY = os.urandom(300_000)
LONG = os.urandom(24 << 20)  # more than lies in the hands of sockets
PROMPTLY = 20.0  # seconds; an idle machine takes less than one


@pytest.fixture
def server(committed_db: None) -> Iterator[Served]:
    """Django as it is served."""
    bridge = Bridge(application, threads=2, let_go=connections.close_all)
    with served(bridge) as running:
        yield running
    bridge.close()


@pytest.fixture
def finance(cast: Cast) -> Cast:
    """A company that says `finance` of its employee."""
    with acting_for(cast.company.pk):
        add_attribute(acting=cast.admin.acting, name="finance", now=cast.now)
    carry(cast, "finance")
    return cast


def carry(cast: Cast, *names: str) -> None:
    with acting_for(cast.company.pk):
        set_attributes(
            acting=cast.admin.acting, user_id=cast.employee.id, held=[Held(name) for name in names], now=cast.now
        )


def cookie(player: Player) -> str:
    return f"sessionid={player.client.cookies['sessionid'].value}"


def content(file: File) -> str:
    return f"/vault/files/{file.pk}/content/"


def test_a_file_comes_whole_to_be_kept_and_never_as_a_page(server: Served, finance: Cast) -> None:
    file = put(finance, BODY, name='Büro "plan" <b>.html', media_type="text/html")
    status, headers, body = server.get(content(file), Cookie=cookie(finance.employee))
    assert (status, body) == (200, BODY)
    assert headers["content-length"] == str(len(BODY))
    assert headers["content-type"] == "application/octet-stream"
    assert headers["content-disposition"].startswith("attachment; filename*=utf-8''B%C3%BCro")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["cache-control"] == "private, no-store"
    assert headers["accept-ranges"] == "bytes"


def test_an_empty_file_is_a_file(server: Served, finance: Cast) -> None:
    file = put(finance, b"")
    assert server.get(content(file), Cookie=cookie(finance.employee))[::2] == (200, b"")
    assert server.get(content(file), Cookie=cookie(finance.employee), Range="bytes=0-")[0] == 416


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=65530-65545", 65530, 65546),
        ("bytes=299999-", 299_999, 300_000),
        ("bytes=100000-9999999", 100_000, 300_000),
        ("bytes=-10", 299_990, 300_000),
        ("bytes=-9999999", 0, 300_000),
    ],
)
def test_a_part_is_answered_as_a_part(server: Served, finance: Cast, asked: str, start: int, stop: int) -> None:
    file = put(finance, BODY)
    status, headers, body = server.get(content(file), Cookie=cookie(finance.employee), Range=asked)
    assert (status, body) == (206, BODY[start:stop])
    assert headers["content-range"] == f"bytes {start}-{stop - 1}/{len(BODY)}"
    assert headers["content-length"] == str(stop - start)


@pytest.mark.parametrize("asked", ["bytes=300000-", "bytes=-0", "bytes=9999999-99999999"])
def test_a_part_that_is_not_there_is_416(server: Served, finance: Cast, asked: str) -> None:
    file = put(finance, BODY)
    status, headers, body = server.get(content(file), Cookie=cookie(finance.employee), Range=asked)
    assert (status, body) == (416, b"")
    assert headers["content-range"] == f"bytes */{len(BODY)}"


@pytest.mark.parametrize("asked", ["bytes=5-3", "bytes=0-1,5-6", "lines=1-2", "bytes=a-b", "bytes=-", "bytes=²-"])
def test_what_is_no_single_range_means_all(server: Served, finance: Cast, asked: str) -> None:
    file = put(finance, BODY)
    status, headers, body = server.get(
        content(file), Cookie=cookie(finance.employee), Range=asked.encode().decode("latin-1")
    )
    assert (status, body, "content-range" in headers) == (200, BODY, False)


def test_a_download_goes_on_only_with_the_version_it_began_with(server: Served, finance: Cast) -> None:
    file, who = put(finance, BODY), cookie(finance.employee)
    etag = server.call("HEAD", content(file), None, Cookie=who)[1]["etag"]
    part = server.get(content(file), Cookie=who, Range="bytes=10-19", If_Range=etag)
    assert (part[0], part[2]) == (206, BODY[10:20])
    with acting_for(finance.company.pk), transaction.atomic():
        add_version(finance, file, b"another")
    status, headers, body = server.get(content(file), Cookie=who, Range="bytes=10-19", If_Range=etag)
    assert (status, body) == (200, b"another")
    assert headers["etag"] != etag
    assert server.get(f"{content(file)}?version=1", Cookie=who)[2] == BODY
    assert server.get(content(file), Cookie=who, If_None_Match=headers["etag"])[::2] == (304, b"")


def test_head_tells_what_get_would_and_no_byte(server: Served, finance: Cast) -> None:
    file = put(finance, BODY)
    status, headers, body = server.call("HEAD", content(file), None, Cookie=cookie(finance.employee))
    assert (status, body, headers["content-length"]) == (200, b"", str(len(BODY)))
    assert server.call("HEAD", content(file), None, Cookie=cookie(finance.admin))[0] == 403


def test_who_is_refused_reads_why(server: Served, finance: Cast) -> None:
    file = put(finance, BODY)
    status, _, body = server.get(content(file), Cookie=cookie(finance.admin))
    assert status == 403
    assert b"You may not open this file" in body
    assert b"finance" in body
    assert server.get(content(file), Cookie=cookie(finance.stranger))[0] == 404
    assert server.get(content(file))[0] == 302


class Download:
    """A reader with a real socket that takes little at a time, until it is cut."""

    def __init__(self, server: Served, path: str, player: Player, *, pause: float) -> None:
        self.connection = socket.socket()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        self.connection.settimeout(60)
        self.connection.connect(("127.0.0.1", server.port))
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie(player)}\r\n\r\n"
        self.connection.sendall(head.encode())
        self.got = len(self.connection.recv(1 << 16))
        assert self.got
        self._pause, self._stop = pause, threading.Event()
        self.ended_at = 0.0
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            while not self._stop.wait(self._pause) and (piece := self.connection.recv(1 << 14)):
                self.got += len(piece)
        self.ended_at = time.monotonic()

    def ended(self) -> float:
        """When it ended."""
        self._thread.join(PROMPTLY)
        is_over = not self._thread.is_alive()
        self._stop.set()
        self.connection.close()
        self._thread.join()
        assert is_over, "the download goes on"
        return self.ended_at


@pytest.mark.parametrize("pause", [0.002, 0.2])
@pytest.mark.parametrize("how", ["attribute", "rule", "link"])
def test_a_download_under_way_is_cut_when_the_rule_or_the_link_turns(
    server: Served, finance: Cast, how: str, pause: float
) -> None:
    file = put(finance, LONG)
    path = content(file)
    if how == "link":
        token = share(acting=finance.employee.acting, file_id=file.pk, lasts=SHARE_LASTS[0], now=finance.now)
        path = f"/vault/s/{token}/content/"
    download = Download(server, path, finance.employee, pause=pause)
    match how:
        case "attribute":
            carry(finance)
        case "rule":
            set_rule(acting=finance.admin.acting, file_id=file.pk, rule_text="not finance", now=finance.now)
        case _:
            with acting_for(finance.company.pk), transaction.atomic():
                key = Share.objects.get(file_id=file.pk).pk
            end_share(acting=finance.employee.acting, share_id=key, now=finance.now)
    turned = time.monotonic()
    lasted = download.ended() - turned
    print(f"cut {lasted * 1000:.0f} ms after: {how}")  # noqa: T201 - the measurement, shown with `-s`
    assert lasted < PROMPTLY
    assert download.got < len(LONG)
    if how != "link":
        assert refusals(file) == 1


def refusals(file: File) -> int:
    """How many its owner reads of."""
    with acting_for(file.company_id), transaction.atomic():
        return Denial.objects.filter(file_id=file.pk).count()


def test_a_download_whose_rule_stays_true_is_not_cut(server: Served, finance: Cast) -> None:
    file = put(finance, LONG)
    download = Download(server, content(file), finance.employee, pause=0.0004)
    download.ended()
    assert download.got > len(LONG)


def test_the_page_of_an_open_file_is_told_when_the_rule_turns(server: Served, finance: Cast) -> None:
    file, who = put(finance, BODY), cookie(finance.employee)
    asked = f"/vault/files/{file.pk}/standing/"
    assert server.get(asked, Cookie=who)[2] == b'{"open": true, "reason": ""}'
    carry(finance)
    status, _, body = server.get(asked, Cookie=who)
    assert status == 200
    assert body.startswith(b'{"open": false, "reason": "It needs finance')
