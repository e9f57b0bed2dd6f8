"""A month leaves two clicks from the dashboard; charts are drawn, walked by keyboard, and tables without a script."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Platform, Visit

pytestmark = pytest.mark.journey

PATIENCE = 60_000  # two slow and busy cores


def admin(platform: Platform) -> dict[str, Any]:
    """Who runs the first company of the demo."""
    found: dict[str, Any] = platform.demo["companies"][0]["admin"]
    return found


def drawn(page: Page) -> None:
    """Wait until the chart is there."""
    expect(page.locator("[data-chart-canvas] canvas").first).to_be_visible(timeout=PATIENCE)


def test_a_month_is_exported_two_clicks_from_the_dashboard(platform: Platform, visit: Visit) -> None:
    page = visit(admin(platform), "/dashboard/")
    page.locator(".rail").get_by_role("link", name="Reports").click()
    page.get_by_role("link", name=re.compile("^Monthly")).click()
    drawn(page)
    page.get_by_text("Export", exact=True).click()
    with page.expect_download(timeout=PATIENCE) as taken:
        page.get_by_role("link", name=re.compile("XLSX")).click()
    assert re.fullmatch(r"monthly-\d{4}-\d\d-01-\d{4}-\d\d-\d\d\.xlsx", taken.value.suggested_filename)


def test_a_chart_is_walked_by_keyboard_and_says_where_one_is(platform: Platform, visit: Visit) -> None:
    page = visit(admin(platform), "/reports/heatmap/?range=last-month")
    drawn(page)
    page.locator("[data-chart-canvas]").focus()
    said = page.locator("[data-chart-said]")
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("00, Mon", timeout=PATIENCE)
    for key in ("ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    expect(said).to_contain_text("01, Tue", timeout=PATIENCE)


def test_a_chart_turns_into_its_table_and_follows_the_look(platform: Platform, visit: Visit) -> None:
    page = visit(admin(platform), "/reports/daily/?range=last-month", color_scheme="light")
    drawn(page)
    table = page.locator(".chart-table")
    expect(table).to_be_hidden()
    page.get_by_role("button", name="As a table").click()
    expect(table).to_be_visible()
    painted = "document.querySelector('[data-chart-canvas] canvas').toDataURL()"
    light = page.evaluate(painted)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"before => {painted} !== before", arg=light, timeout=PATIENCE)


def test_without_a_script_the_table_is_all_there_is(platform: Platform, visit: Visit) -> None:
    page = visit(admin(platform), "/reports/daily/?range=last-month", java_script_enabled=False)
    expect(page.locator(".chart-table table")).to_be_visible()
    expect(page.locator("[data-chart-canvas]")).to_be_hidden()
