"""A worked quarter of an hour, by a given clock and in real windows: every page and sum has it to the second."""

import asyncio
import json
import random
import secrets
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from sundial.agent.app.agent import Agent, Surroundings
from sundial.agent.app.recording import TICK_S, Recording
from sundial.agent.cache import Cache
from sundial.agent.config import Identity, Machine
from sundial.agent.core import effects
from sundial.agent.core.recording import Recorder
from sundial.agent.core.sensing import Counted, Focused, Idled, Moment, Picture, PictureOrder, Sense, Wanted
from sundial.agent.link.doors import enrol, open_client
from sundial.agent.outbox.outbox import Outbox
from sundial.agent.outbox.threaded import AsyncOutbox
from sundial.agent.probes.x11 import X11Desk
from sundial.protocol.ids import RANDOM_BITS, uuid7
from sundial.protocol.messages import EnrolRequest, NoticeItem
from sundial.protocol.settings import Kind
from tests.agent.probes.screen import Screen, open_screen
from tests.agent.ui.room import until
from tests.journeys.conftest import Platform, Visit
from tests.journeys.desktop import Server

pytestmark = pytest.mark.journey

ZONE = ZoneInfo("Asia/Dhaka")
MACHINE = Machine("WORKBENCH", "Debian", "0.1.0", "3f1b1c9e-51a4-4a53-9d3e-2c40d6b7a001")
WITHIN_S = 240
SETTINGS = {
    "app_tracking_enabled": True,
    "enable_idle_detection": True,
    "enable_keyboard_tracking": True,
    "idle_threshold_seconds": 300,
    "screenshots_enabled": False,
}
# What is done, in seconds; nobody touches anything while they are away, which is longer than the threshold.
LEDGER, LETTERS, AWAY, LETTERS_AGAIN, PAUSED, LEDGER_AGAIN = 247, 161, 373, 20, 120, 99
WORKED = LEDGER + LETTERS + AWAY + LETTERS_AGAIN + LEDGER_AGAIN
TOTALS = {"ledger": LEDGER + LEDGER_AGAIN, "letters": LETTERS + LETTERS_AGAIN}
KEYS_A_TOUCH, TOUCHES = 3, 5
RECOUNT = """
import json
from collections import Counter
from django.db import connection, transaction
from sundial.server.activity.models import Span, Usage
from sundial.server.lib.scope import acting_for
columns = "bucket, kind, name, ms, keys, clicks, scrolls, moved_s, spans"
with acting_for({company}), transaction.atomic(), connection.cursor() as cursor:
    raw, keys, between = Counter(), 0, ["{since}", "{until}"]
    for span in Span.objects.filter(user_id={person}, started__gte=between[0], started__lt=between[1]):
        raw[f"{{span.kind}} {{span.name}}"] += round((span.ended - span.started).total_seconds() * 1000)
        keys += span.keys
    summed = Counter()
    for row in Usage.objects.filter(user_id={person}):
        summed[f"{{row.kind}} {{row.name}}"] += row.ms
    cursor.execute(f"SELECT {{columns}} FROM activity_usage WHERE user_id = {person} ORDER BY 1, 2, 3")
    kept = [list(map(str, row)) for row in cursor.fetchall()]
    cursor.execute(f"SELECT {{columns}} FROM sundial_recount({company}, {person}, %s, %s) ORDER BY 1, 2, 3", between)
    counted = [list(map(str, row)) for row in cursor.fetchall()]
print(json.dumps(dict(raw=raw, summed=summed, keys=keys, kept=kept, counted=counted)))
"""


class GivenClock:
    """Stands still unless the test lets seconds pass; each is over when the ticking task waits for the next."""

    def __init__(self, start: datetime) -> None:
        self.start = start
        self.passed = 0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []
        self._ticking = asyncio.Event()

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return 1000.0 + self.passed

    def moment(self) -> Moment:
        return Moment(self.now(), self.monotonic(), self.monotonic())

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.passed + seconds, woken))
        if seconds == TICK_S:
            self._ticking.set()
        await woken

    async def second(self) -> None:
        """One passes."""
        await self._ticking.wait()
        self.passed += 1
        due = [one for one in self._sleepers if one[0] <= self.passed]
        self._sleepers = [one for one in self._sleepers if one[0] > self.passed]
        self._ticking.clear()
        for _, woken in due:
            if not woken.done():
                woken.set_result(None)
        await self._ticking.wait()


class GivenDesk:
    """The display's own probes; only how long nobody touched anything is told in given seconds, as all time is."""

    def __init__(self, display: X11Desk, clock: GivenClock) -> None:
        self._display = display
        self._clock = clock
        self._heard: Callable[[Sense], None] | None = None
        self.touched = 0
        self.title = ""
        self.keys = 0

    def missing(self) -> dict[Kind, str]:
        return self._display.missing()

    async def watch(self, wanted: Wanted, ready: Callable[[], None], heard: Callable[[Sense], None]) -> None:
        def hear(sense: Sense) -> None:
            match sense:
                case Idled():
                    return
                case Focused(title=title):
                    self.title = title
                case Counted(keys=keys):
                    self.keys += keys
            heard(sense)

        self.title, self._heard = "", heard
        try:
            await self._display.watch(replace(wanted, idle=True), ready, hear)
        finally:
            self._heard = None

    def catch_up(self) -> None:
        self._display.catch_up()

    async def pictures(self, order: PictureOrder) -> list[Picture]:
        return await self._display.pictures(order)

    def look(self) -> None:
        """As the display's probe looks once a second."""
        if self._heard:
            self._heard(Idled(float(self._clock.passed - self.touched)))


class Reader:
    """The person: reads and agrees."""

    def ask(self, request: effects.Ask, agree: Callable[[], None]) -> None:
        agree()

    def tell(self, change: effects.Tell) -> None: ...

    def show(self, item: NoticeItem) -> None: ...


class Worker:
    """Does in the windows what the script says; time passes only between what is done."""

    def __init__(self, screen: Screen, desk: GivenDesk, clock: GivenClock, recording: Recording) -> None:
        self._screen = screen
        self._desk = desk
        self._clock = clock
        self._recording = recording

    async def turn_to(self, title: str) -> None:
        """Another window; returns when the recorder knows."""
        await self._run("search", "--onlyvisible", "--name", f"^{title}$", "windowactivate", "--sync", "%1")
        if self._recording.working == "yes":
            await wait(lambda: self._desk.title == title, f"{title} is in front")

    async def touch(self) -> None:
        """Keys, which the recorder has counted when this returns."""
        before = self._desk.keys
        await self._run("key", *"abc"[:KEYS_A_TOUCH])
        self._desk.touched = self._clock.passed
        await wait(lambda: self._desk.keys == before + KEYS_A_TOUCH, "the keys are counted")
        self._desk.look()

    async def pass_(self, seconds: int) -> None:
        """So long nothing changes."""
        for _ in range(seconds):
            await self._clock.second()
            self._desk.look()

    async def _run(self, *words: str) -> None:
        await asyncio.to_thread(self._screen.run, "xdotool", *words)


async def wait(true: Callable[[], Any], what: str) -> None:
    """Until it holds, while the loop goes on."""
    await asyncio.to_thread(until, true, what)


async def work_through_it(worker: Worker, recording: Recording) -> None:
    """The script."""
    await worker.turn_to("Ledger")
    recording.begin("Books")
    await worker.turn_to("Ledger")
    await worker.touch()
    await worker.pass_(LEDGER)
    await worker.turn_to("Letters")
    await worker.touch()
    await worker.pass_(LETTERS)
    await worker.touch()
    await worker.pass_(AWAY)
    await worker.touch()
    await worker.pass_(LETTERS_AGAIN)
    recording.pause()
    await worker.turn_to("Ledger")
    await worker.pass_(PAUSED)
    recording.resume()
    await worker.turn_to("Ledger")
    await worker.touch()
    await worker.pass_(LEDGER_AGAIN)
    recording.end()


async def identity_by(code: str, server: str) -> Identity:
    """This machine, enrolled."""
    async with open_client(server) as client:
        made = await enrol(
            client, EnrolRequest(code, MACHINE.hostname, MACHINE.os, MACHINE.app_version, MACHINE.boot_id)
        )
    return Identity(server, made.device_id, made.token, made.company_id, made.company_name, list(made.keys))


def new_eid(at: Moment) -> str:
    return uuid7(int(at.now.timestamp() * 1000), secrets.randbits(RANDOM_BITS))


def offset(at: datetime) -> int:
    return int((at.astimezone(ZONE).utcoffset() or timedelta()).total_seconds() // 60)


async def live(folder: Path, server: str, code: str, screen: Screen, start: datetime) -> None:
    """An agent of real parts: probes, recorder, outbox on disk, and the link to the platform by the true clock."""
    clock = GivenClock(start)
    desk = GivenDesk(X11Desk(screen.name), clock)
    outbox = AsyncOutbox(Outbox.open(folder))
    recorder = Recorder(MACHINE.boot_id, new_eid, random.uniform, offset)
    said: list[str] = []
    recording = Recording(
        desk,
        recorder,
        outbox,
        clock,
        clock.moment,
        MACHINE.boot_id,
        said.append,
        lambda _text: None,
        lambda _away: None,
    )
    identity = await identity_by(code, server)
    async with open_client(server) as client:
        around = Surroundings(MACHINE, client, recording, Reader(), Cache(folder), said.append, facts=recording)
        agent = Agent(identity, around)
        recording.writer.kept = lambda at_once: agent.wake(at_once=at_once)
        worker = Worker(screen, desk, clock, recording)
        await beside(recording.run(), beside(agent.run(), work_and_send(worker, recording)))
    await outbox.close()
    assert recording.queue().lost == [], said


async def work_and_send(worker: Worker, recording: Recording) -> None:
    await wait(lambda: obeys(recording), "a policy that all is agreed of")
    await work_through_it(worker, recording)
    await wait(lambda: recording.queue().waiting == 0, "all is with the server")


def obeys(recording: Recording) -> bool:
    """What was not agreed of yet is still switched off."""
    settings = recording.settings or {}
    return all(settings.get(name) == value for name, value in SETTINGS.items())


async def beside(other: Coroutine[Any, Any, None], work: Coroutine[Any, Any, None]) -> None:
    """Do this while the other runs."""
    async with asyncio.TaskGroup() as group:
        running = group.create_task(other)
        await work
        running.cancel()


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    """Two programs, each known by its own name."""
    folder = tmp_path_factory.mktemp("programs")
    with open_screen() as made:
        for title in ("Ledger", "Letters"):
            program = folder / title.lower()
            program.symlink_to("/usr/bin/xterm")
            made.start(str(program), "-T", title, "-xrm", "*allowTitleOps: false", "-e", "cat")
            made.run("xdotool", "search", "--sync", "--onlyvisible", "--name", f"^{title}$")
        yield made


def begin_at() -> datetime:
    """So that all of it lies in the past, and on one day of the company's."""
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=WORKED + PAUSED + 60)  # noqa: TID251 - a test is a door
    ends = start + timedelta(seconds=WORKED + PAUSED)
    one_day = start.astimezone(ZONE).date() == ends.astimezone(ZONE).date()
    return start if one_day else start - timedelta(hours=1)


def length(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def sees_it_all(page: Page) -> None:
    """The cards, the sums, and the table, each to the second."""
    cards = {"worked": WORKED, "active": WORKED - AWAY, "away": AWAY, "paused": PAUSED, "private": 0}
    for key, seconds in cards.items():
        expect(page.locator(f"[data-stat={key}] [data-value]")).to_have_text(length(seconds))
    apps = page.locator("section", has=page.locator("#day-apps"))
    expect(apps.locator(".card-head time")).to_have_text(length(sum(TOTALS.values())))
    shown = {
        one.locator(".usage-name").inner_text(): one.locator("time").inner_text() for one in apps.locator("li").all()
    }
    assert shown == {name: length(seconds) for name, seconds in TOTALS.items()}
    page.locator(".day-table summary").click()
    lengths = page.locator(".day-table tbody time.length")
    worked = [LEDGER, LETTERS, AWAY, LETTERS_AGAIN, PAUSED, LEDGER_AGAIN]
    expect(lengths).to_have_text([length(one) for one in worked])


def told_by_the_api(server: Server, person: int, start: datetime) -> None:
    """The sums that the API gives."""
    asked = {"from": f"{start - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}", "user_id": person}
    apps = server.get("usage", kind="app", **asked)["items"]
    assert {one["name"]: one["seconds"] for one in apps} == TOTALS
    (away,) = server.get("usage", kind="away", **asked)["items"]
    assert away["seconds"] == AWAY


def sums_are_a_recount(platform: Platform, company: int, person: int, start: datetime) -> None:
    """What stands in the roll-up is what the raw spans say, and both are what was done."""
    until_ = start + timedelta(hours=1)
    code = RECOUNT.format(company=company, person=person, since=start - timedelta(hours=1), until=until_)
    done = platform.run("manage", "shell", "-v", "0", "-c", code)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    said = {"1 ledger": TOTALS["ledger"], "1 letters": TOTALS["letters"], "3 idle": AWAY}
    for sums in (found["raw"], found["summed"]):
        timed = {name: ms for name, ms in sums.items() if not name.startswith("5 ")}
        assert timed == {name: seconds * 1000 for name, seconds in said.items()}
    assert found["keys"] == KEYS_A_TOUCH * TOUCHES
    assert found["kept"] == found["counted"]


def test_a_worked_quarter_of_an_hour_is_shown_to_the_second(
    platform: Platform, visit: Visit, screen: Screen, tmp_path: Path
) -> None:
    company = platform.demo["companies"][1]
    account = company["manager"]  # whose day no other journey touches
    start = begin_at()
    with ExitStack() as stack:
        owner, admin, person = (
            stack.enter_context(closing(Server(platform, one)))
            for one in (platform.demo["owner"], company["admin"], account)
        )
        owner.change_policy(company["id"], **SETTINGS)
        with ThreadPoolExecutor(1) as thread:  # Playwright has a loop of its own in this thread
            life = live(tmp_path, platform.base_url, person.code(), screen, start)
            thread.submit(asyncio.run, life).result(WITHIN_S)

        day = start.astimezone(ZONE).date().isoformat()
        sees_it_all(visit(account, f"/me/day/?date={day}"))
        sees_it_all(visit(company["admin"], f"/employees/{person.user_id}/day/?date={day}"))
        for server in (person, admin):
            told_by_the_api(server, person.user_id, start)
        sums_are_a_recount(platform, company["id"], person.user_id, start)
