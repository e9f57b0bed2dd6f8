"""What a console's window shows: its tables cell by cell, and at which moments it looked live."""

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Request, ViewportSize, expect

from tests.journeys.windows import KINDS, PATIENCE_S

TABS = ("people", "attributes", "rules", "audit")
TALL: ViewportSize = {"width": 1280, "height": 9_000}  # every row of a table is seen, so that every row is drawn
LIVE = "live"

# When somebody was seen last changes by itself; buttons and boxes say nothing of the row.
_CELLS = """(tab) => {
  const word = document.getElementById("console-words").dataset.wordLastSeen;
  const said = (cell) => cell.dataset.label !== word && !cell.querySelector("button, input");
  const cells = (row) => [row.dataset.key, ...[...row.cells].filter(said).map((cell) => cell.innerText)];
  return [...document.querySelectorAll(`table[data-table="${tab}"] tbody tr[data-key]:not([data-leaving])`)].map(cells);
}"""
_WATCH = """(kinds) => {
  const connection = document.getElementById("connection");
  window.looks = [[Date.now() / 1000, connection.dataset.state]];
  window.asked = 0;
  const note = () => window.looks.push([Date.now() / 1000, connection.dataset.state]);
  new MutationObserver(note).observe(connection, { attributes: true, attributeFilter: ["data-state"] });
  document.body.addEventListener("live:again", () => { window.asked += 1; });
  window.offsets = [];
  window.added = {};
  for (const kind of kinds) document.body.addEventListener(`live:${kind}`, ({ detail }) => {
    if ("offset" in detail) window.offsets.push(detail.offset);
    if (kind === "attribute_added") window.added[detail.attribute] = detail.offset;
  });
}"""


@dataclass(frozen=True)
class Span:
    """From one moment to another, in seconds since 1970."""

    began: float
    ended: float


class Lookout:
    """Opens the console in a page, and keeps how it looked and what it asked for, from when it was live first."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.goto("/console/")
        self.is_live()
        page.evaluate(_WATCH, [*KINDS, "file_updated", "folder_updated"])
        self._requests: list[str] = []
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        self._requests.append(request.url)

    def forget_requests(self) -> None:
        """Count what is asked for from here on."""
        self._requests.clear()

    def whole_tables_asked(self) -> list[str]:
        """The tables of people and of rules that were asked for in full."""
        places = [urlsplit(url) for url in self._requests]
        rules = [one.path for one in places if one.path == "/console/rules/" and "file" not in parse_qs(one.query)]
        return [one.path for one in places if one.path == "/console/people/"] + rules

    def is_live(self) -> None:
        """Wait until it looks live."""
        expect(self.page.locator("#connection")).to_have_attribute("data-state", LIVE, timeout=PATIENCE_S * 1000)

    def is_not_live(self) -> None:
        """Wait until it looks otherwise."""
        expect(self.page.locator("#connection")).not_to_have_attribute("data-state", LIVE, timeout=PATIENCE_S * 1000)

    def live_spans(self, now: float) -> list[Span]:
        """When it looked live."""
        looks = [*self.page.evaluate("window.looks"), [now, ""]]
        return [Span(began, ended) for (began, state), (ended, _next) in pairwise(looks) if state == LIVE]

    def lost_its_line(self) -> bool:
        """Whether it had to connect anew; silence alone is none."""
        return any(state in {"connecting", "offline"} for _at, state in self.page.evaluate("window.looks"))

    def times_asked_again(self) -> int:
        """How often everything was asked for because too much was missed."""
        return int(self.page.evaluate("window.asked"))

    def heard_without_gap(self) -> list[int]:
        """The numbers of all events that it was told, which must be one after the other."""
        offsets: list[int] = self.page.evaluate("window.offsets")
        assert offsets == list(range(offsets[0], offsets[0] + len(offsets)))
        return offsets

    def number_of(self, attribute: str) -> int:
        """Wait until it is told that this attribute was added, and say by which event."""
        told = self.page.wait_for_function("(word) => window.added[word]", arg=attribute, timeout=PATIENCE_S * 1000)
        return int(told.json_value())


def agree(page: Page, fresh: Page) -> None:
    """All tables of the two say the same, cell by cell, once both have settled; a place in the log is a row, too."""
    for tab in TABS:
        for one in (page, fresh):
            one.locator(f'[data-tab="{tab}"]').click()
        first = fresh.locator(f'table[data-table="{tab}"] tbody tr[data-key]').first
        expect(first).to_be_visible(timeout=PATIENCE_S * 1000)
        _await_same(page, fresh, tab)


def _await_same(page: Page, fresh: Page, tab: str) -> None:
    wanted: Any = fresh.evaluate(_CELLS, tab)
    same = f"([tab, wanted]) => JSON.stringify(({_CELLS})(tab)) === wanted"
    try:
        page.wait_for_function(
            same, arg=[tab, json.dumps(wanted, separators=(",", ":"), ensure_ascii=False)], timeout=PATIENCE_S * 1000
        )
    except Exception:
        assert page.evaluate(_CELLS, tab) == wanted, tab
        raise
