"""Every page for every role: nothing in it keeps people out, by light or in the dark, and it fits a phone."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.journeys.conftest import Platform, Visit
from tests.journeys.desktop import Server
from tests.journeys.walk import account_of, ids_of, pages_of

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900)]

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
PALE = {"manager", "trial"}  # whose pages have no colour that the administrator's have not
SERIOUS = {"serious", "critical"}
COLOURS = "color-contrast"
RAW = re.compile(r"\{\{|\{%|\bundefined\b|\bNaN\b|Traceback")
# Rules whose faults are never serious need not be asked: a fault has the weight of its rule.
_RUN = """async ([only, without]) => {
  const lesser = axe._audit.rules.filter(({impact}) => impact === "minor" || impact === "moderate");
  const rules = Object.fromEntries([...lesser.map(({id}) => id), ...without].map((id) => [id, {enabled: false}]));
  const runOnly = only.length ? {type: "rule", values: only} : null;
  const options = {resultTypes: ["violations"], rules, ...(runOnly && {runOnly})};
  const found = await axe.run(document, options);
  return found.violations.map(({id, impact, nodes}) => [id, impact, nodes.map((node) => node.html.slice(0, 160))]);
}"""


def serious(page: Page, *only: str, without: Sequence[str] = ()) -> Iterator[str]:
    """What axe calls serious or critical here, each with the first place where it stands; of all rules, or of these."""
    for rule, impact, places in page.evaluate(_RUN, [only, without]):
        if impact in SERIOUS:
            yield f"{rule} ({len(places)}): {places[0]}"


def faults_of(page: Page, path: str, *, colours: bool = True, status: int = 200) -> Iterator[str]:
    """All that is wrong with the page at this address; `colours` looks at them, by light and in the dark."""
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    answer = page.goto(path)
    assert answer is not None
    if answer.status != status:
        yield f"answered {answer.status}"
        return
    if page.locator("h1").count() != 1:
        yield f"{page.locator('h1').count()} main headings"
    if raw := RAW.search(page.locator("body").inner_text()):
        yield f"says {raw[0]}"
    page.evaluate(AXE.read_text())
    yield from serious(page, without=() if colours else (COLOURS,))
    if colours:
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        yield from (f"in the dark, {one}" for one in serious(page, COLOURS))
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    wide, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    if wide > window:
        yield f"{wide} wide on a phone of {window}"


@pytest.fixture(scope="module")
def ids(platform: Platform) -> dict[str, str]:
    """What the placeholders of the table of routes stand for here."""
    return ids_of(platform)


@pytest.mark.parametrize("role", ["nobody", "owner", "admin", "manager", "employee", "trial"])
def test_no_page_keeps_anybody_out(platform: Platform, visit: Visit, ids: dict[str, str], role: str) -> None:
    page = visit(account_of(platform, role))
    colours = role not in PALE
    found = {path: faults for path in pages_of(role, ids) if (faults := list(faults_of(page, path, colours=colours)))}
    assert found == {}, json.dumps(found, indent=1)


def test_a_link_into_the_vault_and_the_dialog_of_uploads_keep_nobody_out(platform: Platform, visit: Visit) -> None:
    owner = account_of(platform, "employee")
    assert owner is not None
    with closing(Server(platform, owner)) as server:
        file = server.upload("notes.txt", b"Notes.\n", "role = employee")
    page = visit(owner, f"/vault/files/{file}/")
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("The new link").input_value()
    assert list(faults_of(page, link)) == []
    assert list(faults_of(visit(account_of(platform, "manager")), link, status=403)) == []
    page.goto("/vault/")
    page.set_input_files("[data-files]", {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"Plans.\n"})
    expect(page.locator("[data-rule-who]")).to_contain_text("could open it now", timeout=60_000)
    page.evaluate(AXE.read_text())
    assert list(serious(page)) == []
