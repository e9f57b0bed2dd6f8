"""Every page, for every role, in a real browser: it works, it fits, it reads, and it says nothing it should not."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from playwright.sync_api import ConsoleMessage, Error, Page, expect

from tests.journeys.conftest import Platform, Visit, sign_in

pytestmark = pytest.mark.journey

PHONE = {"width": 390, "height": 844}
FINGER = 44  # pixels
PASSWORD = "a long walk along the river"
INSTALLATION = {"hostname": "harbour-1", "os": "Debian 12", "app_version": "0.1.0", "boot_id": "b1"}

RECORDED = ("/me/", "/me/day/", "/me/day/?date=2020-02-02", "/sessions/", "/sessions/?state=open", "/screenshots/")
TASKS = ("/tasks/", "/tasks/?view=board", "/tasks/?search=zzz")
VAULT = ("/vault/", "/vault/?search=a", "/vault/?search=zzz", "/vault/bin/", "/vault/keep/me/")
PROJECTS = ("/tasks/1/", "/tasks/1/edit/", "/tasks/new/", "/projects/", "/projects/1/", "/projects/new/")
REPORTS = ("/reports/", "/reports/daily/?range=last-month", "/reports/monthly/", "/reports/top/?search=zzz")
MORE_REPORTS = ("/reports/heatmap/", "/reports/attendance/", "/reports/comparison/", "/reports/exports/")
IN_COMPANY = (
    "/dashboard/",
    "/devices/",
    "/policy/",
    "/policy/versions/",
    "/account/",
    "/download/",
    *RECORDED,
    *TASKS,
    *VAULT,
    *REPORTS,
)
ARRANGED = ("/teams/", "/teams/?search=zzz", "/teams/1/", "/departments/", "/departments/?search=zzz")
LEADS = ("/employees/", "/employees/?search=a&role=EMPLOYEE", "/employees/?search=zzz", "/devices/?standing=offline")
PAGES = {
    "anyone": ("/login/", "/password/reset/", "/download/"),
    "owner": (
        "/owner/",
        "/owner/?search=nowhere",
        "/owner/company/new/",
        "/owner/company/{company}/",
        "/owner/company/{company}/policy/",
        "/owner/company/{company}/policy/versions/",
        "/audit-logs/",
        "/account/",
    ),
    "admin": (
        *IN_COMPANY,
        *LEADS,
        *PROJECTS,
        *ARRANGED,
        "/departments/1/",
        "/settings/",
        "/settings/branding/",
        "/employees/import/",
        *MORE_REPORTS,
        "/employees/new/",
        "/employees/{person}/",
        "/employees/{person}/day/",
        "/audit-logs/",
        "/audit-logs/?action_type=POLICY_CHANGED&from=2026-01-01&user=owner",
        "/audit-logs/1/",
    ),
    "delegated": ("/dashboard/", "/policy/", "/policy/versions/", "/devices/", "/tasks/", "/projects/"),
    "manager": (*IN_COMPANY, *LEADS, *ARRANGED, "/employees/{person}/", "/employees/{person}/day/"),
    "employee": (*IN_COMPANY, "/audit-logs/"),
}
# What a browser does on its own account when a page answers with a refusal is no fault of the page.
REFUSALS = re.compile(r"Failed to load resource: the server responded with a status of (403|404|409|422)")


def account(platform: Platform, role: str) -> dict[str, Any] | None:
    first, second = platform.demo["companies"][:2]
    known: dict[str, dict[str, Any]] = {
        "owner": platform.demo["owner"],
        "admin": first["admin"],
        "manager": first["manager"],
        "employee": first["employees"][0],
        "delegated": second["admin"],
    }
    return known.get(role)


def addresses(platform: Platform, role: str) -> list[str]:
    first = platform.demo["companies"][0]
    return [path.format(company=first["id"], person=first["employees"][0]["id"]) for path in PAGES[role]]


@dataclass
class Faults:
    """What a page complained about, in its console or by a script that broke."""

    said: list[str] = field(default_factory=list)

    def listen_to(self, page: Page) -> None:
        page.on("console", self._heard)
        page.on("pageerror", self._broke)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not REFUSALS.match(message.text):
            self.said.append(f"{message.text} ({message.location.get('url')})")

    def _broke(self, error: Error) -> None:
        self.said.append(str(error))


@pytest.fixture
def faults() -> Iterator[Faults]:
    """Ends the test if a page that listened complained."""
    heard = Faults()
    yield heard
    assert heard.said == []


def settle(page: Page) -> None:
    page.wait_for_load_state("load")
    if page.locator("#connection").count():
        expect(page.locator("#connection")).to_have_attribute("data-state", "live", timeout=10_000)


@pytest.mark.parametrize("role", PAGES)
def test_every_page_opens_without_a_complaint_and_is_live(
    platform: Platform, visit: Visit, faults: Faults, role: str
) -> None:
    page = visit(account(platform, role))
    faults.listen_to(page)
    for path in addresses(platform, role):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        settle(page)
        expect(page.locator("h1")).to_have_count(1)


@pytest.mark.parametrize("role", ["owner", "admin", "employee"])
def test_pages_read_without_a_script(platform: Platform, visit: Visit, role: str) -> None:
    page = visit(account(platform, role), java_script_enabled=False)
    for path in addresses(platform, role):
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator("main")).to_be_visible()


def test_a_policy_is_saved_without_a_script(platform: Platform, visit: Visit) -> None:
    page = visit(account(platform, "delegated"), "/policy/", java_script_enabled=False)
    box = page.locator("input[type=number][name=idle_threshold_seconds]")
    wanted = "480" if box.input_value() != "480" else "540"
    box.fill(wanted)
    page.get_by_role("button", name="Save & sync to all agents").click()
    expect(page.locator(".toast")).to_contain_text("Saved as version")
    expect(page.locator("input[type=number][name=idle_threshold_seconds]")).to_have_value(wanted)


def test_an_owner_never_meets_a_person(platform: Platform, visit: Visit) -> None:
    page = visit(account(platform, "owner"))
    people = [
        one["email"]
        for company in platform.demo["companies"]
        for one in (company["admin"], company["manager"], *company["employees"])
    ]
    names = [address.split("@")[0].split(".")[0].title() for address in people[2:]]
    second = platform.demo["companies"][1]["id"]
    for path in (
        *addresses(platform, "owner"),
        f"/owner/company/{second}/",
        f"/owner/company/{second}/policy/",
        f"/owner/company/{second}/policy/versions/",
        "/audit-logs/?search=a",
    ):
        page.goto(path)
        settle(page)
        html = page.content()
        met = [address for address in people if address in html]
        met += [name for name in names if re.search(rf"\b{name}\b", page.locator("body").inner_text())]
        assert met == [], path


def test_an_owner_sees_a_live_change_by_an_administrator_without_their_name(platform: Platform, visit: Visit) -> None:
    company, admin = platform.demo["companies"][1], account(platform, "delegated")
    assert admin is not None
    owner = visit(account(platform, "owner"), f"/owner/company/{company['id']}/policy/")
    settle(owner)
    theirs = visit(admin, "/policy/")
    box = theirs.locator("input[type=number][name=local_data_retention_days]")
    box.fill("45" if box.input_value() != "45" else "60")
    theirs.get_by_role("button", name="Save & sync to all agents").click()
    expect(theirs.locator(".toast")).to_contain_text("Saved as version")
    expect(owner.locator(".toast").first).to_be_visible(timeout=10_000)
    assert admin["email"] not in owner.content()


def test_counts_lead_an_administrator_to_the_devices_behind_them(platform: Platform, visit: Visit) -> None:
    page = visit(account(platform, "admin"), "/policy/")
    page.locator("li[data-segment=applied] a").click()
    expect(page).to_have_url(re.compile(r"/devices/\?standing=applied$"))
    expect(page.locator("tbody tr").first).to_be_visible()
    owners = visit(account(platform, "owner"), f"/owner/company/{platform.demo['companies'][0]['id']}/policy/")
    expect(owners.locator("li[data-segment=applied]")).to_be_visible()
    expect(owners.locator("li[data-segment=applied] a")).to_have_count(0)


def test_the_keyboard_is_enough(platform: Platform, visit: Visit) -> None:
    page = visit(account(platform, "admin"), "/dashboard/")
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page).to_have_url(re.compile("/employees/$"))
    page.keyboard.press("/")
    page.keyboard.type("chandra")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("search=chandra"))
    page.keyboard.press("j")
    expect(page.locator("tbody tr").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/employees/\d+/$"))
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_unsaved_values_say_what_they_mean_and_can_be_discarded(platform: Platform, visit: Visit) -> None:
    page = visit(account(platform, "owner"), f"/owner/company/{platform.demo['companies'][0]['id']}/policy/")
    bar = page.locator("[data-unsaved]")
    expect(bar).to_be_hidden()
    pace = page.locator("input[type=number][name=screenshot_interval_seconds]")
    saved = pace.input_value()
    pace.fill("90")
    expect(bar).to_contain_text("1 unsaved change")
    expect(bar).to_contain_text("320 a day per person")
    page.get_by_role("switch", name="Count mouse use").check()
    expect(bar).to_contain_text("2 unsaved changes")
    expect(bar).to_contain_text("Each person is asked before this begins")
    bar.get_by_role("button", name="Discard").click()
    expect(bar).to_be_hidden()
    expect(pace).to_have_value(saved)


def test_a_refused_value_is_marked_and_what_was_typed_is_kept(platform: Platform, visit: Visit) -> None:
    page = visit(account(platform, "owner"), f"/owner/company/{platform.demo['companies'][0]['id']}/policy/")
    page.locator("input[type=number][name=screenshot_interval_seconds]").fill("7")
    page.locator("input[type=number][name=screenshot_quality]").fill("60")
    page.get_by_role("button", name="Save & sync to all agents").click()
    expect(page.locator(".note[role=alert]")).to_contain_text("nothing was saved")
    wrong = page.locator("input[type=number][name=screenshot_interval_seconds]")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(wrong).to_have_value("7")
    expect(page.locator("input[type=number][name=screenshot_quality]")).to_have_value("60")
    expect(page.locator("[data-unsaved]")).to_contain_text("2 unsaved changes")
    page.get_by_role("link", name="Discard").click()
    expect(page.locator("[data-unsaved]")).to_be_hidden()
    expect(page.locator(".note[role=alert]")).to_have_count(0)


def test_the_first_thing_to_mend_has_the_focus_and_an_order_is_sent_once(platform: Platform, visit: Visit) -> None:
    page = visit(account(platform, "admin"), "/teams/")
    name = page.get_by_label("Name of the team")
    page.get_by_role("button", name="Make the team").click()
    expect(name).to_be_focused()
    expect(name).to_have_attribute("aria-invalid", "true")
    wanted = f"Twice pressed {secrets.token_hex(3)}"
    name.fill(wanted)
    page.get_by_role("button", name="Make the team").dblclick()
    expect(page.locator(".toast")).to_contain_text("The team is made")
    page.goto(f"/teams/?search={wanted}")
    expect(page.locator("tbody tr", has_text=wanted)).to_have_count(1)


def test_what_a_finger_presses_on_a_phone_is_large_enough(platform: Platform, visit: Visit) -> None:
    page = visit(account(platform, "admin"), "/employees/", viewport=PHONE)
    for part in (".top .rail-open", ".filters-search .input", ".filters .chip", ".page-action .button"):
        box = page.locator(part).first.bounding_box()
        assert box is not None
        assert box["height"] >= FINGER, part


def test_the_audit_log_is_narrowed_by_what_stands_in_the_address(platform: Platform, visit: Visit) -> None:
    page = visit(account(platform, "admin"), "/audit-logs/")
    page.locator("summary", has_text="What").click()
    page.get_by_role("link", name="Employee added", exact=True).click()
    expect(page).to_have_url(re.compile("action_type=EMPLOYEE_ADDED"))
    page.locator("summary", has_text="Who").click()
    page.get_by_label("Who").fill("nobody@example.org")
    page.get_by_label("Who").press("Enter")
    expect(page).to_have_url(re.compile(r"action_type=EMPLOYEE_ADDED.*user=nobody"))
    expect(page.locator("main")).to_contain_text("No entry fits")
    page.get_by_role("link", name="Remove the filter Who").click()
    expect(page.locator("tbody tr")).to_have_count(20)
    page.locator("summary", has_text="Days").click()
    page.get_by_label("From").fill("2020-01-01")
    page.get_by_label("To").fill("2020-01-02")
    page.get_by_role("button", name="Apply").locator("visible=true").click()
    expect(page.locator("main")).to_contain_text("No entry fits")


def test_a_company_from_its_founding_to_its_first_computer(platform: Platform, visit: Visit) -> None:
    name, admin = _newcomer()
    owner = visit(account(platform, "owner"), "/owner/")
    _sets_a_password(visit(None, _found(owner, name, admin["email"])))

    runs_it = visit(admin, "/dashboard/")
    expect(runs_it.locator("html")).to_have_attribute("data-time-zone", "Asia/Dhaka")
    expect(runs_it.locator("main")).to_contain_text("Nobody to show yet")
    runs_it.locator("main").get_by_role("link", name="Add a person").click()
    runs_it.get_by_label("E-mail address").fill(admin["email"].replace("ada", "bo"))
    runs_it.get_by_label("First name").fill("Bo")
    runs_it.get_by_role("button", name="Add and invite").click()
    expect(runs_it.get_by_role("heading", level=1)).to_have_text("Bo was added")
    runs_it.get_by_role("link", name="Open Bo").click()
    runs_it.get_by_role("button", name="Enrolment code").click()
    code = runs_it.get_by_label("Enrolment code").input_value()
    answer = httpx.post(f"{platform.base_url}/agent/v1/enrol", json={"code": code, **INSTALLATION})
    assert answer.status_code == 201, answer.text
    runs_it.goto("/devices/")
    expect(runs_it.locator("tbody")).to_contain_text("harbour-1")


def test_a_suspended_company_is_shown_as_such_and_nobody_of_it_can_sign_in(platform: Platform, visit: Visit) -> None:
    name, admin = _newcomer()
    owner = visit(account(platform, "owner"), "/owner/")
    _sets_a_password(visit(None, _found(owner, name, admin["email"])))
    owner.get_by_role("link", name="Open the company").click()
    owner.get_by_role("button", name="Suspend…").click()
    dialog = owner.get_by_role("dialog")
    expect(dialog).to_contain_text(f"Suspend {name}?")
    dialog.get_by_label("Reason").fill("Unpaid since August")
    dialog.get_by_role("button", name="Suspend").click()
    expect(owner.get_by_role("heading", level=1)).to_contain_text("Suspended")
    expect(owner.locator("main")).to_contain_text("Reason: Unpaid since August")

    theirs = visit(None, "/login/")
    theirs.get_by_label("E-mail").fill(admin["email"])
    theirs.get_by_label("Password").fill(admin["password"])
    theirs.get_by_role("button", name="Sign in").click()
    expect(theirs.get_by_role("alert")).to_contain_text("suspended")
    owner.get_by_role("button", name="Reactivate the company").click()
    expect(owner.get_by_role("heading", level=1)).to_contain_text("Trial")
    sign_in(theirs, admin)


def _newcomer() -> tuple[str, dict[str, str]]:
    mark = secrets.token_hex(3)
    return f"Quiet Harbour {mark}", {"email": f"ada{mark}@quiet.example", "password": PASSWORD}


def _found(owner: Page, name: str, email: str) -> str:
    """Found a company by the form, with one fault on the way; answers the link for its administrator."""
    owner.get_by_role("link", name="New company").click()
    owner.get_by_role("button", name="Found the company").click()
    expect(owner.locator("main")).to_contain_text("This field is required")
    owner.get_by_label("Name of the company").fill(name)
    owner.get_by_label("E-mail address").fill(email)
    owner.get_by_label("Time zone").select_option("Asia/Dhaka")
    owner.get_by_role("button", name="Found the company").click()
    expect(owner.get_by_role("heading", level=1)).to_contain_text(f"{name} is ready")
    return owner.locator("main input[readonly]").input_value()


def _sets_a_password(page: Page) -> None:
    for box in page.locator("input[type=password]").all():
        box.fill(PASSWORD)
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Password set")
