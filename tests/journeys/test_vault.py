"""Files of the vault in a real browser: dropped, cut, gone on with, seen by whom they open for and by nobody else."""

import os
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.conftest import Platform, Visit
from tests.journeys.test_pages import account

pytestmark = pytest.mark.journey

SOON = 60_000  # milliseconds; within a second where nothing else is at work
PART = 8 << 20


def employee(platform: Platform, number: int) -> dict[str, Any]:
    found: dict[str, Any] = platform.demo["companies"][0]["employees"][number]
    return found


def choose(page: Page, file: Path, rule: str) -> None:
    page.set_input_files("[data-files]", file)
    page.get_by_label("Whom does it open for?").fill(rule)
    page.get_by_role("button", name="Upload 1 file").click()


def test_a_file_opens_for_whom_its_rule_names_and_nobody_else_sees_it(
    platform: Platform, visit: Visit, tmp_path: Path
) -> None:
    file = tmp_path / "Quarter.csv"
    file.write_text("month,yarn\n2026-01,41700\n")
    page = visit(employee(platform, 0), "/vault/")
    choose(page, file, "finanse")
    expect(page.locator("[data-uploads]").get_by_text("Did you mean finance?")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Change the rule").click()
    expect(page.locator("[data-rule-wrong]")).to_contain_text("finanse")
    page.get_by_label("Whom does it open for?").fill("finance")
    page.get_by_role("button", name="Upload 1 file").click()
    expect(page.get_by_role("link", name="Quarter.csv", exact=True)).to_be_visible(timeout=SOON)
    fits = visit(employee(platform, 1), "/vault/?search=quarter")
    expect(fits.get_by_role("link", name="Quarter.csv", exact=True)).to_be_visible()
    with fits.expect_download() as download:
        fits.get_by_role("link", name="Download Quarter.csv").click()
    assert Path(download.value.path()).read_bytes() == file.read_bytes()
    other = visit(employee(platform, 20), "/vault/?search=quarter")
    expect(other.get_by_text("No file fits")).to_be_visible()
    admin = visit(account(platform, "admin"), "/vault/?search=quarter")
    expect(admin.get_by_text("Closed to you")).to_be_visible()


def test_an_upload_that_is_cut_at_sixty_per_cent_goes_on_there_and_those_who_may_see_it_come(
    platform: Platform, visit: Visit, tmp_path: Path
) -> None:
    file = tmp_path / "Film.bin"
    file.write_bytes(os.urandom(5 * PART))
    admin = visit(account(platform, "admin"), "/vault/")
    fits = visit(employee(platform, 1), "/vault/")
    other = visit(employee(platform, 20), "/vault/")
    for watching in (admin, fits, other):
        expect(watching.get_by_text("Live", exact=True)).to_be_visible(timeout=SOON)
    page = visit(employee(platform, 2), "/vault/")
    begins: list[int] = []

    def cut(route: Route) -> None:
        if route.request.method == "PATCH":
            begins.append(int(route.request.headers["upload-offset"]))
            if begins[-1] >= 3 * PART:
                return route.abort()
        return route.continue_()

    page.route(re.compile("/vault/uploads/.+"), cut)
    choose(page, file, "finance")
    expect(page.get_by_text("The connection was lost")).to_be_visible(timeout=SOON)
    for watching in (admin, fits):
        expect(watching.get_by_text(re.compile(r"is uploading Film\.bin, 60 %"))).to_be_visible(timeout=SOON)
    expect(other.locator("[data-others] li")).to_have_count(0)
    page.on("dialog", lambda dialog: dialog.accept())
    page.unroute(re.compile("/vault/uploads/.+"))
    page.reload()
    expect(page.get_by_text("60 % came. Choose the file again to go on.")).to_be_visible()
    begins.clear()
    page.on(
        "request",
        lambda request: begins.append(int(request.headers["upload-offset"])) if request.method == "PATCH" else None,
    )
    choose(page, file, "finance")
    link = page.get_by_role("link", name="Film.bin", exact=True)
    expect(link).to_be_visible(timeout=SOON)
    assert begins == [3 * PART, 4 * PART], "what had come was not sent again"
    answer = page.request.get(f"{link.get_attribute('href')}content/")
    assert sha256(answer.body()).digest() == sha256(file.read_bytes()).digest()


def test_an_upload_is_given_up_and_a_file_goes_to_the_bin_and_comes_back(
    platform: Platform, visit: Visit, tmp_path: Path
) -> None:
    file = tmp_path / "Rota.txt"
    file.write_text("Monday: Nila\n")
    page = visit(employee(platform, 7), "/vault/")
    choose(page, file, "finance")
    box = page.get_by_label("Choose Rota.txt")
    box.check(timeout=SOON)
    page.get_by_role("button", name="Put into the bin").first.click()
    expect(page.get_by_text("1 file is in the bin.")).to_be_visible()
    page.get_by_role("link", name="Bin", exact=True).click()
    page.get_by_label("Choose Rota.txt").check()
    page.get_by_role("button", name="Take out of the bin").click()
    expect(page.get_by_text("1 file is back.")).to_be_visible()
    page.goto("/vault/?search=rota")
    expect(page.get_by_role("link", name="Rota.txt", exact=True)).to_be_visible()
    page.get_by_role("button", name="Rename or move Rota.txt").click()
    page.locator("#arrange").get_by_label("Name").fill("Rota of May.txt")
    page.locator("#arrange").get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Rota of May.txt", exact=True)).to_be_visible()
