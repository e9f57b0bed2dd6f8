"""Pictures of every page, as every role, light and dark, at a desk and on a phone: `make pictures`, then look at them.

Each is taken from the real program with its demo platform, in Chromium; `python -m tools.pictures --help` says how to
take some of them only, or from a platform that runs already.
"""

import argparse
import json
import re
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from playwright.sync_api import TimeoutError as Expired

from tests.journeys.conftest import FLAGS, sign_in, start_platform, stop_platform
from tests.journeys.walk import ids_of, pages_of

DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
LOOKS = (("light", "light", DESK), ("dark", "dark", DESK), ("phone", "light", PHONE), ("phone-dark", "dark", PHONE))
WINDOW = 844
JOINED = 1_500  # milliseconds: by then a page is live
PASSWORD = "a long walk along the river"  # noqa: S105 - of people made up a moment before, on a platform thrown away
CONFIRMED = 5_000  # milliseconds: by then the agents of the demo have spoken

# The ones that the README shows, as they look in a window.
CHOSEN = {
    "owner-policy-unsaved-light": "policy-light",
    "owner-policy-conflict-dark": "policy-dark",
    "owner-companies-light": "owner",
    "admin-devices-light": "devices",
    "admin-audit-policy-light": "audit",
    "owner-policy-unsaved-phone": "phone",
    "admin-day-light": "day",
    "admin-at-reports-daily-light": "reports",
    "admin-at-alerts-light": "alerts",
    "admin-at-tasks-light": "tasks",
    "admin-at-employees-light": "people",
    "admin-at-console-light": "console",
    "admin-at-vault-light": "vault",
}
EMPTY = {
    "dashboard": "/dashboard/",
    "people": "/employees/",
    "devices": "/devices/",
    "policy": "/policy/",
    "versions": "/policy/versions/",
    "audit": "/audit-logs/",
}

TRIAL = "delegated"  # the administrator of the company on trial

Arrange = Callable[[Page], None]


@dataclass
class Studio:
    """A running platform, a browser before it, and a page for everyone who has signed in."""

    base_url: str
    demo: dict[str, Any]
    browser: Browser
    folder: Path
    only: str = ""
    docs: Path | None = None
    mark: str = ""  # tells apart what is made on a platform that is looked at more than once
    pages: dict[str, Page] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)

    @property
    def company(self) -> int:
        """The first company of the demo, full of people."""
        return int(self.demo["companies"][0]["id"])

    def page_of(self, who: str) -> Page:
        """The page of this role; signed in at the first use, and nobody's for ''."""
        if who not in self.pages:
            page = self.browser.new_context(base_url=self.base_url, viewport=DESK).new_page()
            self.pages[who] = page
            if account := self._account(who):
                sign_in(page, account)
        return self.pages[who]

    def _account(self, who: str) -> dict[str, Any] | None:
        first, second = self.demo["companies"][:2]
        known = {
            "owner": self.demo["owner"],
            "admin": first["admin"],
            "manager": first["manager"],
            "employee": first["employees"][0],
            "delegated": second["admin"],
            "new-admin": {"email": self.made.get("admin"), "password": PASSWORD},
        }
        return known.get(who)

    def picture(self, who: str, name: str, path: str = "", arrange: Arrange | None = None) -> None:
        """One page in four looks: where `path` leads (or where the page is), after `arrange`."""
        if self.only and not re.search(self.only, f"{who}-{name}"):
            return
        page = self.page_of(who)
        if path:
            page.goto(path)
        if arrange:
            arrange(page)
        with suppress(Expired):  # pages outside the frame have no live link
            page.locator("#connection[data-state=live]").wait_for(timeout=JOINED)
        for look, scheme, size in LOOKS:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type] # light or dark
            _whole(page, size)
            stem = f"{who or 'anyone'}-{name}-{look}"
            page.screenshot(path=self.folder / f"{stem}.png")
            if self.docs and stem in CHOSEN:
                _window(page, size)
                page.screenshot(path=self.docs / f"{CHOSEN[stem]}.png")
        page.set_viewport_size(DESK)
        sys.stdout.write(f"  {who or 'anyone'}-{name}\n")


def _whole(page: Page, size: ViewportSize) -> None:
    """Make the window as high as the page, so that what sticks to an edge stands where a reader sees it."""
    page.set_viewport_size(size)
    page.wait_for_timeout(150)
    height = int(page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], height)})
    page.wait_for_timeout(100)


def _window(page: Page, size: ViewportSize) -> None:
    """Make the window as large as a reader's again, and look at its beginning."""
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], WINDOW)})
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(150)


def set_box(name: str, value: str) -> Arrange:
    """Type a number into a setting's box."""

    def arrange(page: Page) -> None:
        box = page.locator(f"input[type=number][name={name}]")
        box.fill(value)
        box.blur()
        page.wait_for_timeout(500)

    return arrange


def click(name: str, role: str = "button") -> Arrange:
    """Press what is called so."""
    return lambda page: page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type] # one of its words


def in_turn(*steps: Arrange) -> Arrange:
    """One thing after the other."""

    def arrange(page: Page) -> None:
        for step in steps:
            step(page)

    return arrange


def settled(page: Page) -> None:
    """Wait until every agent has said how it stands; one that never does is worth a picture, too."""
    with suppress(Expired):
        page.locator('li[data-segment="applying"][data-none]').wait_for(timeout=CONFIRMED)


def filled(**values: str) -> Arrange:
    """Fill a form's fields by their names."""

    def arrange(page: Page) -> None:
        for name, value in values.items():
            control = page.locator(f"main [name={name}]").last
            if control.evaluate("e => e.tagName") == "SELECT":
                control.select_option(value)
            else:
                control.fill(value)

    return arrange


def signing_in(studio: Studio) -> None:
    """What everyone sees before anything else."""
    wrong = in_turn(filled(email="nobody@example.org", password="not this one"), click("Sign in"))  # noqa: S106 - it opens nothing
    studio.picture("", "sign-in", "/login/")
    studio.picture("", "sign-in-wrong", "/login/", wrong)
    studio.picture("", "reset", "/password/reset/")
    studio.picture("", "download", "/download/")
    studio.picture("", "link-dead", "/password/set/x/y/")
    studio.picture("", "not-found", "/nowhere/")


def owner(studio: Studio) -> None:
    """The platform's owner: companies, one of them, its policy."""
    company = f"/owner/company/{studio.company}/"
    studio.picture("owner", "companies", "/owner/")
    studio.picture("owner", "companies-none-fits", "/owner/?search=nowhere&status=TRIAL")
    studio.picture("owner", "company", company)
    studio.picture("owner", "company-new-errors", "/owner/company/new/", click("Found the company"))
    studio.picture("owner", "policy", f"{company}policy/", settled)
    unsaved = in_turn(set_box("screenshot_interval_seconds", "300"), set_box("screenshot_quality", "70"))
    studio.picture("owner", "policy-unsaved", f"{company}policy/", unsaved)
    refused = in_turn(set_box("screenshot_interval_seconds", "7"), click("Save & sync to all agents"))
    studio.picture("owner", "policy-refused", f"{company}policy/", refused)
    _stale(studio, f"{company}policy/")
    studio.picture("owner", "versions", f"{company}policy/versions/")
    studio.picture("owner", "versions-bring-back", f"{company}policy/versions/", click("Bring back…"))
    studio.picture("owner", "audit", "/audit-logs/")
    studio.picture("owner", "account", "/account/")
    studio.picture("owner", "not-found", "/owner/company/999999/")
    studio.picture("owner", "not-allowed", "/employees/")


def _stale(studio: Studio, path: str) -> None:
    """Somebody else saves between reading and saving."""

    def meanwhile(page: Page) -> None:
        other = page.context.new_page()
        other.goto(path)
        kept = other.locator("input[type=number][name=idle_threshold_seconds]").input_value()
        set_box("idle_threshold_seconds", "900" if kept != "900" else "840")(other)
        click("Save & sync to all agents")(other)
        other.close()

    save = click("Save & sync to all agents")
    steps = in_turn(set_box("idle_threshold_seconds", "420"), meanwhile, save)
    studio.picture("owner", "policy-conflict", path, steps)


def administrator(studio: Studio) -> None:
    """Who runs a company."""
    person = studio.demo["companies"][0]["employees"][2]["id"]
    studio.picture("admin", "dashboard", "/dashboard/")
    studio.picture("admin", "day", f"/employees/{studio.demo['companies'][0]['employees'][0]['id']}/day/")
    studio.picture("admin", "sessions", "/sessions/")
    studio.picture("admin", "manual-time", "/manual-time/")
    studio.picture("admin", "manual-time-new", "/manual-time/new/")
    studio.picture("admin", "usage", "/activity/")
    studio.picture("admin", "usage-name", "/activity/name/?name=Chromium")
    studio.picture("admin", "screenshots", "/screenshots/")
    studio.picture("admin", "people", "/employees/")
    studio.picture("admin", "people-filtered", "/employees/?role=EMPLOYEE&search=a&page=2")
    studio.picture("admin", "people-none-fits", "/employees/?search=zzz")
    studio.picture("admin", "person", f"/employees/{person}/")
    studio.picture("admin", "person-let-go", f"/employees/{person}/", click("Let go…"))
    studio.picture("admin", "person-new", "/employees/new/")
    studio.picture("admin", "person-new-errors", "/employees/new/", in_turn(filled(email="ada@"), click("Add and")))
    studio.picture("admin", "devices", "/devices/")
    studio.picture("admin", "devices-offline", "/devices/?standing=offline")
    studio.picture("admin", "devices-none-fits", "/devices/?search=zzz")
    studio.picture("admin", "enrolment-code", f"/employees/{person}/", click("Enrolment code"))
    studio.picture("admin", "policy", "/policy/")
    studio.picture("admin", "versions", "/policy/versions/")
    studio.picture("admin", "audit", "/audit-logs/")
    studio.picture("admin", "audit-policy", "/audit-logs/?action_type=POLICY_CHANGED")
    studio.picture("admin", "audit-entry", "/audit-logs/?action_type=POLICY_CHANGED", _first_entry)
    studio.picture("admin", "audit-none-fits", "/audit-logs/?search=zzz&from=2020-01-01&to=2020-01-02")
    studio.picture("admin", "account", "/account/")
    studio.picture("admin", "menu", "/dashboard/", lambda page: page.locator(".top-end .menu > summary").click())
    studio.picture("admin", "keys", "/dashboard/", lambda page: page.keyboard.press("?"))


def arranging(studio: Studio) -> None:
    """How an administrator arranges people, and how the company looks to them."""
    studio.picture("admin", "people-import", "/employees/import/")
    studio.picture("admin", "people-chosen", "/employees/", _three_ticked)
    for name in ("teams", "departments", "settings", "download"):
        studio.picture("admin", name, f"/{name}/")
    for name in ("daily", "monthly", "attendance", "utilisation", "heatmap", "top", "comparison", "exports"):
        studio.picture("admin", f"report-{name}", f"/reports/{name}/")
    studio.picture("admin", "reports", "/reports/")
    studio.picture("admin", "report-none-fits", "/reports/daily/?search=zzz")
    studio.picture("admin", "team", "/teams/1/")
    studio.picture("admin", "department", "/departments/1/")
    studio.picture("admin", "looks", "/settings/branding/")
    refused = in_turn(filled(colour="#ffee00"), click("Save looks"))
    studio.picture("admin", "looks-refused", "/settings/branding/", refused)


def _three_ticked(page: Page) -> None:
    for count in range(3):
        page.locator("tbody .tick").nth(count).check()


def _first_entry(page: Page) -> None:
    page.locator("table tbody tr a").first.click()


def vault(studio: Studio) -> None:
    """Files on their way in, a rule put together, a link as it is followed and refused, three people at the console."""
    for who in ("admin", "employee"):
        studio.picture(who, "vault-upload", "/vault/", _uploading)
    studio.picture("admin", "screenshots-chosen", "/screenshots/", _first_ticked)
    _one_file(studio)
    _three_at_the_console(studio)


def _one_file(studio: Studio) -> None:
    """A file of the employee's that opens neither for the manager nor the administrator, who may change its rule."""
    employee = studio.page_of("employee")
    employee.goto("/vault/?search=budget")
    file = employee.locator("a[href^='/vault/files/']").first.get_attribute("href") or "/vault/"
    employee.goto(file)
    click("Make a link")(employee)
    link = employee.get_by_label("The new link").input_value()
    studio.picture("employee", "vault-link", link)
    studio.picture("manager", "vault-link-refused", link)
    studio.picture("employee", "vault-file", file)
    studio.picture("admin", "vault-file-closed", file)
    studio.picture("admin", "vault-rule", f"{file}rule/", _grouped)


def _first_ticked(page: Page) -> None:
    page.locator(".shot .tick").first.check()


def _grouped(page: Page) -> None:
    """Put a group into the rule, and see who could open the file with it."""
    page.locator(".rule-count-of").wait_for()
    click("Add a group")(page)
    page.locator(".rule-group .rule-group").wait_for()


def _uploading(page: Page) -> None:
    plan = {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"Plans.\n"}
    page.set_input_files("[data-files]", plan)  # type: ignore[arg-type] # a file in memory
    page.locator("#rule-text").fill("(finance or role = manager) and not working")
    page.locator(".rule-count-of").wait_for()


def _three_at_the_console(studio: Studio) -> None:
    """Two more administrators open the console beside the one who is looked at; one of them edits somebody."""
    beside = [_one_more_administrator(studio, name) for name in ("Ada", "Bo")]
    for page in beside:
        page.goto("/console/")
        page.locator("#connection[data-state=live]").wait_for()
    beside[0].locator("tbody [data-edit]").nth(1).click()
    studio.picture("admin", "console-three", "/console/", lambda page: page.locator("tr[data-others]").wait_for())


def _one_more_administrator(studio: Studio, name: str) -> Page:
    """Somebody new, in a browser of their own."""
    admin, email = studio.page_of("admin"), f"{name.lower()}{studio.mark}@beside.example"
    admin.goto("/employees/new/")
    filled(email=email, first_name=name, last_name="Park", role="ADMIN")(admin)
    click("Add and invite")(admin)
    link = admin.locator("main input[readonly]").first.input_value()
    page = studio.browser.new_context(base_url=studio.base_url, viewport=DESK).new_page()
    page.goto(link)
    filled(password=PASSWORD, again=PASSWORD)(page)
    page.locator("main button.button").first.click()
    sign_in(page, {"email": email, "password": PASSWORD})
    return page


def others(studio: Studio) -> None:
    """A manager, an employee, and an administrator to whom the policy was delegated."""
    studio.picture("manager", "dashboard", "/dashboard/")
    studio.picture("manager", "people", "/employees/")
    studio.picture("manager", "team", "/teams/1/")
    studio.picture("manager", "devices", "/devices/")
    studio.picture("manager", "policy", "/policy/")
    studio.picture("employee", "dashboard", "/dashboard/")
    studio.picture("employee", "me", "/me/")
    studio.picture("employee", "my-day", "/me/day/")
    studio.picture("employee", "devices", "/devices/")
    studio.picture("employee", "enrolment-code", "/devices/", click("Enrol my computer"))
    studio.picture("employee", "policy", "/policy/")
    studio.picture("employee", "versions", "/policy/versions/")
    studio.picture("employee", "audit", "/audit-logs/")
    studio.picture("employee", "account", "/account/")
    studio.picture("employee", "not-allowed", "/employees/")
    studio.picture("delegated", "dashboard", "/dashboard/")
    studio.picture("delegated", "policy", "/policy/")
    studio.picture("delegated", "devices", "/devices/")


def newcomer(studio: Studio) -> None:
    """A company from its founding to its first person: every page while it is still empty, then suspended."""
    owners = studio.page_of("owner")
    studio.made["admin"] = f"ada{studio.mark}@quiet.example"
    owners.goto("/owner/company/new/")
    filled(
        name=f"Quiet Harbour{studio.mark}",
        admin_first_name="Ada",
        admin_last_name="Park",
        admin_email=studio.made["admin"],
    )(owners)
    studio.picture("owner", "company-new")
    click("Found the company")(owners)
    studio.picture("owner", "company-founded")
    link = owners.locator("main input[readonly]").first.input_value()
    studio.page_of("").goto(link)
    studio.picture("", "set-password")
    filled(password=PASSWORD, again=PASSWORD)(studio.page_of(""))
    studio.page_of("").locator("main button.button").first.click()
    studio.picture("", "password-set")
    for name, path in EMPTY.items():
        studio.picture("new-admin", f"empty-{name}", path)
    new_admin = studio.page_of("new-admin")
    new_admin.goto("/employees/new/")
    filled(email=f"bo{studio.mark}@quiet.example", first_name="Bo", last_name="Lind")(new_admin)
    click("Add and invite")(new_admin)
    studio.picture("new-admin", "person-added")
    _suspended(studio)


def _suspended(studio: Studio) -> None:
    owners = studio.page_of("owner")
    owners.goto("/owner/?search=Quiet&ordering=-created_at")
    owners.get_by_role("link", name=f"Quiet Harbour{studio.mark}").click()
    owners.get_by_role("button", name="Suspend…").click()
    filled(reason="Unpaid since August")(owners)
    studio.picture("owner", "company-suspend")
    owners.get_by_role("dialog").get_by_role("button", name="Suspend").click()
    studio.picture("owner", "company-suspended")
    account = {"email": studio.made["admin"], "password": PASSWORD}
    studio.picture("", "sign-in-suspended", "/login/", in_turn(filled(**account), click("Sign in")))


def every_page(studio: Studio) -> None:
    """All that stands in the table of routes, for each role; the company on trial shows pages with almost nothing."""
    ids = ids_of(studio)
    for role in ("owner", "admin", "manager", "employee", "trial"):
        for path in pages_of(role, ids):
            studio.picture(
                TRIAL if role == "trial" else role, "at" + re.sub("[^a-z0-9]+", "-", path.lower()).rstrip("-"), path
            )


ACTS: dict[str, Callable[[Studio], None]] = {
    "signing-in": signing_in,
    "owner": owner,
    "admin": administrator,
    "arranging": arranging,
    "vault": vault,
    "others": others,
    "newcomer": newcomer,
    "every-page": every_page,
}


@contextmanager
def _platform(at: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """The platform to look at: the one whose demo.json is named, or one that lives as long as this."""
    if at:
        demo = json.loads(Path(at).read_text())
        yield demo["base_url"], demo
        return
    with tempfile.TemporaryDirectory(prefix="sundial-pictures-") as folder:
        Path(folder).chmod(0o711)
        running = start_platform(Path(folder) / "var")
        try:
            yield running.base_url, running.demo
        finally:
            stop_platform(running)


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description="Take pictures of every page.")
    parser.add_argument("folder", nargs="?", default="var/pictures", help="where to put them")
    parser.add_argument("--docs", type=Path, help="where to put those of the README")
    parser.add_argument("--at", metavar="DEMO.JSON", help="look at the platform that runs already with this file")
    parser.add_argument("--act", choices=ACTS, action="append", help="some acts only")
    parser.add_argument("--only", default="", help="only names that match this pattern")
    chosen = parser.parse_args()
    folder = Path(chosen.folder)
    folder.mkdir(parents=True, exist_ok=True)
    with _platform(chosen.at) as (base_url, demo), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        mark = f"-{secrets.token_hex(2)}" if chosen.at else ""
        studio = Studio(base_url, demo, browser, folder, chosen.only, chosen.docs, mark)
        for name in chosen.act or ACTS:
            ACTS[name](studio)
        browser.close()
    sys.stdout.write(f"Pictures are in {folder}\n")


if __name__ == "__main__":
    main()
