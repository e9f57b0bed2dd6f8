"""A manager's day, in a real browser: the same tasks in two clicks, for the people of their own teams alone."""

import secrets

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import daily
from tests.journeys.conftest import Platform, Visit
from tests.journeys.test_pages import account
from tests.journeys.test_tasks import agent_of, employee, listening
from tests.server.alerts.post import PostOffice

pytestmark = pytest.mark.journey

MINE, STRANGER = 14, 28  # the team has the first half of the demo's people


@pytest.fixture
def page(platform: Platform, visit: Visit) -> Page:
    """The manager's browser."""
    return visit(account(platform, "manager"))


def test_who_of_the_team_is_working_now_stands_on_the_dashboard(platform: Platform, page: Page) -> None:
    daily.sees_who_works(page)
    expect(page.locator("body")).not_to_contain_text(employee(platform, STRANGER)["email"])


def test_yesterday_s_screenshots_of_one_of_the_team(platform: Platform, page: Page) -> None:
    daily.sees_yesterday_of(page, platform)


def test_a_session_of_the_team_is_ended_and_the_agent_hears_of_it(platform: Platform, visit: Visit, page: Page) -> None:
    person, note = employee(platform, MINE), f"Ledger {secrets.token_hex(3)}"
    admin = visit(account(platform, "admin"))
    with agent_of(platform, admin, person) as agent, listening(agent, "session_ended") as heard:
        daily.begin_work(agent, note)
        daily.ends_the_session_of(page, daily.name_of(person), note)
        assert heard.wait(daily.SOON / 1000), "the agent hears of it on its stream"


def test_one_of_the_team_is_written_to_by_a_real_letter(platform: Platform, page: Page, post: PostOffice) -> None:
    person, words = employee(platform, MINE - 1), f"Is your computer on? {secrets.token_hex(3)}"
    daily.at_the_dashboard(page)
    daily.go(page, "Agents")
    page.get_by_label("Search people").fill(person["email"])
    page.get_by_label("Search people").press("Enter")
    page.get_by_role("link", name=f"Contact {daily.name_of(person)}…").click()
    assert daily.clicks(page) <= daily.TWO
    page.get_by_label("Subject").fill("Hello")
    page.get_by_label("Your words").fill(words)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 of 1 reached")
    daily.letter_to(post, person["email"], words)


def test_the_team_s_month_is_taken_along(page: Page) -> None:
    daily.takes_a_month_along(page)


def test_a_task_is_given_within_the_team_and_refused_to_a_colleague(
    platform: Platform, visit: Visit, page: Page
) -> None:
    person, title = employee(platform, MINE), f"Mend the third loom {secrets.token_hex(3)}"
    with agent_of(platform, visit(account(platform, "admin")), person) as agent, listening(agent) as heard:
        address = daily.gives_a_task(page, person, title)
        assert heard.wait(daily.SOON / 1000), "the agent hears of it on its stream"
        assert title in [one["title"] for one in agent.get("tasks").json()["tasks"]]
    refused = visit(employee(platform, MINE - 1)).goto(address)
    assert refused is not None
    assert refused.status == 404


def test_a_person_of_another_team_is_not_there(platform: Platform, page: Page) -> None:
    stranger = employee(platform, STRANGER)["id"]
    for path in (f"/employees/{stranger}/", f"/employees/{stranger}/day/", f"/reports/daily/?person={stranger}"):
        refused = page.goto(path)
        assert refused is not None
        assert refused.status == 404, path
