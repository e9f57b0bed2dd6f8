"""A whole platform as `make run` starts it, and a real browser before it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.journeys.acts import Api
from tests.running import Platform, open_folder, start_platform, stop_platform
from tests.server.alerts.post import PostOffice

__all__ = ["Platform", "Visit", "sign_in", "start_platform", "stop_platform"]

CHROMIUM = "/usr/bin/chromium-headless-shell"  # as the other, but draws no window of its own
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]


@pytest.fixture(scope="session")
def post() -> Iterator[PostOffice]:
    """A real mail server, which keeps what the platform sends."""
    office = PostOffice()
    yield office
    office.close()


@pytest.fixture(scope="session")
def platform(post: PostOffice) -> Iterator[Platform]:
    """One demo platform for all journeys, which mails."""
    mails = {"SUNDIAL_EMAIL_URL": f"smtp://127.0.0.1:{post.open()}"}
    with open_folder() as folder:
        running = start_platform(folder / "var", settings=mails)
        yield running
        stop_platform(running)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright, whose event loop must not outlive these tests: others run their own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


Visit = Callable[..., Page]


@pytest.fixture
def visit(platform: Platform, chromium: Browser) -> Iterator[Visit]:
    """Open a browser of one's own, signed in as an account of the demo; several may be open at once."""
    with ExitStack() as stack:

        def open_page(account: dict[str, Any] | None, path: str = "/", **options: Any) -> Page:
            context: BrowserContext = chromium.new_context(base_url=platform.base_url, **options)
            stack.callback(context.close)
            page = context.new_page()
            if account is None:
                page.goto(path)
                return page
            sign_in(page, account)
            if path != "/":
                page.goto(path)
            return page

        yield open_page


def sign_in(page: Page, account: dict[str, Any]) -> None:
    """Type address and password into the sign-in page."""
    page.goto("/login/")
    page.get_by_label("E-mail").fill(account["email"])
    page.get_by_label("Password").fill(account["password"])
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".frame")).to_be_visible()


@pytest.fixture
def firm(platform: Platform) -> dict[str, Any]:
    """The first company of the demo."""
    found: dict[str, Any] = platform.demo["companies"][0]
    return found


@pytest.fixture
def api(platform: Platform, firm: dict[str, Any]) -> Iterator[Api]:
    """Its administrator, by the API."""
    made = Api(platform.base_url, firm["admin"])
    yield made
    made.close()
