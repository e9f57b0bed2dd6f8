"""python -m bench.revocation [--tries 20]

How long after its commit a revocation takes effect on what is open: a download whose bytes are on their way, the page
of a file, a link that was sent. The attribute is taken away, the rule is changed, or the link is ended. Moments are of
one clock: PostgreSQL's for the commit, the client's own for the last byte, the emptied page and the first refusal.
"""

import argparse
import os
import secrets
import sys
from collections.abc import Callable

from playwright.sync_api import Page, sync_playwright

from bench import machine
from bench.console.stage import Outbox, running, signed_in
from bench.revocation.opened import Download, Link, Opened, OpenPage
from tests.journeys.acts import Api
from tests.journeys.conftest import FLAGS
from tests.journeys.telling import milliseconds, spread
from tests.running import Platform

PROMISED_S = 1.0
SIZE = 48 << 20  # more than a slow reader takes before it is cut
FLAG = f"bench-{secrets.token_hex(3)}"


class Keeper:
    """An administrator of two files, a long and a short one, who says who carries what opens them."""

    def __init__(self, platform: Platform) -> None:
        company = platform.demo["companies"][0]
        self._api = Api(platform.base_url, company["admin"])
        self._outbox = Outbox(platform, company["id"])
        self._person = company["employees"][0]["id"]
        self._api.ask("POST", "/attributes", {"name": FLAG})
        self.long = self._put("long.bin", os.urandom(SIZE))
        self.short = self._put("short.txt", b"what it says")

    def _put(self, name: str, body: bytes) -> int:
        made = self._api.ask("POST", "/files", files={"file": (name, body)}, data={"policy": FLAG})
        return int(made["id"])

    def let(self, file: int) -> None:
        """The file opens to the employee."""
        self.carry(FLAG)
        self.rule(file, FLAG)

    def carry(self, *names: str) -> None:
        """Say what the employee carries."""
        self._api.ask("POST", "/users/bulk-attributes", {"ids": [self._person], "attributes": list(names)})

    def rule(self, file: int, text: str) -> None:
        """Say which rule opens a file."""
        self._api.ask("PUT", f"/files/{file}/policy", {"policy": text})

    def committed(self, act: Callable[[], None]) -> float:
        """Do this; the moment of its commit, in seconds since 1970."""
        before = self._outbox.head()
        act()
        return self._outbox.change(before)

    def close(self) -> None:
        """Hang up."""
        self._api.close()
        self._outbox.close()


def main() -> int:
    """0 if all took effect in time."""
    parser = argparse.ArgumentParser(prog="python -m bench.revocation", description=__doc__)
    parser.add_argument("--tries", type=int, default=20)
    given = parser.parse_args()
    print(f"load before: {os.getloadavg()[0]:.1f}")
    with running() as platform, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = signed_in(browser, platform.base_url, platform.demo["companies"][0]["employees"][0])
        keeper = Keeper(platform)
        found = {}
        for what in WAYS:
            found[what] = [lasts(keeper, page, what) for _ in range(given.tries)]
            print(f"{what}: {spread(found[what])}", flush=True)
        keeper.close()
        browser.close()
    return 0 if reported(found) else 1


def _without_attribute(keeper: Keeper, file: int, opened: Opened) -> None:
    keeper.carry()


def _by_rule(keeper: Keeper, file: int, opened: Opened) -> None:
    keeper.rule(file, f"not {FLAG}")


def _by_end(keeper: Keeper, file: int, opened: Opened) -> None:
    if isinstance(opened, Link):
        opened.end()


WAYS: dict[str, tuple[Callable[[Page, int], Opened], Callable[[Keeper, int, Opened], None]]] = {
    "download, attribute": (Download, _without_attribute),
    "download, rule": (Download, _by_rule),
    "page, attribute": (OpenPage, _without_attribute),
    "page, rule": (OpenPage, _by_rule),
    "link, attribute": (Link, _without_attribute),
    "link, ended": (Link, _by_end),
}


def lasts(keeper: Keeper, page: Page, what: str) -> float:
    """For how long after its revocation something went on, in seconds."""
    opens, revoke = WAYS[what]
    file = keeper.long if opens is Download else keeper.short
    keeper.let(file)
    opened = opens(page, file)
    committed = keeper.committed(lambda: revoke(keeper, file, opened))
    return opened.ended() - committed


def reported(found: dict[str, list[float]]) -> bool:
    """Whether the promise holds; prints how long each way took."""
    spreads = {what: spread(some) for what, some in found.items()}
    rows = [(what, len(found[what]), *milliseconds(one).values()) for what, one in spreads.items()]
    machine.table("From commit, in ms", ["what, how", "tries", "p50", "p99", "longest"], rows)
    machine.save("revocation", {"from_commit_ms": {what: milliseconds(one) for what, one in spreads.items()}})
    longest = max(one.longest for one in spreads.values())
    return machine.verdict({f"all within {PROMISED_S:.0f} s": longest <= PROMISED_S})


if __name__ == "__main__":
    sys.exit(main())
