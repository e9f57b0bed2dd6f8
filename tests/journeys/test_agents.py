"""What agents do is shown as what it is: stopped, rejecting, waiting; suspended and back again."""

import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sundial.run.simulated import Behaviour
from tests.journeys.agents import ready_devices, running
from tests.journeys.conftest import Platform, Visit
from tests.journeys.test_policy import save, set_interval

pytestmark = pytest.mark.journey

# That agents confirm within two seconds is measured in tests/run/test_simulate_gateway.py; here pages load as well.
SHOWN_WITHIN = 5.0


@pytest.fixture
def founded(platform: Platform, visit: Visit) -> dict[str, Any]:
    """A company of the test's own, with one employee."""
    owner = visit(platform.demo["owner"], "/owner/company/new/")
    name = f"Play {time.monotonic_ns()}"
    address = f"admin{time.monotonic_ns()}@play.example"
    owner.get_by_label("Name of the company").fill(name)
    owner.get_by_label("E-mail address").fill(address)
    owner.get_by_role("button", name="Found the company").click()
    link = owner.locator("input[readonly]").input_value()
    owner.get_by_role("link", name="Open the company").click()
    number = int(owner.url.rstrip("/").rsplit("/", 1)[1])
    admin = visit(None, link)
    for field in admin.locator("input[type=password]").all():
        field.fill("a long enough passphrase")
    admin.locator("main form button").first.click()
    admin.wait_for_load_state()
    account = {"email": address, "password": "a long enough passphrase"}
    person = visit(account, "/employees/new/")
    person.get_by_label("E-mail address").fill(f"one{time.monotonic_ns()}@play.example")
    person.get_by_role("button", name="Add and invite").click()
    expect(person.locator("h1")).to_contain_text("was added")
    return {"id": number, "name": name, "admin": account}


def counts(page: Page, **wanted: int) -> None:
    """Wait until the progress line says exactly this."""
    for state, count in wanted.items():
        entry = page.locator(f"[data-policy-progress] li[data-segment={state}] [data-count]")
        expect(entry).to_have_text(str(count), timeout=20_000)


def test_stopped_rejecting_and_waiting_agents_are_each_shown_as_what_they_are(
    platform: Platform, visit: Visit, founded: dict[str, Any]
) -> None:
    behaviours = [Behaviour.OBEDIENT, Behaviour.REJECTS, Behaviour.WAITS]
    devices = ready_devices(platform, founded["id"], [*behaviours, Behaviour.OBEDIENT])
    page = visit(platform.demo["owner"], f"/owner/company/{founded['id']}/policy/")
    with running(platform, devices[3:]):
        counts(page, applied=1)
    with running(platform, devices[:3]):
        counts(page, applied=1, rejected=1, waiting=1)
        set_interval(page, 240)
        save(page)
        expect(page.locator(".toast")).to_contain_text("Saved as version")
        counts(page, applied=1, rejected=1, waiting=1, offline=1)
        admin = visit(founded["admin"], "/devices/?standing=rejected")
        expect(admin.locator("main table")).to_contain_text("found no display")
        admin.goto("/devices/?standing=waiting")
        expect(admin.locator("main table")).to_contain_text("waits for the person")


def test_suspending_tells_every_agent_and_reactivating_brings_them_back(
    platform: Platform, visit: Visit, founded: dict[str, Any]
) -> None:
    devices = ready_devices(platform, founded["id"], [Behaviour.OBEDIENT] * 3)
    page = visit(platform.demo["owner"], f"/owner/company/{founded['id']}/")
    with running(platform, devices):
        expect(page.locator("[data-stat=online] [data-value]")).to_have_text("1", timeout=20_000)
        page.get_by_role("button", name="Suspend…").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Reason").fill("unpaid")
        dialog.get_by_role("button", name="Suspend").click()
        suspended = time.monotonic()
        expect(page.locator("h1")).to_contain_text("Suspended")
        expect(page.locator("main")).to_contain_text("unpaid")
        expect(page.locator("[data-live-part=halted]")).to_contain_text("3 of 3", timeout=20_000)
        assert time.monotonic() - suspended <= SHOWN_WITHIN
        signing_in = visit(None, "/login/")
        signing_in.get_by_label("E-mail").fill(founded["admin"]["email"])
        signing_in.get_by_label("Password").fill(founded["admin"]["password"])
        signing_in.get_by_role("button", name="Sign in").click()
        expect(signing_in.locator("main")).to_contain_text("suspended")
        page.get_by_role("button", name="Reactivate the company").click()
        reactivated = time.monotonic()
        expect(page.locator("h1")).to_contain_text("Trial")
        page.goto(f"/owner/company/{founded['id']}/policy/")
        counts(page, applied=3)
        assert time.monotonic() - reactivated <= SHOWN_WITHIN
