"""A task from the page to the agent and back, in a real browser, with a colleague who must not see it."""

import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Platform, Visit
from tests.journeys.test_pages import INSTALLATION, PHONE, account, settle

pytestmark = pytest.mark.journey

SOON = 60_000  # milliseconds; within a second where nothing else is at work


def employee(platform: Platform, number: int) -> dict[str, Any]:
    """One of the demo's people who have no simulated agent."""
    found: dict[str, Any] = platform.demo["companies"][0]["employees"][number]
    return found


def agent_of(platform: Platform, admin: Page, person: dict[str, Any]) -> httpx.Client:
    """The doors of an agent that was enrolled by a code from the person's page."""
    admin.goto(f"/employees/{person['id']}/")
    admin.get_by_role("button", name="Enrolment code").click()
    code = admin.get_by_label("Enrolment code").input_value()
    made = httpx.post(f"{platform.base_url}/agent/v1/enrol", json={"code": code, **INSTALLATION}).json()
    headers = {"Authorization": f"Bearer {made['token']}"}
    return httpx.Client(base_url=f"{platform.base_url}/agent/v1/", headers=headers, timeout=30)


@contextmanager
def listening(agent: httpx.Client, news: str = "task_changed") -> Iterator[threading.Event]:
    """The agent's policy stream is open; set once it was told this news."""
    connected, told = threading.Event(), threading.Event()

    def listen() -> None:
        headers = {"Accept": "text/event-stream"}
        with agent.stream("GET", "policy", headers=headers, timeout=SOON / 1000) as answer:
            for line in answer.iter_lines():
                connected.set()
                if line.startswith("data:") and news in line:
                    told.set()
                    return

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    assert connected.wait(30)
    yield told
    thread.join(SOON / 1000)


def test_a_task_is_given_seen_by_the_agent_done_there_and_hidden_from_a_colleague(
    platform: Platform, visit: Visit
) -> None:
    admin, mine, colleague = visit(account(platform, "admin")), employee(platform, 27), employee(platform, 28)
    title = f"Weigh the bales {secrets.token_hex(3)}"
    theirs = visit(mine, "/tasks/")
    settle(theirs)
    with agent_of(platform, admin, mine) as agent, listening(agent) as told:
        admin.goto("/dashboard/")
        admin.get_by_role("link", name="Tasks").first.click()
        admin.get_by_role("link", name="New task").first.click()
        admin.get_by_label("What is to do").fill(title)
        admin.get_by_label("Who does it").select_option(str(mine["id"]))
        admin.get_by_role("button", name="Make the task").click()
        expect(admin.get_by_role("heading", level=1)).to_have_text(title)
        assert told.wait(SOON / 1000), "the agent hears of it on its stream"
        (task,) = [one for one in agent.get("tasks").json()["tasks"] if one["title"] == title]
        theirs.get_by_role("button", name="1 new").click(timeout=SOON)
        expect(theirs.get_by_role("link", name=title)).to_be_visible()
        settle(admin)
        assert agent.post(f"tasks/{task['id']}", json={"status": "DONE"}).json()["status"] == "DONE"
    expect(admin.locator(".task-lead")).to_contain_text("Done", timeout=SOON)

    other = visit(colleague)
    refused = other.goto(f"/tasks/{task['id']}/")
    assert refused is not None
    assert refused.status == 404
    expect(other.locator("body")).not_to_contain_text(title)


def test_a_task_is_found_opened_and_moved_by_keyboard(platform: Platform, visit: Visit) -> None:
    page = visit(account(platform, "admin"), "/dashboard/")
    settle(page)
    page.keyboard.press("g")
    page.keyboard.press("k")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tasks")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/tasks/\d+/$"))
    page.get_by_role("button", name="Done", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".task-lead")).to_contain_text("Done")


def test_several_tasks_are_chosen_and_deleted_ones_come_back(platform: Platform, visit: Visit) -> None:
    page = visit(account(platform, "admin"), "/tasks/?search=catalogue&status=all")
    ticks = page.locator("tbody .tick")
    expect(ticks).to_have_count(2)
    for tick in ticks.all():
        tick.check()
    bar = page.locator(".bulk")
    expect(bar).to_contain_text("2 chosen")
    bar.get_by_label("Status").select_option("IN_PROGRESS")
    bar.get_by_role("button", name="Change").click()
    expect(page.locator("tbody .badge", has_text="In progress")).to_have_count(2)

    page.locator("tbody a").first.click()
    title = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("button", name="Delete…").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator(".struck")).to_contain_text(title)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_the_board_fits_a_phone(platform: Platform, visit: Visit) -> None:
    page = visit(account(platform, "manager"), "/tasks/?view=board", viewport=PHONE)
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    expect(page.locator(".board-column")).to_have_count(3)
