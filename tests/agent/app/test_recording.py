"""Every setting, watched on what really records: which probes are open, and what reaches the outbox."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from msgspec import UNSET

from sundial.agent.app import Agent, Surroundings
from sundial.agent.app.recording import Recording
from sundial.agent.cache import Cache
from sundial.agent.config import Identity
from sundial.agent.core.absence import Absence
from sundial.agent.core.collectors import CannotApply
from sundial.agent.core.recording import Recorder
from sundial.agent.core.resuming import OpenSession
from sundial.agent.core.sensing import (
    Browsed,
    CannotSee,
    Counted,
    Focused,
    Idled,
    Moment,
    Picture,
    PictureOrder,
    Sense,
    Unable,
    Wanted,
)
from sundial.agent.core.shown import Chosen
from sundial.agent.core.store import CannotKeep
from sundial.agent.link.doors import open_client
from sundial.agent.outbox.outbox import Outbox
from sundial.agent.outbox.threaded import AsyncOutbox
from sundial.protocol.events import AppEvent, AwayEvent, Event, InputEvent, SessionEvent, WebsiteEvent
from sundial.protocol.ids import uuid7
from sundial.protocol.messages import Lost
from sundial.protocol.policy import Details
from sundial.protocol.settings import Kind, Value, defaults
from tests.agent.app.test_writing import app
from tests.agent.desk import MACHINE, Someone, middle
from tests.agent.small_server import COMPANY, TOKEN, SmallServer
from tests.agent.virtual_time import BEGIN, VirtualClock, passing, play, until
from tests.agent.wire import Wire
from tests.loops import turn

T = TypeVar("T")
ALL_OFF: dict[str, Value] = {
    "screenshots_enabled": False,
    "website_tracking_enabled": False,
    "app_tracking_enabled": False,
    "enable_idle_detection": False,
}


class InlineOutbox(AsyncOutbox):
    """The real outbox without its thread, which knows nothing of virtual time; it refuses when the test says so."""

    refuses = False

    async def _do(self, work: Callable[[], T]) -> T:
        if self.refuses:
            raise CannotKeep("no space left on device")
        return work()


class ScriptedDesk:
    """Stands for hardware: notes what was wanted of it, and tells what the test says."""

    def __init__(self) -> None:
        self.open = Wanted()
        self.ever: list[Wanted] = []
        self.orders: list[tuple[float, PictureOrder]] = []
        self.broken = ""
        self.blind = ""
        self.screens = 1
        self.nothing_of: dict[Kind, str] = {}
        self.unseen: list[Sense] = []
        self._heard: Callable[[Sense], None] = lambda _sense: None

    def missing(self) -> dict[Kind, str]:
        return self.nothing_of

    async def watch(self, wanted: Wanted, ready: Callable[[], None], heard: Callable[[Sense], None]) -> None:
        self.ever.append(wanted)
        if self.broken:
            raise CannotSee(self.broken)
        self.open, self._heard = wanted, heard
        ready()
        try:
            await asyncio.Event().wait()
        finally:
            self.open, self._heard = Wanted(), lambda _sense: None

    def catch_up(self) -> None:
        """Tell what was seen since the last look, as a probe does that looks once a second."""
        unseen, self.unseen = self.unseen, []
        self.tell(*unseen)

    async def pictures(self, order: PictureOrder) -> list[Picture]:
        self.orders.append((asyncio.get_running_loop().time(), order))
        if self.blind:
            raise CannotSee(self.blind)
        return [Picture(screen, b"RIFF", 1920, 1080, order.blurred) for screen in range(self.screens)]

    def tell(self, *senses: Sense) -> None:
        """Everything a probe could say; what is heard of it is the program's affair."""
        for sense in senses:
            self._heard(sense)


class Place:
    """A recording over a real outbox in a folder; `live` until the block ends, as if it was killed there."""

    def __init__(self, folder: Path, boot_id: str = "boot-1") -> None:
        self.desk = ScriptedDesk()
        self.said: list[str] = []
        self.reminded: list[str] = []
        self.asked: list[Absence] = []
        self.clock = VirtualClock()
        self.details = Details()
        self.outbox = InlineOutbox(Outbox.open(folder))
        self._ids = 0
        recorder = Recorder(boot_id, self.new_eid, middle, lambda _instant: 120)
        self.recording = Recording(
            self.desk, recorder, self.outbox, self.clock, self.moment, boot_id,
            self.said.append, self.reminded.append, self.asked.append,
        )  # fmt: skip

    def new_eid(self, moment: Moment) -> str:
        self._ids += 1
        return uuid7(int(moment.now.timestamp() * 1000), self._ids)

    def moment(self) -> Moment:
        return Moment(self.clock.now(), self.clock.monotonic(), self.clock.monotonic())

    @asynccontextmanager
    async def live(self) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as group:
            running = group.create_task(self.recording.run())
            await turn()
            yield
            running.cancel()

    async def obey(self, **changes: Value) -> None:
        """A policy of these values, all else as a new company has it."""
        await self.recording.apply({**defaults(), **changes}, self.details)
        await self.settle()

    async def settle(self) -> None:
        await passing(0.01)

    async def pass_(self, seconds: float, *senses: Sense) -> None:
        """Time goes by; what the probes say comes every five seconds, as a busy desk's does."""
        end = self.clock.monotonic() + seconds
        while (left := end - self.clock.monotonic()) > 1e-6:
            self.desk.tell(*senses)
            await passing(min(5.0, left))

    async def kept(self) -> list[Event]:
        """Everything that reached the disk."""
        return await self.outbox.recent(BEGIN - timedelta(days=1))

    async def states(self) -> list[tuple[str, object]]:
        events = [event for event in await self.kept() if isinstance(event, SessionEvent)]
        return [(event.state, event.reason) for event in sorted(events, key=lambda event: event.eid)]

    async def pictures(self) -> int:
        return len(await _pictures(self.outbox))


async def _pictures(outbox: AsyncOutbox) -> list[str]:
    found: list[str] = []
    while (one := await outbox.next_picture()) and one[0].eid not in found:
        found.append(one[0].eid)
        await outbox.pass_over_picture(one[0].eid)
    return found


Scene = Callable[[Place], Awaitable[None]]


def played(folder: Path, scene: Scene) -> None:
    """A whole scene at one place."""

    async def whole() -> None:
        place = Place(folder)
        async with place.live():
            await scene(place)
        await place.outbox.close()

    play(whole())


BUSY = (
    Focused("Editor", "notes", pid=1),
    Browsed("Editor", "example.org", "https://example.org/a", "A", pid=1),
    Counted(keys=3, clicks=2, scrolls=1, moved_s=1),
    Idled(0.0),
)


def kinds_of(events: list[Event]) -> set[type[Event]]:
    return {type(event) for event in events if not isinstance(event, SessionEvent)}


# What is open ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "probes"),
    [
        ("website_tracking_enabled", Wanted(applications=True, websites=True)),
        ("app_tracking_enabled", Wanted(applications=True)),
        ("enable_keyboard_tracking", Wanted(keyboard=True)),
        ("enable_mouse_tracking", Wanted(mouse=True)),
        ("enable_idle_detection", Wanted(idle=True)),
        ("screenshots_enabled", Wanted()),
    ],
)
def test_each_switch_opens_its_own_probe_and_no_other_while_it_runs(
    tmp_path: Path, setting: str, probes: Wanted
) -> None:
    async def scene(place: Place) -> None:
        place.recording.begin("")
        await place.obey(**ALL_OFF)
        assert place.desk.open == Wanted()
        await place.obey(**{**ALL_OFF, setting: True})
        assert place.desk.open == probes
        await place.obey(**ALL_OFF)
        assert place.desk.open == Wanted()

    played(tmp_path, scene)


def test_nothing_is_open_while_nobody_works_or_work_is_paused(tmp_path: Path) -> None:
    async def scene(place: Place) -> None:
        await place.obey(screenshot_interval_seconds=30)
        await place.pass_(120, *BUSY)
        assert (place.desk.ever, place.desk.orders, await place.kept()) == ([], [], [])
        place.recording.begin("")
        await place.settle()
        assert place.desk.open == Wanted(applications=True, websites=True, idle=True)
        await place.pass_(120, *BUSY)
        place.recording.pause()
        await place.settle()
        before, pictures = await place.kept(), await place.pictures()
        assert pictures
        assert place.desk.open == Wanted()
        await place.pass_(300, *BUSY)
        assert (await place.kept(), await place.pictures()) == (before, pictures)
        place.recording.resume()
        await place.settle()
        assert place.desk.open.applications
        place.recording.end()
        await place.settle()
        assert place.desk.open == Wanted()

    played(tmp_path, scene)


def test_a_company_that_is_suspended_keeps_nothing_and_the_session_stays(tmp_path: Path) -> None:
    async def scene(place: Place) -> None:
        await place.obey(screenshot_interval_seconds=30)
        place.recording.begin("")
        await place.pass_(90, *BUSY)
        await place.recording.stop()
        assert place.desk.open == Wanted()
        before, pictures = await place.kept(), await place.pictures()
        await place.pass_(300, *BUSY)
        assert (await place.kept(), await place.pictures()) == (before, pictures)
        assert place.recording.working == "yes"
        await place.obey()
        assert place.desk.open.applications

    played(tmp_path, scene)


def test_a_probe_that_does_not_open_refuses_the_policy_and_is_tried_again(tmp_path: Path) -> None:
    async def scene(place: Place) -> None:
        place.recording.begin("")
        place.desk.broken = "no display"
        with pytest.raises(CannotApply, match="no display"):
            await place.obey()
        place.desk.broken = ""
        await place.pass_(31)
        assert place.desk.open.applications
        await place.obey()
        assert sum("cannot be opened" in line for line in place.said) == 1

    played(tmp_path, scene)


# What is kept ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({}, set()),
        ({"app_tracking_enabled": True}, {AppEvent}),
        ({"website_tracking_enabled": True}, {WebsiteEvent}),
        ({"enable_keyboard_tracking": True}, {InputEvent}),
        ({"enable_mouse_tracking": True}, {InputEvent}),
    ],
)
def test_a_change_of_policy_holds_at_once_for_what_reaches_the_disk(
    tmp_path: Path, changes: dict[str, Value], kinds: set[type[Event]]
) -> None:
    async def scene(place: Place) -> None:
        await place.obey(**ALL_OFF)
        place.recording.begin("")
        await place.obey(**{**ALL_OFF, **changes})
        await place.pass_(120, *BUSY)
        await place.obey(**ALL_OFF)
        found = await place.kept()
        assert kinds_of(found) == kinds
        for event in found:
            if isinstance(event, InputEvent):
                assert bool(event.keys) == ("enable_keyboard_tracking" in changes)
                assert bool(event.clicks) == bool(event.moved_s) == ("enable_mouse_tracking" in changes)
        await place.pass_(120, *BUSY)
        assert await place.kept() == found, "and what was switched off again is not kept"

    played(tmp_path, scene)


def test_addresses_and_titles_of_pages_are_kept_only_where_the_policy_says_so(tmp_path: Path) -> None:
    async def scene(place: Place) -> None:
        place.recording.begin("")
        for detail in (False, True):
            place.details = Details(website_detail=detail)
            await place.obey(**{**ALL_OFF, "website_tracking_enabled": True})
            assert place.desk.open.website_detail is detail
            await place.pass_(90, *BUSY)
        await place.obey(**ALL_OFF)
        sites = [event for event in await place.kept() if isinstance(event, WebsiteEvent)]
        assert {(event.domain, event.url == "https://example.org/a") for event in sites} == {
            ("example.org", False),
            ("example.org", True),
        }

    played(tmp_path, scene)


@pytest.mark.parametrize(("detects", "threshold", "away"), [(True, 60, 1), (True, 600, 0), (False, 60, 0)])
def test_being_away_is_noticed_after_the_threshold_if_at_all(
    tmp_path: Path, detects: bool, threshold: int, away: int
) -> None:
    async def scene(place: Place) -> None:
        await place.obey(enable_idle_detection=detects, idle_threshold_seconds=threshold)
        place.recording.begin("")
        await place.settle()
        for second in range(0, 300, 5):
            await place.pass_(5, Focused("Editor"), Idled(float(second)))
        place.recording.end()
        await place.settle()
        assert len({event.cause for event in await place.kept() if isinstance(event, AwayEvent)}) == away

    played(tmp_path, scene)


# Screenshots ----------------------------------------------------------------------------------------


def test_pictures_are_ordered_at_the_pace_and_as_the_policy_says_from_then_on(tmp_path: Path) -> None:
    async def scene(place: Place) -> None:
        place.recording.begin("")
        await place.obey(screenshots_enabled=False, screenshot_interval_seconds=60)
        await place.pass_(600)
        assert place.desk.orders == []
        await place.obey(screenshot_interval_seconds=60, screenshot_quality=70, max_screenshot_size_mb=2)
        await place.pass_(600)
        assert len(place.desk.orders) == 10
        assert {order for _at, order in place.desk.orders} == {PictureOrder(70, 2_000_000)}
        assert await place.pictures() == 10
        place.desk.orders.clear()
        place.details = Details(blurred=True)
        await place.obey(screenshot_interval_seconds=300, screenshot_quality=50, max_screenshot_size_mb=1)
        await place.pass_(600)
        assert [order for _at, order in place.desk.orders] == [PictureOrder(50, 1_000_000, blurred=True)] * 2
        await place.obey(screenshots_enabled=False)
        await place.pass_(7200)
        assert len(place.desk.orders) == 2

    played(tmp_path, scene)


def test_the_pictures_of_the_last_ten_minutes_are_known_for_the_window(tmp_path: Path) -> None:
    async def scene(place: Place) -> None:
        place.desk.screens = 2
        place.recording.begin("")
        await place.obey(screenshot_interval_seconds=300)
        await place.pass_(1200)
        assert len(place.desk.orders) == 4
        lines = place.recording.pictures(place.clock.now())
        assert [(line.kind, line.name, line.title) for line in lines] == [("screenshot", "Screenshot", "2 screens")] * 2
        assert all(place.clock.now() - line.start < timedelta(minutes=10) for line in lines)

    played(tmp_path, scene)


def test_pictures_that_fail_are_said_once_and_known_until_one_succeeds(tmp_path: Path) -> None:
    async def scene(place: Place) -> None:
        place.desk.blind = "the screen cannot be read"
        place.recording.begin("")
        await place.obey(screenshot_interval_seconds=30)
        await place.pass_(300)
        assert place.said == ["No screenshot: the screen cannot be read"]
        assert place.recording.missing() == {"screenshots": "the screen cannot be read"}
        assert place.recording.capabilities()["screenshots"] is False
        place.desk.blind = ""
        await place.pass_(60)
        assert place.recording.missing() == {}
        assert await place.pictures()

    played(tmp_path, scene)


# Reminders, retention -------------------------------------------------------------------------------


@pytest.mark.parametrize(("shows", "minutes", "times"), [(True, 5, 13), (True, 30, 3), (True, 0, 1), (False, 5, 0)])
def test_the_person_is_reminded_as_often_as_the_policy_says(
    tmp_path: Path, shows: bool, minutes: int, times: int
) -> None:
    async def scene(place: Place) -> None:
        await place.obey(show_tracker_notification=shows, notification_interval_minutes=minutes)
        place.recording.begin("")
        await place.pass_(3601)
        assert len(place.reminded) == times

    played(tmp_path, scene)


def test_what_could_not_be_sent_for_so_long_is_deleted_and_counted(tmp_path: Path) -> None:
    async def scene(place: Place) -> None:
        await place.outbox.put((app(1), app(2)), BEGIN - timedelta(days=7, hours=12))
        await place.obey(**{**ALL_OFF, "local_data_retention_days": 8})
        await passing(3700)
        assert place.recording.queue().waiting == 2
        await place.obey(**{**ALL_OFF, "local_data_retention_days": 7})
        await passing(3700)
        assert place.recording.queue().waiting == 0
        assert place.recording.queue().lost == [Lost("retention", 2)]

    played(tmp_path, scene)


# The session ----------------------------------------------------------------------------------------


def test_a_kill_right_after_start_or_stop_finds_on_disk_what_is_so(tmp_path: Path) -> None:
    async def scene(place: Place) -> None:
        await place.obey()
        place.recording.begin("Writing")
        await place.settle()
        begun = await place.outbox.open_session()
        assert begun is not None
        assert (begun.task, begun.paused, begun.tz_offset_min) == ("Writing", False, 120)
        place.recording.pause()
        await place.settle()
        paused = await place.outbox.open_session()
        assert paused is not None
        assert paused.paused
        place.recording.end()
        await place.settle()
        assert await place.outbox.open_session() is None
        await passing(3600)
        assert await place.outbox.open_session() is None

    played(tmp_path, scene)


def test_while_the_disk_takes_nothing_a_stop_is_not_half_written(tmp_path: Path) -> None:
    async def scene(place: Place) -> None:
        place.recording.begin("")
        await place.settle()
        place.outbox.refuses = True
        place.recording.end()
        await place.pass_(120)
        place.outbox.refuses = False
        left = await place.outbox.open_session()
        assert left is not None, "neither the word of the end nor that nothing is open"
        await place.pass_(10)
        assert await place.outbox.open_session() is None
        assert [state for state, _reason in await place.states()] == ["started", "stopped"]

    played(tmp_path, scene)


def test_what_was_counted_since_the_last_look_is_not_lost_when_work_stops_or_the_policy_changes(
    tmp_path: Path,
) -> None:
    async def scene(place: Place) -> None:
        await place.obey(enable_keyboard_tracking=True)
        place.recording.begin("Writing")
        await place.settle()
        stops: list[Callable[[], Awaitable[None] | None]] = [
            place.recording.pause,
            lambda: place.obey(enable_keyboard_tracking=False),
            place.recording.stop,
            place.recording.end,
        ]
        for number, stop in enumerate(stops):
            place.recording.resume()
            await place.obey(enable_keyboard_tracking=True)
            await place.settle()
            place.desk.unseen = [Counted(keys=10**number)]
            if (waiting := stop()) is not None:
                await waiting
            await place.settle()
            await place.pass_(3)
        kept = [event.keys for event in await place.kept() if isinstance(event, InputEvent)]
        assert sum(kept) == 1111

    played(tmp_path, scene)


def test_another_line_of_work_is_told_at_once_or_when_work_goes_on(tmp_path: Path) -> None:
    async def scene(place: Place) -> None:
        place.recording.work_on("Nothing yet")
        place.recording.begin("Writing")
        await place.pass_(10)
        place.recording.work_on("Writing")
        place.recording.work_on("Reading")
        await place.pass_(10)
        place.recording.pause()
        place.recording.work_on("Planning")
        await place.settle()
        assert await place.states() == [("started", "Writing"), ("resumed", "Reading"), ("paused", UNSET)]
        await place.pass_(40)
        left = await place.outbox.open_session()
        assert left is not None
        assert (left.task, left.paused) == ("Planning", True)
        place.recording.resume()
        place.recording.work_on("")
        await place.settle()
        assert (await place.states())[3:] == [("resumed", "Planning"), ("resumed", "")]

    played(tmp_path, scene)


def test_the_chosen_task_goes_with_each_word_of_going_on_and_survives_a_crash(tmp_path: Path) -> None:
    async def tasks(place: Place) -> list[tuple[str, object, object]]:
        events = [event for event in await place.kept() if isinstance(event, SessionEvent)]
        return [(event.state, event.reason, event.task) for event in sorted(events, key=lambda event: event.eid)]

    async def scene() -> None:
        first = Place(tmp_path)
        async with first.live():
            first.recording.begin("Writing", Chosen(71, "Catalogue"))
            first.recording.choose(Chosen(71, "Catalogue"))
            first.recording.choose(Chosen(68, "Samples"))
            first.recording.pause()
            first.recording.choose(None)
            first.recording.resume()
            first.recording.choose(Chosen(7, "Last"))
            await first.settle()
            assert await tasks(first) == [
                ("started", "Writing", 71), ("resumed", "Writing", 68), ("paused", UNSET, UNSET),
                ("resumed", "Writing", UNSET), ("resumed", "Writing", 7),
            ]  # fmt: skip
        await first.outbox.close()
        second = Place(tmp_path)
        await second.recording.take_up(second.new_eid)
        session = second.recording.open_session
        assert session is not None
        assert (session.task, session.task_id, session.task_title) == ("Writing", 7, "Last")
        async with second.live():
            second.recording.work_on("Reading")
            await second.settle()
            assert (await tasks(second))[-1] == ("resumed", "Reading", 7)
        await second.outbox.close()

    play(scene())


@pytest.mark.parametrize(
    ("absence", "boot_id", "goes_on"), [(60, "boot-1", True), (660, "boot-1", False), (60, "boot-2", False)]
)
def test_a_session_that_a_crash_left_open_goes_on_or_is_closed_where_it_was_seen(
    tmp_path: Path, absence: int, boot_id: str, goes_on: bool
) -> None:
    async def scene() -> None:
        first = Place(tmp_path)
        async with first.live():
            first.recording.begin("Writing")
            await first.pass_(100)
        left = await first.outbox.open_session()
        assert left is not None
        await first.outbox.close()
        await passing(absence)
        second = Place(tmp_path, boot_id)
        await second.recording.take_up(second.new_eid)
        async with second.live():
            await second.obey()
            assert second.desk.open.applications is goes_on
            await _look(second, left, goes_on)
        await second.outbox.close()

    play(scene())


async def _look(place: Place, left: OpenSession, goes_on: bool) -> None:
    assert place.recording.working == ("yes" if goes_on else "no")
    told = [event for event in await place.kept() if isinstance(event, SessionEvent)]
    if goes_on:
        assert [event.state for event in told] == ["started"]
        assert place.recording.open_session is not None
        assert place.recording.open_session.uuid == left.uuid
    else:
        assert await place.outbox.open_session() is None
        assert [(event.state, event.reason, event.tz_offset_min) for event in told][1:] == [("stopped", "crash", 120)]
        assert told[1].start == left.last_seen.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_the_program_ends_and_the_session_with_it(tmp_path: Path) -> None:
    async def scene(place: Place) -> None:
        place.recording.begin("")
        await place.pass_(30)
        await place.recording.close("quit")
        assert (await place.states())[-1] == ("stopped", "quit")
        assert await place.outbox.open_session() is None

    played(tmp_path, scene)


def test_a_probe_that_breaks_is_named_until_the_end(tmp_path: Path) -> None:
    async def scene(place: Place) -> None:
        place.recording.begin("")
        await place.obey()
        place.desk.tell(Unable("idle", "the screen saver is gone"))
        assert place.recording.missing() == {"idle": "the screen saver is gone"}
        assert place.recording.capabilities()["missing"] == {"idle": "the screen saver is gone"}

    played(tmp_path, scene)


# With the agent around it ---------------------------------------------------------------------------


@asynccontextmanager
async def _agent(place: Place, server: SmallServer, folder: Path) -> AsyncIterator[Agent]:
    identity = Identity("http://server", 7, TOKEN, COMPANY, "Gnomon Ltd", [server.key.public])
    async with open_client("http://server", Wire(server)) as client, place.live():
        around = Surroundings(
            MACHINE, client, place.recording, Someone(), Cache(folder / "profile"),
            place.said.append, place.clock, middle, facts=place.recording,
        )  # fmt: skip
        agent = Agent(identity, around)
        async with asyncio.TaskGroup() as group:
            running = group.create_task(agent.run())
            yield agent
            running.cancel()


def test_the_agent_asks_as_often_as_the_policy_says_and_reports_the_version_it_records_by(tmp_path: Path) -> None:
    async def scene() -> None:
        server, place = SmallServer(streams_pass=False), Place(tmp_path)
        server.save(config_sync_interval_seconds=30)
        async with _agent(place, server, tmp_path):
            for interval, polls in ((30, 10), (60, 5)):
                version = server.save(config_sync_interval_seconds=interval).version
                await until(lambda version=version: "applied" in server.states(version), within=120, every=0.1)
                assert place.recording.settings is not None
                assert place.recording.settings["config_version"] == version
                server.asked.clear()
                await passing(305)
                assert server.count("/agent/v1/policy", streaming=False) in (polls, polls + 1)
            place.recording.begin("")
            server.become("SUSPENDED")
            await until(lambda: place.recording.settings is None, within=120)
            assert place.desk.open == Wanted()
        await place.outbox.close()

    play(scene())
