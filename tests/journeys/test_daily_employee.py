"""An employee's day, in a real browser: everything about oneself in two clicks, and nothing about anyone else."""

import re
import secrets

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import daily
from tests.journeys.conftest import Platform, Visit
from tests.journeys.test_pages import account
from tests.journeys.test_tasks import agent_of, employee, listening

pytestmark = pytest.mark.journey

COLLEAGUE = 1


@pytest.fixture
def page(platform: Platform, visit: Visit) -> Page:
    """The employee's browser."""
    return visit(account(platform, "employee"))


def test_yesterday_of_mine_with_its_screenshots(platform: Platform, page: Page) -> None:
    company, me = platform.demo["companies"][0]["id"], employee(platform, 0)["id"]
    day = daily.take_picture_of_yesterday(platform, company, me)
    daily.at_the_dashboard(page)
    page.get_by_role("link", name="My day", exact=True).click()
    page.get_by_role("link", name="The day before").click()
    expect(page).to_have_url(re.compile(f"/me/day/.date={day}"))
    assert daily.clicks(page) <= daily.TWO
    daily.sooner_or_later(page, page.url, "[data-gallery] img")


def test_my_month_is_taken_along(page: Page) -> None:
    daily.takes_a_month_along(page)


def test_what_was_done_about_me_is_read(platform: Platform, visit: Visit, page: Page) -> None:
    me = employee(platform, 0)
    visit(account(platform, "admin"), f"/employees/{me['id']}/day/")
    daily.at_the_dashboard(page)
    daily.go(page, "My audit entries")
    assert daily.clicks(page) <= daily.TWO
    expect(page.locator("tbody tr", has_text=account(platform, "admin")["email"]).first).to_be_visible()


def test_everything_about_me_is_taken_along(page: Page) -> None:
    daily.at_the_dashboard(page)
    page.get_by_role("link", name="My record").first.click()
    file = daily.downloaded(page, page.locator("a[href^='/me/export/']").first)
    assert daily.clicks(page) <= daily.TWO
    assert file.stat().st_size > 0


def test_a_task_of_mine_is_seen_done_and_refused_to_a_colleague(platform: Platform, visit: Visit) -> None:
    admin, me = visit(account(platform, "admin")), employee(platform, 27)
    title = f"Press the felt {secrets.token_hex(3)}"
    with agent_of(platform, admin, me) as agent, listening(agent) as heard:
        address = daily.gives_a_task(admin, me, title)
        assert heard.wait(daily.SOON / 1000), "the agent hears of it on its stream"
        assert title in [one["title"] for one in agent.get("tasks").json()["tasks"]]
    mine = visit(me)
    daily.at_the_dashboard(mine)
    daily.go(mine, "My tasks")
    mine.get_by_role("link", name=title).click()
    assert daily.clicks(mine) <= daily.TWO
    mine.get_by_role("button", name="Done", exact=True).click()
    expect(mine.locator(".task-lead")).to_contain_text("Done")
    refused = visit(employee(platform, 28)).goto(address)
    assert refused is not None
    assert refused.status == 404


def test_a_colleague_s_pages_are_refused(platform: Platform, page: Page) -> None:
    colleague = employee(platform, COLLEAGUE)["id"]
    refusals = {
        f"/employees/{colleague}/": 403,
        f"/employees/{colleague}/day/": 403,
        f"/reports/daily/?person={colleague}": 404,
        "/agent-sync-status/": 403,
    }
    for path, status in refusals.items():
        refused = page.goto(path)
        assert refused is not None
        assert refused.status == status, path
    page.goto(f"/sessions/?person={colleague}")
    expect(page.locator("body")).not_to_contain_text(daily.name_of(employee(platform, COLLEAGUE)))
