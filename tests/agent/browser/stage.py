"""A real browser with the extension, websites of the test's own, and a probe that hears it."""

import asyncio
import contextlib
import html
import os
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psutil
from playwright.async_api import BrowserContext, Page, async_playwright

from sundial.agent.core.sensing import Browsed, Sense
from sundial.agent.probes.browser import BrowserProbe, extension_folder, install
from sundial.agent.probes.browser.words import EXTENSION_ID
from tests.agent.probes.screen import Screen
from tests.loops import News

LIMIT = 60.0


class Ears:
    """What the probe told, in order, and a way to wait for it."""

    def __init__(self) -> None:
        self.told: list[Browsed] = []
        self.ready = asyncio.Event()
        self._news = News()

    def hear(self, sense: Sense) -> None:
        assert isinstance(sense, Browsed)
        self.told.append(sense)
        self._news.tell()

    async def until(self, is_it: Callable[[Browsed], bool], after: int = 0) -> Browsed:
        """The first told thing of that kind, from that place in the order on."""
        await self._news.until(lambda: any(map(is_it, self.told[after:])))
        return next(filter(is_it, self.told[after:]))

    async def domain(self, domain: str, after: int = 0) -> Browsed:
        return await self.until(lambda sense: sense.domain == domain, after)


class Sites:
    """Every host name leads here; the page's title is what the path was given."""

    def __init__(self) -> None:
        self.titles = {"/": "A page"}
        self.asked: set[str] = set()
        self._news = threading.Condition()

    def note(self, host: str) -> None:
        with self._news:
            self.asked.add(host)
            self._news.notify_all()

    def wait_for(self, host: str) -> None:
        with self._news:
            assert self._news.wait_for(lambda: host in self.asked, LIMIT)

    def page(self, path: str) -> bytes:
        title = html.escape(self.titles.get(path.split("?")[0], "A page"))
        return f"<!doctype html><meta charset=utf-8><title>{title}</title><p>Hello".encode()


@contextmanager
def open_sites() -> Iterator[tuple[Sites, int]]:
    sites = Sites()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = sites.page(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            sites.note(self.headers.get("Host", ""))

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield sites, server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Desk:
    """Everything together: screen, sites, profile folder, browser."""

    def __init__(self, screen: Screen, folder: Path, port: int) -> None:
        self.screen, self.port = screen, port
        self.profile, self.browser_folder = folder / "agent", folder / "chromium"
        self.profile.mkdir()

    @property
    def flags(self) -> list[str]:
        extension = str(extension_folder())
        return [
            f"--disable-extensions-except={extension}",
            f"--load-extension={extension}",
            f"--host-resolver-rules=MAP *.test 127.0.0.1:{self.port}",
            "--no-sandbox",
            "--password-store=basic",
            "--disable-gpu",
            "--disable-background-networking",
            "--no-first-run",
        ]

    def install(self) -> None:
        install(self.browser_folder, self.profile, os.environ)

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[BrowserContext]:
        async with async_playwright() as playwright:
            context = await playwright.chromium.launch_persistent_context(
                self.browser_folder,
                headless=False,
                timeout=LIMIT * 1000,
                executable_path="/usr/bin/chromium",
                args=self.flags,
                env={**os.environ, **self.screen.environ, "HOME": str(self.browser_folder)},
            )
            yield context
            await context.close()

    @asynccontextmanager
    async def watching(self, probe: BrowserProbe, *, detail: bool = False) -> AsyncIterator[Ears]:
        ears = Ears()
        async with asyncio.TaskGroup() as group:
            task = group.create_task(probe.watch(ears.ready.set, ears.hear, detail=detail))
            await asyncio.wait_for(ears.ready.wait(), LIMIT)
            yield ears
            task.cancel()


def relays(profile: Path) -> list[psutil.Process]:
    """The relays that run for this profile."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            words = process.cmdline()
            if "sundial.agent.probes.browser.relay" in words and str(profile) in words:
                found.append(process)
    return found


def kill(process: psutil.Process) -> None:
    process.send_signal(signal.SIGKILL)


async def popup(context: BrowserContext) -> Page:
    page = await context.new_page()
    await page.goto(f"chrome-extension://{EXTENSION_ID}/popup.html")
    return page
