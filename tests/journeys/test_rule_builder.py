"""A file's rule in a real browser: the builder and the text stay in step, and the page says who could open it."""

import re
import secrets
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Platform, Visit
from tests.journeys.test_pages import PHONE, account, settle

pytestmark = pytest.mark.journey

SOON = 60_000  # milliseconds; within a second where nothing else is at work


def send(page: Page, path: str, **sent: Any) -> Any:
    """Ask the public API as whoever is signed in on the page."""
    headers = {"X-CSRFToken": page.locator('input[name="csrfmiddlewaretoken"]').first.input_value()}
    answer = page.request.post(f"/api/v1/{path}", headers=headers, **sent)
    assert answer.ok, answer.text()
    return answer.json()


def a_file(page: Page, rule: str) -> int:
    """A file with this rule, by its id."""
    content = {"name": f"plan-{secrets.token_hex(3)}.txt", "mimeType": "text/plain", "buffer": b"Plans.\n"}
    return int(send(page, "files", multipart={"file": content, "policy": rule})["id"])


def a_flag(page: Page) -> str:
    """A new attribute that nobody has."""
    name = f"flag-{secrets.token_hex(3)}"
    send(page, "attributes", data={"name": name})
    return name


def row(page: Page, number: int) -> Locator:
    return page.locator(".rule-row").nth(number)


def test_builder_and_text_stay_in_step_and_who_could_open_is_shown(platform: Platform, visit: Visit) -> None:
    page = visit(account(platform, "admin"))
    flag = a_flag(page)
    file = a_file(page, "role = admin")
    page.goto(f"/vault/files/{file}/")
    page.get_by_role("link", name="Change the rule").click()
    text, who = page.get_by_label("Rule", exact=True), page.locator("[data-rule-who]")
    expect(row(page, 0).get_by_label("What")).to_have_value("role", timeout=SOON)
    expect(who).to_contain_text("1 of", timeout=SOON)

    text.fill(f"role = admin, not {flag} or time >= 00:00")
    expect(page.locator(".rule-row")).to_have_count(3, timeout=SOON)
    expect(row(page, 1).get_by_label("not")).to_be_checked()
    expect(row(page, 2).get_by_label("Value")).to_have_value("00:00")

    row(page, 2).get_by_role("button", name="Remove").click()
    expect(text).to_have_value(f"role = admin and not {flag}", timeout=SOON)
    row(page, 0).get_by_label("Value").select_option("employee")
    expect(text).to_have_value(f"role = employee and not {flag}", timeout=SOON)
    expect(who.locator(".rule-warning")).to_contain_text("You could not open it", timeout=SOON)
    page.get_by_label("Conditions").first.select_option("some")
    expect(text).to_have_value(f"any 1 of (role = employee, not {flag})", timeout=SOON)
    expect(who).to_contain_text("Everybody could open it now", timeout=SOON)

    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(f"any 1 of (role = employee, not {flag})")).to_be_visible(timeout=SOON)


def test_a_misspelt_attribute_is_mended_by_one_click(platform: Platform, visit: Visit) -> None:
    page = visit(account(platform, "admin"))
    flag = a_flag(page)
    page.goto(f"/vault/files/{a_file(page, '')}/rule/")
    text = page.get_by_label("Rule", exact=True)
    text.fill(f"role = admin and {flag}x")
    page.get_by_role("button", name=f"Did you mean {flag}?").click(timeout=SOON)
    expect(text).to_have_value(f"role = admin and {flag}")
    expect(page.locator("[data-rule-who]")).to_contain_text("Nobody could open it now", timeout=SOON)
    text.fill("role = admin and")
    expect(page.locator("[data-rule-said]")).to_contain_text("missing", timeout=SOON)


def test_the_rule_page_fits_a_phone(platform: Platform, visit: Visit) -> None:
    page = visit(account(platform, "admin"), viewport=PHONE)
    file = a_file(page, "any 2 of (role = admin, not (working and enrolled), time < 12:00)")
    page.goto(f"/vault/files/{file}/rule/")
    expect(page.locator(".rule-row")).to_have_count(4, timeout=SOON)
    settle(page)
    wide, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= window
    expect(page.get_by_role("button", name="Save")).to_be_visible()
    expect(page.locator("[data-rule-who]")).to_contain_text(re.compile(r"\d+ of \d+"), timeout=SOON)


def test_an_upload_asks_for_its_rule_by_the_same_builder_and_names_nobody(
    platform: Platform, visit: Visit, tmp_path: Path
) -> None:
    file = tmp_path / f"plan-{secrets.token_hex(3)}.txt"
    file.write_text("Plans.\n")
    page = visit(account(platform, "employee"), "/vault/", viewport=PHONE)
    page.set_input_files("[data-files]", file)
    dialog = page.get_by_role("dialog", name="Upload")
    text, who = dialog.get_by_label("Whom does it open for?"), dialog.locator("[data-rule-who]")
    expect(text).to_be_focused()
    text.fill("")
    dialog.get_by_role("button", name="Add a condition").press("Enter")
    name = dialog.get_by_label("What")
    expect(name).to_be_focused()
    name.select_option("role")
    dialog.get_by_label("Value").select_option("manager")
    expect(text).to_have_value("role = manager", timeout=SOON)
    expect(who).to_contain_text(re.compile(r"\d+ of \d+ people could open it now"), timeout=SOON)
    expect(who.locator(".rule-warning")).to_contain_text("You could not open it")
    expect(who.locator(".rule-people")).to_have_count(0)
    box = dialog.bounding_box()
    assert box is not None
    assert box["width"] <= PHONE["width"]
    dialog.get_by_role("button", name="Upload 1 file").press("Enter")
    expect(page.get_by_role("link", name=file.name, exact=True)).to_be_visible(timeout=SOON)
    expect(page.locator("main")).to_contain_text("role = manager")
