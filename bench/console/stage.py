"""A platform whose database keeps the moment of each commit, and four windows in three kinds of client."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from playwright.sync_api import Browser, Page, sync_playwright

from sundial.run.postgres import Cluster
from tests.journeys.beside import Beside
from tests.journeys.conftest import FLAGS, sign_in
from tests.journeys.firefox import Firefox
from tests.journeys.windows import ChromiumWindow, FirefoxWindow, Heard, PlainWindow
from tests.running import Platform, open_folder, start_platform, stop_platform

PATIENCE_S = 240.0  # a crowded machine takes minutes to show a page
_HEAD = """SELECT "offset" FROM realtime_room WHERE company_id = %s AND name = 'admin'"""
_COMMITS = """
SELECT "offset", extract(epoch FROM pg_xact_commit_timestamp(xmin))::float FROM realtime_event
WHERE company_id = %s AND room = 'admin' AND "offset" > %s
"""
# What a file's own reader does is told, too, and is not the change that is waited for.
_CHANGE = """
SELECT min(extract(epoch FROM pg_xact_commit_timestamp(xmin)))::float FROM realtime_event
WHERE company_id = %s AND room = 'admin' AND "offset" > %s
  AND coalesce(data->>'action_type', '') NOT IN ('FILE_OPENED', 'FILE_DENIED')
"""


@contextmanager
def running() -> Iterator[Platform]:
    """The demo platform as `make run` starts it; its database notes when each change was committed."""
    with open_folder() as folder:
        cluster = _cluster(folder / "var")
        cluster.start()
        with psycopg.connect(cluster.owner_dsn("postgres"), autocommit=True) as owner:
            owner.execute("ALTER SYSTEM SET track_commit_timestamp = on")
        cluster.stop()
        platform = start_platform(folder / "var")
        try:
            yield platform
        finally:
            stop_platform(platform)


def _cluster(data: Path) -> Cluster:
    return Cluster(data / "pg")


class Outbox:
    """The room of a company's administrators, as it lies in the database."""

    def __init__(self, platform: Platform, company_id: int) -> None:
        self._company_id = company_id
        self._owner = psycopg.connect(_cluster(platform.data).owner_dsn(), autocommit=True)

    def head(self) -> int:
        """The number of the latest event."""
        found = self._owner.execute(_HEAD, [self._company_id]).fetchone()
        return found[0] if found else 0

    def commits(self, after: int) -> dict[int, float]:
        """When each event after that one was committed, in seconds since 1970."""
        return dict(self._owner.execute(_COMMITS, [self._company_id, after]).fetchall())

    def change(self, after: int) -> float:
        """When the first change after that event was committed; readings and refusals are none."""
        found = self._owner.execute(_CHANGE, [self._company_id, after]).fetchone()
        if found is None or found[0] is None:
            raise RuntimeError("nothing was changed")
        return float(found[0])

    def close(self) -> None:
        """Hang up."""
        self._owner.close()


class Windows:
    """Two Chromiums, a Firefox and a plain client of the protocol, signed in as one administrator."""

    def __init__(self, browser: Browser, beside: Beside, folder: Path, base_url: str, account: dict[str, Any]) -> None:
        self._beside = beside
        self.chromiums = [_chromium(browser, base_url, account, path) for path in ("/console/", "/console/?tab=audit")]
        self._firefox = Firefox(folder)
        self.fox = FirefoxWindow(beside, self._firefox, base_url, account)
        self.plain = beside.run(PlainWindow.at(base_url))
        beside.run(self.plain.listens(self.chromiums[0].session()))

    def until(self, offset: int) -> None:
        """Wait until all were told the event of that number."""
        self._beside.run(self.plain.until(lambda: self.plain.place >= offset))
        browsers: list[ChromiumWindow | FirefoxWindow] = [*self.chromiums, self.fox]
        for one in browsers:
            one.until(offset)

    def heard(self) -> dict[str, list[Heard]]:
        """What each was told."""
        first, second = self.chromiums
        return {
            "chromium": first.heard(),
            "chromium, the log": second.heard(),
            "firefox": self.fox.heard(),
            "plain client": self.plain.times,
        }

    def close(self) -> None:
        """Close those that do not close with their browser."""
        self._beside.run(self._firefox.close())
        self._beside.run(self.plain.leave())


def signed_in(browser: Browser, base_url: str, account: dict[str, Any]) -> Page:
    """A page of somebody's own, who has signed in."""
    page = browser.new_context(base_url=base_url).new_page()
    page.set_default_timeout(PATIENCE_S * 1000)
    sign_in(page, account)
    return page


def _chromium(browser: Browser, base_url: str, account: dict[str, Any], path: str) -> ChromiumWindow:
    page = signed_in(browser, base_url, account)
    page.goto(path)
    return ChromiumWindow(page)


@contextmanager
def windows(platform: Platform, account: dict[str, Any]) -> Iterator[Windows]:
    """The four of them, live."""
    with ExitStack() as stack:
        folder = stack.enter_context(open_folder())
        beside = stack.enter_context(Beside())
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        stack.callback(browser.close)
        opened = Windows(browser, beside, folder, platform.base_url, account)
        stack.callback(opened.close)
        yield opened
