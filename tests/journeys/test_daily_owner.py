"""The owner's day, in a real browser: companies and the platform in two clicks, and nobody's name on the way."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import daily
from tests.journeys.conftest import Platform, Visit
from tests.journeys.test_pages import account

pytestmark = pytest.mark.journey


@pytest.fixture
def page(platform: Platform, visit: Visit) -> Page:
    """The owner's browser."""
    return visit(account(platform, "owner"))


def test_how_many_agents_are_online_stands_on_the_first_page(platform: Platform, page: Page) -> None:
    daily.at_the_dashboard(page)
    company = platform.demo["companies"][0]["id"]
    online = page.locator(f"tr[data-live-company='{company}'] [data-fact=online]")
    expect(online).not_to_have_text("0", timeout=daily.SOON)
    assert daily.clicks(page) == 0


def test_a_company_s_policy_is_reached_and_its_progress_counted(platform: Platform, page: Page) -> None:
    daily.at_the_dashboard(page)
    company = platform.demo["companies"][0]
    page.locator(f"tr[data-live-company='{company['id']}'] a[href$='/policy/']").click()
    expect(page.locator("li[data-segment=applied]")).to_be_visible(timeout=daily.SOON)
    assert daily.clicks(page) <= daily.TWO


def test_companies_are_taken_along_without_a_person_in_the_file(platform: Platform, page: Page) -> None:
    daily.at_the_dashboard(page)
    file = daily.downloaded(page, daily.exports(page, "CSV"))
    assert daily.clicks(page) <= daily.TWO
    text = file.read_text(encoding="utf-8-sig")
    assert platform.demo["companies"][0]["name"] in text
    assert "@meghna.example" not in text


def test_the_platform_s_log_is_taken_along_without_a_person_of_a_company(page: Page) -> None:
    daily.at_the_dashboard(page)
    daily.go(page, "Audit log")
    expect(page.get_by_role("heading", level=1)).to_have_text("Platform audit log")
    assert daily.clicks(page) <= daily.TWO
    file = daily.downloaded(page, daily.exports(page, "As CSV, all entries"))
    assert daily.csv_rows(file)
    assert "@meghna.example" not in file.read_text(encoding="utf-8-sig")


def test_plans_alerts_and_health_are_one_click_away(page: Page) -> None:
    for label in ("Plans", "Invoices", "Alerts", "Health"):
        daily.at_the_dashboard(page)
        daily.go(page, label)
        expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile(label, re.IGNORECASE))
        assert daily.clicks(page) == 1
