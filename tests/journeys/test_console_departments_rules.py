"""Departments and the rules of many files on the console, in a real browser."""

import secrets
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.acts import Api, someone
from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]


def test_a_department_is_given_in_the_form_seen_by_another_and_a_filter(
    visit: Visit, firm: dict[str, Any], api: Api
) -> None:
    word = f"d{secrets.token_hex(4)}"
    person, top = someone(api), api.ask("POST", "/departments", {"name": word})
    low = api.ask("POST", "/departments", {"name": "Low", "parent_id": top["id"]})
    page, other = (
        visit(firm["admin"], "/console/"),
        visit(firm["admin"], f"/console/?tab=people&department={top['id']}"),
    )
    page.get_by_label("Search people").fill(person["email"])
    page.get_by_role("button", name="Edit Nila New").click()
    page.locator("#console-person").get_by_label("Department").select_option(label=f"{word} / Low")
    page.get_by_role("button", name="Save").click()
    row = other.locator(f'tr[data-key="{person["email"]}"]')
    expect(row.get_by_role("cell", name="Low", exact=True)).to_be_visible()
    expect(other.locator("table[data-table=people] tbody tr[data-key]")).to_have_count(1)
    api.ask("PATCH", f"/departments/{low['id']}", {"name": "Lower"})
    expect(row.get_by_role("cell", name="Lower", exact=True)).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(row).to_be_hidden()
    api.ask("DELETE", f"/users/{person['id']}")
    for place in (low, top):
        api.ask("DELETE", f"/departments/{place['id']}")


def test_one_rule_is_given_to_many_files_at_once_and_each_gets_its_own_back(
    visit: Visit, firm: dict[str, Any], api: Api, tmp_path: Path
) -> None:
    word = f"w{secrets.token_hex(4)}"
    api.ask("POST", "/attributes", {"name": word, "kind": "flag"})
    files = [
        api.ask("POST", "/files", files={"file": (f"{word}-{n}.txt", b"plan")}, data={"policy": rule})
        for n, rule in enumerate(("", "role = admin"))
    ]
    page, other = (visit(firm["admin"], f"/console/?tab=rules&search={word}") for _ in range(2))
    for file in files:
        page.locator(f'[data-choose="{file["id"]}"]').check()
    page.get_by_role("button", name="Set a rule…").click()
    dialog = page.locator("#console-rule")
    dialog.get_by_label("Who may open it").fill(word)
    dialog.get_by_role("button", name="Save").click()
    rules = other.locator("table[data-table=rules] tbody tr[data-key] code")
    expect(rules).to_have_text([word, word])
    with page.expect_download() as download:
        page.locator('[data-csv="rules"]').click()
    download.value.save_as(tmp_path / "rules.csv")
    assert [line.split(",")[1:3] for line in (tmp_path / "rules.csv").read_text().splitlines()[1:]] == [
        [file["name"], word] for file in files
    ]
    page.get_by_role("button", name="Undo").click()
    expect(rules).to_have_text(["role = admin"])
    for file in files:
        api.ask("DELETE", f"/files/{file['id']}?for_good=true")
    api.ask("DELETE", f"/attributes/{word}")
