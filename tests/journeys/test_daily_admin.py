"""An administrator's day, in a real browser: each thing in two clicks from the dashboard, and what comes of it."""

import asyncio
import re
import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Page, expect

from sundial.run.simulate import enrol_device
from tests.journeys import daily
from tests.journeys.agents import running
from tests.journeys.conftest import Platform, Visit
from tests.journeys.test_pages import account
from tests.journeys.test_tasks import agent_of, employee, listening
from tests.server.alerts.post import PostOffice

pytestmark = pytest.mark.journey

PASSWORD = "a long walk along the river"


@pytest.fixture
def page(platform: Platform, visit: Visit) -> Page:
    """The administrator's browser."""
    return visit(account(platform, "admin"))


def test_who_is_working_now_stands_on_the_dashboard(page: Page) -> None:
    daily.sees_who_works(page)


def test_yesterday_s_screenshots_of_one_person(platform: Platform, page: Page) -> None:
    daily.sees_yesterday_of(page, platform)


def test_a_session_is_ended_and_the_agent_hears_of_it(platform: Platform, page: Page) -> None:
    person, note = employee(platform, 25), f"Ledger {secrets.token_hex(3)}"
    with agent_of(platform, page, person) as agent, listening(agent, "session_ended") as heard:
        daily.begin_work(agent, note)
        daily.ends_the_session_of(page, daily.name_of(person), note)
        assert heard.wait(daily.SOON / 1000), "the agent hears of it on its stream"
        assert "session_ended" in agent.get("notices").text


def test_who_changed_the_policy_in_december_as_a_file(platform: Platform, page: Page) -> None:
    day = daily.change_policy_in_december(platform, platform.demo["companies"][0]["id"])
    daily.at_the_dashboard(page)
    daily.go(page, "Audit log")
    assert daily.clicks(page) == 1
    filters = page.locator(".filters")
    filters.locator("summary", has_text="What").click()
    filters.get_by_role("link", name="Policy changed", exact=True).click()
    filters.locator("summary", has_text="Month").click()
    filters.get_by_role("link", name=f"December {day.year}").click()
    expect(page).to_have_url(re.compile(f"action_type=POLICY_CHANGED.*month={day:%Y-%m}"))
    expect(page.locator("tbody tr").first).to_contain_text("Policy changed")
    found = page.locator("tbody tr").count()
    lines = daily.csv_rows(daily.downloaded(page, daily.exports(page, "As CSV, these entries")))
    assert len(lines) == found
    assert {line["action_type"] for line in lines} == {"POLICY_CHANGED"}
    assert {line["timestamp"][:7] for line in lines} == {f"{day:%Y-%m}"}
    assert {line["user"] for line in lines} == {platform.demo["owner"]["email"]}


def test_people_whose_agent_is_offline_are_notified_by_a_real_letter(
    platform: Platform, page: Page, post: PostOffice
) -> None:
    daily.notifies(page, post, employee(platform, 29))


def test_a_month_is_taken_along(page: Page) -> None:
    daily.takes_a_month_along(page)


def test_a_new_person_is_invited_enrolled_and_online(
    platform: Platform, visit: Visit, page: Page, post: PostOffice
) -> None:
    person = {"email": f"nova-{secrets.token_hex(3)}@meghna.example", "password": PASSWORD}
    daily.at_the_dashboard(page)
    daily.go(page, "People")
    page.get_by_role("link", name="Add a person").first.click()
    assert daily.clicks(page) == daily.TWO
    page.get_by_label("E-mail address").fill(person["email"])
    page.get_by_label("First name").fill("Nova")
    page.get_by_role("button", name="Add and invite").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nova was added")

    letter = daily.letter_to(post, person["email"], "/download/")
    link = daily.LINK.search(letter)
    assert link, letter
    sets_a_password(visit(None, link[0]))
    theirs = visit(person, "/download/")
    theirs.get_by_role("button", name="Make my code").click()
    code = theirs.get_by_label("Enrolment code").input_value()
    with ThreadPoolExecutor(1) as thread:  # Playwright has a loop of its own in this thread
        device, _keys = thread.submit(asyncio.run, enrol_device(platform.base_url, code)).result(60)
    with running(platform, [device]):
        page.goto(f"/agent-sync-status/?search={person['email']}")
        expect(page.locator("tbody tr", has_text="Nova")).to_contain_text("Online", timeout=daily.SOON)


def sets_a_password(page: Page) -> None:
    """By the link of the letter."""
    for box in page.locator("input[type=password]").all():
        box.fill(PASSWORD)
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Password set")


def test_a_task_is_given_seen_by_the_running_agent_and_refused_to_a_colleague(
    platform: Platform, visit: Visit, page: Page
) -> None:
    mine, title = employee(platform, 26), f"Count the looms {secrets.token_hex(3)}"
    with agent_of(platform, page, mine) as agent, listening(agent) as heard:
        address = daily.gives_a_task(page, mine, title)
        assert heard.wait(daily.SOON / 1000), "the agent hears of it on its stream"
        assert title in [one["title"] for one in agent.get("tasks").json()["tasks"]]
    refused = visit(employee(platform, 27)).goto(address)
    assert refused is not None
    assert refused.status == 404
