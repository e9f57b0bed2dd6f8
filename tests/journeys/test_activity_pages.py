"""What was recorded, in a real browser: by mouse and by keyboard, live, and every look shown to whom it is about."""

import re
import zipfile
from typing import Any

import pytest
from playwright.sync_api import Error, Locator, Page, expect

from tests.journeys.conftest import Platform, Visit
from tests.journeys.test_axe import AXE, serious
from tests.journeys.test_pages import PHONE, account, settle

pytestmark = pytest.mark.journey

LONG = 60_000
TRIES = 30
_LISTEN = """() => {
  document.body.dataset.told = "no";
  document.body.addEventListener("live:work_status", () => { document.body.dataset.told = "yes"; });
}"""


def sooner_or_later(page: Page, path: str, selector: str) -> Locator:
    """Load this page until it has such a thing: agents and worker need a moment after the start."""
    for _ in range(TRIES):
        page.goto(path)
        found = page.locator(selector)
        try:
            found.first.wait_for(timeout=2_000)
        except Error:
            continue
        return found
    raise AssertionError(f"{path} never had {selector}")


def whose(platform: Platform, user_id: str) -> dict[str, Any]:
    """The demo account with this id."""
    people: list[dict[str, Any]] = platform.demo["companies"][0]["employees"]
    return next(one for one in people if one["id"] == int(user_id))


def test_a_picture_its_day_and_the_one_who_looked_hang_together(platform: Platform, visit: Visit) -> None:
    page = visit(account(platform, "admin"))
    sooner_or_later(page, "/screenshots/", ".shot-link:has(img)").first.click()
    box = page.locator("[data-lightbox]")
    expect(box).to_be_visible()
    expect(box.locator("img")).not_to_have_js_property("naturalWidth", 0, timeout=LONG)
    page.keyboard.press("Home")
    expect(box.locator("[data-count]")).to_have_text(re.compile(r"^1 / \d+$"))
    page.keyboard.press("ArrowRight")
    expect(box.locator("[data-count]")).to_have_text(re.compile(r"^2 / \d+$"))
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()

    page.goto(page.locator(".shot-link:has(img)").first.get_attribute("href") or "")
    page.get_by_role("link", name="The day of this picture").click()
    expect(page).to_have_url(re.compile(r"/employees/\d+/day/\?date="))
    expect(page.locator("main")).to_contain_text("That you looked is noted and shown to them")
    number = re.search(r"/employees/(\d+)/day", page.url)
    assert number
    theirs = visit(whose(platform, number[1]), "/me/")
    looked = theirs.locator("section", has=theirs.get_by_role("heading", name="Who looked"))
    admin = account(platform, "admin")
    assert admin is not None
    expect(looked).to_contain_text(admin["email"])
    expect(looked).to_contain_text("screenshot")


def test_a_day_is_walked_by_keyboard(platform: Platform, visit: Visit) -> None:
    page = visit(account(platform, "admin"))
    sooner_or_later(page, "/screenshots/", ".shot-link img")
    for link in [one.get_attribute("href") for one in page.locator(".shot-link:has(img)").all()]:
        page.goto(link or "")
        page.get_by_role("link", name="The day of this picture").click()
        page.locator("[data-lane=apps] [tabindex='0']").first.wait_for()
        if page.locator("[data-lane=apps] .timeline-bar").count() > 1:  # someone who has just begun has one
            break
    page.locator("[data-lane=apps] [tabindex='0']").focus()
    tip = page.locator("[data-tip]")
    expect(tip).to_be_visible()
    first = tip.inner_text()
    page.keyboard.press("ArrowRight")
    expect(tip).not_to_have_text(first, use_inner_text=True)
    page.keyboard.press("+")
    expect(page.locator("[data-scale]")).to_have_text("2×")
    page.keyboard.press("-")
    expect(page.locator("[data-scale]")).to_have_text("1×")
    page.evaluate(AXE.read_text())
    assert list(serious(page)) == []

    day = re.search(r"date=([\d-]+)", page.url)
    assert day
    page.locator("h1").click()
    page.keyboard.press("ArrowLeft")
    expect(page).not_to_have_url(re.compile(day[1]))
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(day[1]))


def test_a_session_is_ended_and_open_dashboards_hear_of_it(platform: Platform, visit: Visit) -> None:
    board = visit(account(platform, "admin"))
    board.goto("/dashboard/")
    settle(board)

    page = visit(account(platform, "admin"))
    row = sooner_or_later(page, "/sessions/?state=open", "tbody tr button:text('End…')").first
    row.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("stops recording within a second")
    dialog.get_by_label("Why").fill("It was forgotten")
    board.evaluate(_LISTEN)
    dialog.get_by_role("button", name="End session").click()
    expect(page.locator(".toast")).to_contain_text("The session was ended")
    expect(page.locator("main")).to_contain_text("It was forgotten")
    expect(board.locator("body")).to_have_attribute("data-told", "yes", timeout=LONG)


def test_people_without_a_script_read_the_day_as_a_table(platform: Platform, visit: Visit) -> None:
    page = visit(account(platform, "admin"))
    sooner_or_later(page, "/screenshots/", ".shot-link img")
    address = page.locator(".shot-link:has(img)").first.get_attribute("href") or ""
    page.goto(address)
    day = page.get_by_role("link", name="The day of this picture").get_attribute("href") or ""
    plain = visit(account(platform, "admin"), day, java_script_enabled=False, viewport=PHONE)
    plain.locator(".day-table summary").click()
    expect(plain.locator(".day-table tbody tr").first).to_be_visible()
    plain.goto(address)
    expect(plain.locator("main img")).to_be_visible()


def test_ticked_pictures_are_one_file_to_take_away_or_to_put_into_the_vault(platform: Platform, visit: Visit) -> None:
    page = visit(account(platform, "employee"))
    sooner_or_later(page, "/screenshots/", ".shot:has(img) .tick").first.check()
    chosen = page.locator(".bulk")
    expect(chosen).to_contain_text("1 chosen", timeout=LONG)
    with page.expect_download(timeout=LONG) as download:
        chosen.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename.endswith(".zip")
    names = zipfile.ZipFile(download.value.path()).namelist()
    assert (names[0], len(names)) == ("screenshots.csv", 2)
    chosen.get_by_role("button", name="Put into the vault").click()
    page.get_by_label("Whom does it open for?").fill("role = employee")
    page.get_by_role("button", name="Put it there").click()
    expect(page.get_by_role("heading", name=re.compile("^Screenshots of "))).to_be_visible(timeout=LONG)
