"""What somebody has open when it is revoked: a download whose bytes are on their way, a page, a link."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from typing import Protocol
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Page, expect

from tests.journeys.firefox import promise
from tests.journeys.windows import session_of

PIECE = 1 << 14
PAUSE_S = 0.002  # between two pieces: some 8 MB a second, as over a line
HANDS = 1 << 16  # what a client's own hands may hold
_WATCH = """() => {
  const page = document.querySelector("[data-vault-file]");
  const seen = () => page.dataset.open === "false" && (window.closedAt ??= performance.timeOrigin + performance.now());
  new MutationObserver(seen).observe(page, { attributes: true });
}"""


class Opened(Protocol):
    """Something that is open."""

    def ended(self) -> float:
        """Wait until it is not; when that was, in seconds since 1970."""


class _Beside:
    """Does its work in a thread, until it is over."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._thread = threading.Thread(target=work)
        self._thread.start()

    def over(self) -> None:
        """Wait until it is."""
        self._thread.join()


class Download:
    """A long file that is taken piece by piece."""

    def __init__(self, page: Page, file: int) -> None:
        where = urlsplit(page.url)
        self._last = time.time()
        self._line = socket.socket()
        self._line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, HANDS)
        self._line.connect((where.hostname or "", where.port or 0))
        head = (
            f"GET /vault/files/{file}/content/ HTTP/1.1\r\nHost: {where.netloc}\r\nCookie: sessionid={session_of(page)}"
        )
        self._line.sendall(f"{head}\r\n\r\n".encode())
        if b" 200 " not in self._line.recv(PIECE):
            raise RuntimeError("the file does not open")
        self._reading = _Beside(self._read)

    def _read(self) -> None:
        with contextlib.suppress(ConnectionResetError):
            while self._line.recv(PIECE):
                self._last = time.time()
                time.sleep(PAUSE_S)

    def ended(self) -> float:
        """When its last byte came."""
        self._reading.over()
        self._line.close()
        return self._last


class OpenPage:
    """A page that shows what is in a file."""

    def __init__(self, page: Page, file: int) -> None:
        self._page = page
        page.goto(f"/vault/files/{file}/")
        expect(page.locator("[data-vault-file]")).to_have_attribute("data-open", "true")
        page.evaluate(_WATCH)

    def ended(self) -> float:
        """When nothing of the file was left on it."""
        self._page.evaluate(promise("window.closedAt"))
        return float(self._page.evaluate("window.closedAt")) / 1000


class Link:
    """A link to a file, made by the page, and asked for its content again and again."""

    def __init__(self, page: Page, file: int) -> None:
        self._page = page
        page.goto(f"/vault/files/{file}/")
        page.get_by_role("button", name="Make a link").click()
        link = page.get_by_label("The new link").input_value()
        self._client = httpx.Client(base_url=link, cookies={"sessionid": session_of(page)})
        self._refused = 0.0
        self._asking = _Beside(self._ask)

    def _ask(self) -> None:
        while self._client.get("content/").status_code == 200:
            pass
        self._refused = time.time()

    def end(self) -> None:
        """End it, by the page."""
        with self._page.expect_navigation():
            self._page.locator("#shares").get_by_role("button", name="End").first.click()

    def ended(self) -> float:
        """When the first question after its content was refused."""
        self._asking.over()
        self._client.close()
        return self._refused
