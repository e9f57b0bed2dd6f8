"""One file of the vault in a browser: shown to whom its rule lets, and taken off the page once it turns."""

import secrets
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from typing import Any

import pytest
from fpdf import FPDF
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Platform, Visit
from tests.journeys.desktop import Server

TEXT = "What was said in the meeting"


class Keeper:
    """An administrator who keeps three files for those who carry an attribute of their own, and says who does."""

    def __init__(self, server: Server, employee_id: int) -> None:
        self._server, self._employee_id = server, employee_id
        self._others = server.get(f"users/{employee_id}")["attributes"]
        self.flag = f"meeting-{secrets.token_hex(3)}"
        server.post("attributes", {"name": self.flag})
        contents = {"minutes.txt": TEXT.encode(), "plan.png": _picture(), "budget.pdf": _paper()}
        self.files = {name: server.upload(name, body, self.flag) for name, body in contents.items()}

    def let(self, *, hold: bool) -> None:
        """From now on the employee has it, or has not."""
        held = [*self._others, *([self.flag] if hold else [])]
        self._server.post("users/bulk-attributes", {"ids": [self._employee_id], "attributes": held})


def _picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (400, 300), "teal").save(made, "PNG")
    return made.getvalue()


def _paper() -> bytes:
    paper = FPDF()
    paper.add_page()
    paper.set_font("Helvetica", size=20)
    paper.cell(text="Budget")
    return bytes(paper.output())


@pytest.fixture(scope="module")
def keeper(platform: Platform) -> Iterator[Keeper]:
    """Three files, kept by the first company's administrator."""
    first = platform.demo["companies"][0]
    with closing(Server(platform, first["admin"])) as server:
        made = Keeper(server, first["employees"][0]["id"])
        yield made
        made.let(hold=False)


@pytest.fixture
def files(keeper: Keeper) -> dict[str, int]:
    """The files, which open for the first employee."""
    keeper.let(hold=True)
    return keeper.files


@pytest.fixture
def employee(platform: Platform) -> dict[str, Any]:
    found: dict[str, Any] = platform.demo["companies"][0]["employees"][0]
    return found


def watched(page: Page) -> list[str]:
    """What the browser complains of."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    return complaints


@pytest.mark.journey
def test_text_pictures_and_documents_are_shown_to_whom_the_rule_lets(
    files: dict[str, int], employee: dict[str, Any], visit: Visit
) -> None:
    page = visit(employee)
    complaints = watched(page)
    page.goto(f"/vault/files/{files['minutes.txt']}/")
    expect(page.locator(".vault-text")).to_have_text(TEXT)
    page.goto(f"/vault/files/{files['plan.png']}/")
    expect(page.locator(".vault-image")).to_have_js_property("naturalWidth", 400, timeout=30_000)
    page.goto(f"/vault/files/{files['budget.pdf']}/")
    expect(page.locator(".vault-pdf canvas")).to_have_count(1, timeout=30_000)
    expect(page.locator(".vault-pdf")).not_to_have_attribute("aria-busy", "true", timeout=30_000)
    dark = page.locator("canvas").evaluate(
        "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v, i) => i % 4 < 3 && v < 100)"
    )
    assert dark, "nothing was drawn"
    assert complaints == []


@pytest.mark.journey
def test_an_open_page_is_emptied_when_the_rule_turns(
    keeper: Keeper, files: dict[str, int], employee: dict[str, Any], visit: Visit
) -> None:
    page = visit(employee, f"/vault/files/{files['minutes.txt']}/")
    expect(page.locator(".vault-text")).to_have_text(TEXT)
    expect(page.get_by_role("link", name="Download", exact=True)).to_be_visible()
    keeper.let(hold=False)
    expect(page.locator("[data-preview]")).to_contain_text("You may no longer open this", timeout=30_000)
    expect(page.locator("[data-preview]")).to_contain_text(keeper.flag)
    expect(page.locator("[data-needs-open]")).to_have_count(0)
    assert TEXT not in page.content()


@pytest.mark.journey
def test_a_link_is_made_followed_refused_and_ended(
    platform: Platform, keeper: Keeper, files: dict[str, int], employee: dict[str, Any], visit: Visit
) -> None:
    first = platform.demo["companies"][0]
    owner = visit(first["admin"], f"/vault/files/{files['minutes.txt']}/")
    expect(owner.locator("[data-preview]")).to_contain_text("You may not open this file")  # an administrator, and yet
    owner.get_by_role("button", name="Make a link").click()
    link = owner.get_by_label("The new link").input_value()
    followed = visit(employee, link)
    expect(followed.get_by_role("heading", name="minutes.txt")).to_be_visible()
    with followed.expect_download() as downloading:
        followed.get_by_role("link", name="Download").click()
    assert downloading.value.path().read_text() == TEXT
    refused = visit(first["manager"], link)
    expect(refused.get_by_role("heading", name="You may not open this file")).to_be_visible()
    expect(refused.locator("body")).to_contain_text(keeper.flag)
    owner.reload()
    expect(owner.locator("#denials")).to_contain_text(keeper.flag)
    expect(owner.locator("#shares")).to_contain_text("opened 1 time")
    owner.locator("#shares").get_by_role("button", name="End").click()
    followed.goto(link)
    expect(followed.locator("body")).to_contain_text("This link has ended")
