"""One file of the vault in a browser: shown to whom its rule lets, and taken off the page once it turns."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Platform, Visit

TEXT = "What was said in the meeting"
FILED = """
import json
from io import BytesIO
from django.db import transaction
from fpdf import FPDF
from PIL import Image
from sundial.server.accounts.models import User
from sundial.server.companies.actions import add_attribute, set_attributes
from sundial.server.companies.models import Attribute
from sundial.server.companies.types import Held
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.scope import acting_for
from sundial.server.vault.actions import put_file
company, admin, employee = {company}, "{admin}", "{employee}"
def acting(email, role):
    user = User.objects.get(email=email)
    return Acting("person", user.pk, email, role, company, None)
now, picture, paper = clock.now(), BytesIO(), FPDF()
Image.new("RGB", (400, 300), "teal").save(picture, "PNG")
paper.add_page()
paper.set_font("Helvetica", size=20)
paper.cell(text="Budget")
with acting_for(company), transaction.atomic():
    admin, employee = acting(admin, Role.ADMIN), acting(employee, Role.EMPLOYEE)
    if not Attribute.objects.filter(name="meeting").exists():
        add_attribute(acting=admin, name="meeting", now=now)
    held = [Held("meeting")] if {held} else []
    set_attributes(acting=admin, user_id=employee.id, held=held, now=now)
contents = {{"minutes.txt": b"{text}", "plan.png": picture.getvalue(), "budget.pdf": bytes(paper.output())}}
made = {{}}
for name, body in contents.items():
    if {put}:
        made[name] = put_file(acting=admin, name=name, length=len(body), pieces=[body], rule_text="meeting",
                              same_name="both", now=now).pk
print("MADE", json.dumps(made))
"""


def arrange(platform: Platform, *, held: bool, put: bool = False) -> dict[str, int]:
    """The employee has the attribute, or has not; with `put` there are three files that ask for it."""
    first = platform.demo["companies"][0]
    code = FILED.format(
        company=first["id"],
        admin=first["admin"]["email"],
        employee=first["employees"][0]["email"],
        text=TEXT,
        held=held,
        put=put,
    )
    done = platform.run("manage", "shell", "-c", code, timeout=120)
    assert done.returncode == 0, done.stderr
    found = re.search(r"^MADE (.*)$", done.stdout, re.MULTILINE)
    assert found, done.stdout
    made: dict[str, int] = json.loads(found[1])
    return made


@pytest.fixture
def files(platform: Platform) -> Iterator[dict[str, int]]:
    """Three files that open for `meeting`, which the first employee has."""
    yield arrange(platform, held=True, put=True)
    arrange(platform, held=False)


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
    platform: Platform, files: dict[str, int], employee: dict[str, Any], visit: Visit
) -> None:
    page = visit(employee, f"/vault/files/{files['minutes.txt']}/")
    expect(page.locator(".vault-text")).to_have_text(TEXT)
    expect(page.get_by_role("link", name="Download", exact=True)).to_be_visible()
    arrange(platform, held=False)
    expect(page.locator("[data-preview]")).to_contain_text("You may no longer open this", timeout=30_000)
    expect(page.locator("[data-preview]")).to_contain_text("meeting")
    expect(page.locator("[data-needs-open]")).to_have_count(0)
    assert TEXT not in page.content()


@pytest.mark.journey
def test_a_link_is_made_followed_refused_and_ended(
    platform: Platform, files: dict[str, int], employee: dict[str, Any], visit: Visit
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
    expect(refused.locator("body")).to_contain_text("meeting")
    owner.reload()
    expect(owner.locator("#denials")).to_contain_text("meeting")
    expect(owner.locator("#shares")).to_contain_text("opened 1 time")
    owner.locator("#shares").get_by_role("button", name="End").click()
    followed.goto(link)
    expect(followed.locator("body")).to_contain_text("This link has ended")
