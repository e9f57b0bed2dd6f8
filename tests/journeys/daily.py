"""What daily tasks are made of: clicks that are counted, letters that arrive, and a past told to the platform."""

import csv
import io
import re
import threading
import time
from datetime import UTC, date, datetime, timedelta
from email.message import Message
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Platform
from tests.journeys.test_activity_pages import sooner_or_later
from tests.journeys.test_pages import settle
from tests.server.alerts.post import PostOffice

SOON = 60_000  # milliseconds; within a second where nothing else is at work
TWO = 2
ZONE = ZoneInfo("Asia/Dhaka")  # where the demo's companies are
LINK = re.compile(r"http://\S+/password/set/[^/\s]+/[^/\s]+/")
_COUNT = """if (!window.counted) {
  window.counted = true;
  addEventListener("click", (event) => {
    if (event.isTrusted) sessionStorage.setItem("clicks", String(Number(sessionStorage.getItem("clicks")) + 1));
  }, true);
}"""
_DECEMBER = """
from datetime import datetime
from sundial.server.accounts import queries as accounts
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.scope import acting_for
from sundial.server.tracking import actions
owner = accounts.account_with_email("{owner}")
acting = Acting("person", owner.id, "{owner}", Role.OWNER, None, "127.0.0.1")
with acting_for({company}):
    actions.change_policy(
        acting=acting, company_id={company}, changes=dict(idle_threshold_seconds={seconds}),
        now=datetime.fromisoformat("{at}"),
    )
"""
_PICTURE = """
import random
from datetime import datetime
from uuid import uuid4
from sundial.run.simulated_screens import draw_screen
from sundial.server.activity import actions
from sundial.server.devices.models import Device
from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from django.db import transaction
at = datetime.fromisoformat("{at}")
with acting_for({company}), transaction.atomic():
    device = Device.objects.filter(user_id={person}).first().id
actions.take_screenshot(
    company_id={company}, user_id={person}, device_id=device,
    taken=actions.Taken(eid=uuid4(), session=uuid4(), taken_at=at, told_at=at.isoformat()),
    image=draw_screen(random.Random(1), "{title}", "11:00"), now=clock.now(),
)
"""


def at_the_dashboard(page: Page) -> None:
    """Where every day begins; from here the browser counts each click."""
    page.add_init_script(_COUNT)
    page.goto("/")
    settle(page)
    page.evaluate("sessionStorage.setItem('clicks', '0')")


def clicks(page: Page) -> int:
    """So many since the dashboard."""
    return int(page.evaluate("Number(sessionStorage.getItem('clicks'))"))


def go(page: Page, label: str) -> None:
    """By the rail."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name=label, exact=True).click()


def today() -> date:
    """The companies' day."""
    return datetime.now(ZONE).date()  # noqa: TID251 - a test is a door


def told(platform: Platform, code: str) -> None:
    """Have something happen by the server's own actions, at a moment that pages cannot choose."""
    done = platform.run("manage", "shell", "-v", "0", "-c", code, timeout=120)
    assert done.returncode == 0, done.stderr


def change_policy_in_december(platform: Platform, company: int) -> date:
    """The owner did, on the tenth of the last December that is over or begun; answers the day."""
    now = today()
    day = date(now.year if now >= date(now.year, 12, 11) else now.year - 1, 12, 10)
    owner = platform.demo["owner"]["email"]
    seconds = 300 + int(time.monotonic() * 10) % 1500
    told(platform, _DECEMBER.format(owner=owner, company=company, seconds=seconds, at=f"{day}T09:00:00+00:00"))
    return day


def take_picture_of_yesterday(platform: Platform, company: int, person: int) -> date:
    """One at eleven, for a person who has a computer; answers the day."""
    day = today() - timedelta(days=1)
    at = datetime.combine(day, datetime.min.time(), ZONE) + timedelta(hours=11)
    told(platform, _PICTURE.format(company=company, person=person, at=at.isoformat(), title="Ledger"))
    return day


def begin_work(agent: httpx.Client, note: str) -> None:
    """An agent tells that its person began a session, and on what."""
    now = datetime.now(UTC)  # noqa: TID251 - a test is a door
    at = now.isoformat().replace("+00:00", "Z")
    event = {"kind": "session", "eid": str(uuid4()), "start": at, "end": at, "mono_ms": 1, "boot_id": "b1"}
    event |= {"tz_offset_min": 360, "session": str(uuid4()), "state": "started", "reason": note}
    answer = agent.post("batches", json={"batch": str(uuid4()), "seq": 1, "events": [event]})
    assert answer.status_code == 200, answer.text


def letter_to(post: PostOffice, address: str, word: str) -> str:
    """The text of a letter that came to this address and has the word in it; waits for it."""
    pause = threading.Event()
    for _ in range(SOON // 250):
        for letter in list(post.received):
            text = _text(letter)
            if address in str(letter["To"]) and word in text:
                return text
        pause.wait(0.25)
    raise AssertionError(f"no letter to {address} with {word}: {[str(one['To']) for one in post.received]}")


def _text(letter: Message) -> str:
    parts = [part for part in letter.walk() if part.get_content_type() == "text/plain"]
    return b"".join(part.get_payload(decode=True) or b"" for part in parts).decode()


def downloaded(page: Page, link: Locator) -> Path:
    """The file behind a link."""
    with page.expect_download(timeout=SOON) as waiting:
        link.click()
    return Path(waiting.value.path())


def csv_rows(file: Path) -> list[dict[str, str]]:
    """A CSV file, line by line under its heads."""
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))


def sheet_rows(file: Path) -> list[tuple[Any, ...]]:
    """All lines of a spreadsheet's first sheet."""
    with file.open("rb") as opened:
        sheet = load_workbook(io.BytesIO(opened.read())).worksheets[0]
    return [tuple(row) for row in sheet.iter_rows(values_only=True)]


def exports(page: Page, form: str) -> Locator:
    """The link of the Export menu for this form of file, with the menu open."""
    menu = page.locator("details", has=page.locator("summary", has_text="Export")).first
    if menu.get_attribute("open") is None:
        menu.locator("summary").click()
    return menu.get_by_role("link", name=form)


def sees_who_works(page: Page) -> None:
    """Who is working now stands on the dashboard itself."""
    at_the_dashboard(page)
    expect(page.locator("tbody tr", has_text="Working").first).to_be_visible(timeout=SOON)
    expect(page.locator("[data-stat=working] [data-value]")).not_to_have_text("0", timeout=SOON)
    assert clicks(page) == 0


def sees_yesterday_of(page: Page, platform: Platform) -> None:
    """A person's screenshots of yesterday: their name, the day before."""
    at_the_dashboard(page)
    row = page.locator("tbody tr", has_text="Working").first
    row.wait_for(timeout=SOON)
    person = int(row.get_attribute("data-key") or 0)
    day = take_picture_of_yesterday(platform, platform.demo["companies"][0]["id"], person)
    page.locator(f"tbody tr[data-key='{person}'] th a").click()
    page.get_by_role("link", name="The day before").click()
    expect(page).to_have_url(re.compile(f"/employees/{person}/day/.date={day}"))
    assert clicks(page) <= TWO
    sooner_or_later(page, page.url, "[data-gallery] img")  # the worker makes every picture anew before it is shown


def ends_the_session_of(page: Page, name: str, note: str) -> None:
    """Sessions, End…, and why; it is found by what they work on, however many others began after it."""
    at_the_dashboard(page)
    go(page, "Sessions")
    page.get_by_label("Search what people worked on").fill(note)
    page.get_by_label("Search what people worked on").press("Enter")
    expect(page.locator("tbody")).to_contain_text(note)
    page.get_by_role("button", name=f"End the session of {name}").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("stops recording within a second")
    assert clicks(page) <= TWO
    dialog.get_by_label("Why").fill("It was forgotten")
    dialog.get_by_role("button", name="End session").click()
    expect(page.locator(".toast")).to_contain_text("The session was ended")


def notifies(page: Page, post: PostOffice, person: dict[str, Any]) -> None:
    """Agents, Notify; the letter is read."""
    at_the_dashboard(page)
    go(page, "Agents")
    page.get_by_label("Search people").fill(person["email"])
    page.get_by_label("Search people").press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Notify", exact=False).locator("visible=true").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 of 1 reached")
    assert clicks(page) <= TWO
    assert "see that your computer is online" in letter_to(post, person["email"], "Sundial runs on it")


def takes_a_month_along(page: Page) -> None:
    """Reports, Monthly; what the spreadsheet and the CSV have is what the page has."""
    at_the_dashboard(page)
    go(page, page.get_by_role("link", name=re.compile("^(My r|R)eports$")).first.inner_text().strip())
    page.locator("a.report-card[href*=monthly]").click()
    expect(page.locator("main table[data-rows] tbody tr").first).to_be_visible(timeout=SOON)
    assert clicks(page) <= TWO
    shown = page.locator("main table[data-rows] tbody tr").count()
    lines = csv_rows(downloaded(page, exports(page, "CSV")))
    sheet = sheet_rows(downloaded(page, exports(page, "XLSX")))
    assert len(lines) >= shown
    assert len(sheet) > len(lines), "its lines and their head"
    first = page.locator("main table[data-rows] tbody tr th").first.inner_text().strip()
    assert any(first in row.values() for row in lines)
    assert any(first in row for row in sheet)


def gives_a_task(page: Page, person: dict[str, Any], title: str) -> str:
    """Tasks, New task; answers its address."""
    at_the_dashboard(page)
    go(page, "Tasks")
    page.get_by_role("link", name="New task").first.click()
    assert clicks(page) <= TWO
    page.get_by_label("What is to do").fill(title)
    page.get_by_label("Who does it").select_option(str(person["id"]))
    page.get_by_role("button", name="Make the task").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    return page.url


def name_of(person: dict[str, Any]) -> str:
    """As pages write it: the demo's addresses are made of it."""
    return str(person["email"]).split("@")[0].replace(".", " ").title()
