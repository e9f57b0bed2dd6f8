"""The browser's side against a true server, in Chromium: it looks live when it is, and not when it is not."""

import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string
from playwright.async_api import BrowserContext, Page, async_playwright, expect

from sundial.run.postgres import Cluster
from sundial.server import ui
from sundial.server.lib.acting import Role
from tests.journeys.conftest import CHROMIUM, FLAGS
from tests.running import free_port
from tests.server.realtime.house import Application, House, People, Writer, open_house

pytestmark = pytest.mark.journey

STATIC = Path(ui.__file__).parent / "static"
TYPES = {".js": "text/javascript", ".css": "text/css"}


def html() -> str:
    """The smallest page that is live: the parts and words of the real ones."""
    mark = render_to_string("ui/parts/connection.html")
    toasts = render_to_string("ui/parts/toasts.html")
    zone = render_to_string("ui/parts/stale.html", {"key": "x", "content": "7 online"})
    live = render_to_string("realtime/live.html", {"acting": {"label": "me@example.test"}})
    return f'<!doctype html><html lang="en"><body data-live-room="admin">{mark}{toasts}{zone}{live}</body></html>'


def with_a_page(application: Application) -> Application:
    """The consoles, and beside them a page and its scripts."""

    async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
        path = scope["path"]
        if scope["type"] != "http" or path.startswith("/socket.io/"):
            await application(scope, receive, send)
            return
        is_script = path.startswith("/static/")
        body = (STATIC / path.removeprefix("/static/")).read_bytes() if is_script else html().encode()
        kind = TYPES[Path(path).suffix] if is_script else "text/html; charset=utf-8"
        headers = [(b"content-type", kind.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return answer


@pytest.fixture
async def browser() -> AsyncIterator[BrowserContext]:
    """A browser of this test's own."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield await chromium.new_context()
        await chromium.close()


class Theatre:
    """A server that can be stopped and started again at the same address, and a page that looks at it."""

    def __init__(self, dsn: str, people: People, browser: BrowserContext) -> None:
        self.dsn, self.people, self.browser = dsn, people, browser
        self.port = free_port()

    def serving(self) -> AbstractAsyncContextManager[House]:
        """The server, as long as the block lasts."""
        return open_house(self.dsn, self.people.identity_of, port=self.port, around=with_a_page)

    async def visit(self, session: str) -> Page:
        """A page with this session, which says every fault of its scripts aloud."""
        address = f"http://127.0.0.1:{self.port}"
        await self.browser.add_cookies([{"name": "sessionid", "value": session, "url": address}])
        page = await self.browser.new_page()
        await page.goto(address)
        return page


@pytest.fixture
def theatre(committed_db: None, cluster: Cluster, people: People, browser: BrowserContext) -> Theatre:
    """Nothing is running yet."""
    return Theatre(cluster.app_dsn(), people, browser)


async def says(page: Page, word: str) -> None:
    await expect(page.locator("#connection .connection-word")).to_have_text(word)


async def test_a_page_hears_loses_its_server_says_so_and_hears_what_it_missed(
    theatre: Theatre, writer: Writer, company_id: int
) -> None:
    session = theatre.people.sign_in(Role.ADMIN, company_id)
    async with theatre.serving():
        page = await theatre.visit(session)
        await says(page, "Live")
        await writer.tell(1)
        await expect(page.locator(".toast")).to_contain_text("person0@example.test was added")
        await expect(page.locator(".toast-detail")).to_have_text("by admin@example.test")
    await says(page, "Connecting")
    await expect(page.locator("#connection .connection-since")).to_have_text(re.compile(r"since \d"))
    await expect(page.locator("[data-stale-zone]")).to_have_attribute("data-stale", "", timeout=10_000)
    await writer.tell(2, start=1)
    async with theatre.serving():
        await expect(page.locator("#connection .connection-word")).to_have_text("Live", timeout=15_000)
        await expect(page.locator(".toast", has_text="person2@example.test was added")).to_be_visible()
        assert not await page.locator("[data-stale-zone][data-stale]").count()
        await writer.tell(1, start=3)
        await expect(page.locator(".toast", has_text="person3@example.test was added")).to_be_visible()


async def test_a_page_whose_session_ends_says_so_and_stays_quiet(
    theatre: Theatre, writer: Writer, company_id: int
) -> None:
    session = theatre.people.sign_in(Role.ADMIN, company_id)
    async with theatre.serving() as house:
        page = await theatre.visit(session)
        await says(page, "Live")
        user = theatre.people.sessions.pop(session).user_id
        await house.sockets.heard("person", str(user))
        await says(page, "Not live")
        await expect(page.locator(".toast[data-tone=bad]")).to_contain_text("You are signed out.")
        await expect(page.locator("[data-stale-zone]")).to_have_attribute("data-stale", "")
        assert house.sockets.open_consoles() == 0


async def test_a_page_that_hears_no_heartbeat_stops_looking_live_and_recovers_with_the_next(
    theatre: Theatre, company_id: int
) -> None:
    async with theatre.serving():
        page = await theatre.visit(theatre.people.sign_in(Role.ADMIN, company_id))
        await page.clock.install()
        await page.reload()
        await says(page, "Live")
        await page.clock.fast_forward(16_000)
        await says(page, "Not live")
        await expect(page.locator("#connection .connection-word")).to_have_text("Live", timeout=20_000)
