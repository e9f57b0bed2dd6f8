"""A whole platform as `make run` starts it, and a real browser before it."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

SUNDIAL = Path(sys.executable).parent / "sundial"
START_LIMIT = 90.0
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Platform:
    """A running `sundial serve --demo`."""

    process: subprocess.Popen[str]
    data: Path
    base_url: str
    environment: dict[str, str]
    demo: dict[str, Any] = field(default_factory=dict)

    def run(self, *arguments: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        """Run another `sundial` command on the same data directory."""
        return subprocess.run(
            [str(SUNDIAL), *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )


def start_platform(data: Path, *, demo: bool = True) -> Platform:
    """Start the real program on a free port and wait until it says it is ready."""
    port = free_port()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = kept | {
        "SUNDIAL_DATA_DIR": str(data),
        "SUNDIAL_PORT": str(port),
        "SUNDIAL_MODE": "demo",
        "PYTHONUNBUFFERED": "1",
    }
    log_path = data.parent / f"{data.name}.log"
    with log_path.open("w") as log:
        process = subprocess.Popen(
            [str(SUNDIAL), "serve", *(["--demo"] if demo else [])],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
        )
    platform = Platform(process, data, f"http://127.0.0.1:{port}", environment)
    _await_ready(platform, log_path)
    if demo:
        platform.demo = json.loads((data / "demo.json").read_text())
    return platform


def _await_ready(platform: Platform, log: Path) -> None:
    transport = httpx.HTTPTransport(retries=0)
    with httpx.Client(transport=transport, base_url=platform.base_url, timeout=2) as client:
        for _ in range(int(START_LIMIT / 0.25)):
            if platform.process.poll() is not None:
                break
            try:
                if client.get("/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            # Not a sleep for its own sake: the child's exit ends the wait at once.
            try:
                platform.process.wait(0.25)
            except subprocess.TimeoutExpired:
                continue
    raise AssertionError(f"the platform did not become ready:\n{log.read_text()[-4000:]}")


def stop_platform(platform: Platform) -> None:
    """Ctrl-C, as a user would."""
    platform.process.send_signal(signal.SIGINT)
    try:
        platform.process.wait(20)
    except subprocess.TimeoutExpired:
        platform.process.kill()
        platform.process.wait()


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """One demo platform for all journeys."""
    with tempfile.TemporaryDirectory(prefix="sundial-journey-") as folder:
        Path(folder).chmod(0o711)
        running = start_platform(Path(folder) / "var")
        yield running
        stop_platform(running)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
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
