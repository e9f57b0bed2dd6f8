"""Two windows of Chromium on the console: how soon rows stand there, and how long the page was ever busy."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from bench.many.stage import ATTRIBUTE
from tests.journeys.conftest import FLAGS

PATIENCE = 120_000  # milliseconds
Figures = dict[str, float]

# Tasks of more than 50 ms, as the browser itself reports them, and the longest time between two frames.
_WATCH = """() => {
  window.tasks = [];
  new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((one) => one.duration)))
    .observe({ type: "longtask" });
}"""
# Scrolls up and down as somebody would who reads on, a little at each frame, until it is told to stop.
_SCROLL = """() => {
  window.frames = 0; window.gap = 0; window.scrolling = true;
  let down = true, before = performance.now();
  const step = (now) => {
    window.gap = Math.max(window.gap, now - before); before = now; window.frames += 1;
    if (window.scrollY < 50) down = true;
    if (window.scrollY > 4000) down = false;
    window.scrollBy(0, down ? 40 : -40);
    if (window.scrolling) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}"""
_ENOUGH = "() => { window.scrolling = false; return [Math.max(0, ...window.tasks), window.gap, window.frames]; }"
_SHOWN = f"""(wanted) => {{
  const rows = [...document.querySelectorAll('[data-table="people"] tbody tr[data-key*="@north."]')];
  return rows.length > 5 && rows.every((row) => row.innerText.includes("{ATTRIBUTE}") === wanted) && Date.now();
}}"""
_ROWS = """document.querySelectorAll('[data-part]:not([hidden]) tbody tr[data-key]').length"""


@contextmanager
def browser() -> Iterator[Browser]:
    """Debian's Chromium; it says how much memory a page takes, as exactly as it knows."""
    with sync_playwright() as playwright:
        flags = [*FLAGS, "--enable-precise-memory-info"]
        yield playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)


def visit(chromium: Browser, base_url: str, session: str, path: str) -> Page:
    """A window that is signed in, on this page, watched from its first moment."""
    context = chromium.new_context(base_url=base_url)
    context.add_cookies([{"name": "sessionid", "value": session, "url": base_url}])
    context.add_init_script(f"({_WATCH})()")
    page = context.new_page()
    page.goto(path)
    return page


def opened(page: Page, many: int) -> Figures:
    """From asking for the page until its rows stand there, how many are drawn of all, and what it costs."""
    page.locator("[data-part]:not([hidden]) tbody tr[data-key]").first.wait_for(timeout=PATIENCE)
    first = page.evaluate("performance.now()")
    expect(page.locator("[data-part]:not([hidden]) table")).to_have_attribute("aria-rowcount", str(many + 1))
    door = page.evaluate("""() => {
      const door = `/console/${document.querySelector("[data-part]:not([hidden])").dataset.part}/`;
      const one = performance.getEntriesByType("resource").findLast((each) => each.name.endsWith(door));
      return [one.responseEnd - one.requestStart, one.transferSize / 1000];
    }""")
    return {
        "first rows, ms": first,
        "the door by the clock, ms": door[0],
        "sent, kB": door[1],
        "rows drawn": page.evaluate(_ROWS),
        "longest task, ms": page.evaluate("Math.max(0, ...window.tasks)"),
        "memory, MB": page.evaluate("performance.memory.usedJSHeapSize / 1e6"),
    }


def filtered(page: Page, words: str, many: int) -> Figures:
    """Typed letter by letter: the longest task, and until the table is the one that was asked for."""
    page.evaluate("window.tasks.length = 0")
    began = time.perf_counter()
    page.locator("[data-part]:not([hidden]) [data-list-search]").press_sequentially(words)
    expect(page.locator("[data-part]:not([hidden]) table")).to_have_attribute("aria-rowcount", str(many + 1))
    return {
        "filtered by so many letters": len(words),
        "until it is, ms": (time.perf_counter() - began) * 1e3,
        "longest task, ms": page.evaluate("Math.max(0, ...window.tasks)"),
    }


def walked(page: Page, steps: int) -> Figures:
    """The keyboard from row to row: the longest task, and how far it came."""
    page.evaluate("window.tasks.length = 0; document.activeElement.blur()")
    for _step in range(steps):
        page.keyboard.press("j")
        page.evaluate("new Promise(requestAnimationFrame)")  # nobody types faster than the page is drawn
    at = page.evaluate("Number(document.activeElement.closest('tr')?.getAttribute('aria-rowindex') ?? 0)")
    return {"rows walked": at - 1, "longest task, ms": page.evaluate("Math.max(0, ...window.tasks)")}


def changed(acting: Page, watching: Page) -> dict[str, Figures]:
    """Thousands are given an attribute in one window, and it is undone, while another one scrolls."""
    acting.get_by_label("Search people").fill("@north.")
    acting.locator('[data-part="people"] [data-choose-all]').check()
    acting.get_by_role("button", name="Attributes…").click()
    acting.locator("#console-many").get_by_label("Attributes").fill(ATTRIBUTE)
    watching.get_by_label("Search people").fill("@north.")
    done = _while_scrolling(acting, watching, "Change", "/console/people/attributes/", shown=True)
    undone = _while_scrolling(acting, watching, "Undo", "/console/people/undo/", shown=False)
    return {"changed": done, "undone": undone}


def _while_scrolling(acting: Page, watching: Page, button: str, door: str, *, shown: bool) -> Figures:
    for page in (acting, watching):
        page.evaluate("window.tasks.length = 0")
    watching.evaluate(_SCROLL)
    with acting.expect_response(lambda one: one.url.endswith(door), timeout=PATIENCE) as answered:
        began = acting.evaluate("Date.now()")
        acting.get_by_role("button", name=button, exact=True).click()
    answer = answered.value
    told: dict[str, Any] = answer.json()
    at = watching.wait_for_function(_SHOWN, arg=shown, timeout=PATIENCE).json_value()
    task, gap, frames = watching.evaluate(_ENOUGH)
    return {
        "people": told["done"],
        "refused": told["failures"],
        "the door by the clock, ms": answer.request.timing["responseEnd"],
        "until the other window shows it, ms": at - began,
        "longest task there, ms": task,
        "longest frame there, ms": gap,
        "frames there": frames,
        "longest task here, ms": acting.evaluate("Math.max(0, ...window.tasks)"),
    }
