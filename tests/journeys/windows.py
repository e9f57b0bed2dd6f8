"""Windows on one console, whatever browser shows them: what each was told, and at which moment."""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from playwright.sync_api import Page, expect

from tests.journeys.beside import Beside
from tests.journeys.firefox import Firefox, FirefoxError, promise
from tests.server.realtime.console import Console

KINDS = (
    "user_added", "user_updated", "user_deleted", "users_bulk_deleted", "users_bulk_attrs_updated",
    "user_roles_updated", "policy_added", "policy_updated", "policy_deleted", "policies_bulk_deleted",
    "attribute_added", "attribute_removed", "file_uploaded", "file_deleted", "audit_log_added",
    "tracking_policy_changed", "agents_status", "presence",
)  # fmt: skip
LIVE = 'document.getElementById("connection").dataset.state === "live"'
PATIENCE_S = 60.0

# Keeps what the page is told, and the moment: after the page itself has worked the event in.
_KEEP = f"""(() => {{
  window.heard = [];
  for (const kind of {list(KINDS)}) document.body.addEventListener(`live:${{kind}}`, (event) => {{
    window.heard.push([kind, (performance.timeOrigin + performance.now()) / 1000, event.detail]);
  }});
}})()"""


def upto(offset: int) -> str:
    """Whether a page was told that event, in the page's words."""
    return f"window.heard.some(([, , event]) => event.offset >= {offset})"


@dataclass(frozen=True)
class Heard:
    """One event, and when it came to a window, in seconds since 1970."""

    kind: str
    at: float
    event: dict[str, Any]


class Window(Protocol):
    """Somebody who listens."""

    def heard(self) -> list[Heard]:
        """All that was told so far."""


def session_of(page: Page) -> str:
    """The session of whoever is signed in there."""
    return next(one["value"] for one in page.context.cookies() if one["name"] == "sessionid")


class ChromiumWindow:
    """A page of Playwright's, which is on the console."""

    def __init__(self, page: Page) -> None:
        self.page = page
        expect(page.locator("#connection")).to_have_attribute("data-state", "live", timeout=PATIENCE_S * 1000)
        page.evaluate(_KEEP)

    def session(self) -> str:
        """The session of whoever is signed in there."""
        return session_of(self.page)

    def until(self, offset: int) -> None:
        """Wait until the event of that number was told."""
        self.page.evaluate(promise(upto(offset)))

    def heard(self) -> list[Heard]:
        """All that was told so far."""
        return [Heard(*one) for one in self.page.evaluate("window.heard")]


class FirefoxWindow:
    """A Firefox of its own, signed in by the page as anybody would."""

    def __init__(self, beside: Beside, firefox: Firefox, base_url: str, account: dict[str, Any]) -> None:
        self._beside, self._firefox = beside, firefox
        firefox.start()
        beside.run(self._open(base_url, account))

    async def _open(self, base_url: str, account: dict[str, Any]) -> None:
        await self._firefox.open()
        await self._firefox.go(f"{base_url}/login/")
        form = "const said = new FormData(document.querySelector('input[name=password]').form);"
        fill = " ".join(f"said.set('{name}', {json.dumps(account[name])});" for name in ("email", "password"))
        send = "const answer = await fetch('/login/', {method: 'POST', body: said}); return answer.redirected;"
        if not await self._firefox.does(f"(async () => {{ {form} {fill} {send} }})()"):
            raise FirefoxError("it could not sign in")
        await self._firefox.go(f"{base_url}/console/")
        await self._firefox.until(LIVE)
        await self._firefox.does(_KEEP)

    def until(self, offset: int) -> None:
        """Wait until the event of that number was told."""
        self._beside.run(self._firefox.until(upto(offset)))

    def heard(self) -> list[Heard]:
        """All that was told so far."""
        return [Heard(*one) for one in self._beside.run(self._firefox.does("window.heard"))]


class PlainWindow(Console):
    """A client of the protocol that is no browser; to be made in the loop where it listens."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.times: list[Heard] = []

    @classmethod
    async def at(cls, address: str) -> "PlainWindow":
        """One that listens in the loop that runs here."""
        return cls(address)

    async def listens(self, session: str) -> int:
        """Join as the administrator of that session, and say where the room is."""
        await self.connect(session)
        return int((await self.ask("join_admin", "joined_admin"))["offset"])

    @property
    def place(self) -> int:
        """The number of the last event that came."""
        return max(numbered(self.times), default=0)

    async def _hear(self, kind: str, body: dict[str, Any]) -> None:
        if kind in KINDS:
            self.times.append(Heard(kind, time.time(), body))
        await super()._hear(kind, body)


def numbered(heard: Iterable[Heard]) -> dict[int, Heard]:
    """The events that are kept, by their numbers."""
    return {one.event["offset"]: one for one in heard if "offset" in one.event}
