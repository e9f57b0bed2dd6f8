"""Time that nothing recorded, from the person to whoever decides and back, in a real browser."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from sundial.server.lib import clock
from tests.journeys.conftest import Platform, Visit

pytestmark = pytest.mark.journey

SOON = 60_000  # milliseconds
REASON = "At the printer's, with the proofs"


def test_a_person_asks_for_time_a_manager_approves_it_and_the_day_counts_it(platform: Platform, visit: Visit) -> None:
    company = platform.demo["companies"][0]
    day = (clock.now() - timedelta(days=200)).date().isoformat()  # nothing was recorded so long ago
    page = visit(company["employees"][0], "/dashboard/")
    page.get_by_role("link", name="My manual time").click()
    page.get_by_role("link", name="Enter time").first.click()
    page.get_by_label("Day").fill(day)
    page.get_by_label("From").fill("10:00")
    page.get_by_label("To", exact=True).fill("11:30")
    page.get_by_label("What you did").fill(REASON)
    page.get_by_role("button", name="Ask for it").click()
    row = page.get_by_role("row").filter(has_text=REASON)
    expect(row).to_contain_text("Waiting", timeout=SOON)

    decides = visit(company["manager"], "/dashboard/")
    decides.get_by_role("link", name="Manual time").click()
    asked = decides.get_by_role("row").filter(has_text=REASON)
    asked.get_by_role("button", name="Approve").click()
    decides.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(asked).to_contain_text("Approved", timeout=SOON)

    page.goto(f"/me/day/?date={day}")
    expect(page.locator("[data-stat=worked]")).to_contain_text("1:30:00")
    expect(page.locator("[data-stat=worked]")).to_contain_text("of it 1:30:00 manual time")
