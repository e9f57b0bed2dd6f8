"""Systems that are asked once a second: one whose answers the test writes down beforehand."""

import asyncio
from dataclasses import dataclass, field

import pytest

from sundial.agent.core.sensing import CannotSee, Counted, Focused, Idled, Locked, PictureOrder, Sense, Wanted
from sundial.agent.probes.asked_desk import AskedDesk
from sundial.agent.probes.asking import AskingWatcher
from sundial.agent.probes.counters import Totals
from tests.agent.probes.screen import LIMIT, Ears, watching


@dataclass
class Written:
    """A system as it stands now."""

    window: Focused = field(default_factory=lambda: Focused("Pages", "Letter"))
    seconds: float = 0.0
    is_locked: bool = False
    counters: Totals = field(default_factory=lambda: Totals(100, 50, 10))
    at: tuple[int, int] = (0, 0)
    asked: set[str] = field(default_factory=set)
    broken: str = ""
    closed: bool = False

    def open(self, wanted: Wanted) -> None:
        if self.broken:
            raise CannotSee(self.broken)

    def focused(self) -> Focused:
        self.asked.add("focused")
        return self.window

    def idle(self) -> Idled:
        self.asked.add("idle")
        return Idled(self.seconds)

    def locked(self) -> bool:
        self.asked.add("locked")
        return self.is_locked

    def totals(self) -> Totals:
        self.asked.add("totals")
        return self.counters

    def pointer(self) -> tuple[int, int]:
        self.asked.add("pointer")
        return self.at

    def close(self) -> None:
        self.closed = True


def looked(watcher: AskingWatcher) -> list[Sense]:
    heard: list[Sense] = []
    watcher.look(heard.append)
    return heard


def test_a_window_is_told_when_it_changes() -> None:
    system = Written()
    watcher = AskingWatcher(system, Wanted(applications=True))
    watcher.open()
    assert looked(watcher) == [Focused("Pages", "Letter")]
    assert looked(watcher) == []
    system.window = Focused("Mail")
    assert looked(watcher) == [Focused("Mail")]


def test_inputs_are_told_by_how_many_came_and_only_those_wanted() -> None:
    system = Written()
    both, mouse = AskingWatcher(system, Wanted(keyboard=True, mouse=True)), AskingWatcher(system, Wanted(mouse=True))
    keys = AskingWatcher(system, Wanted(keyboard=True))
    for watcher in (both, mouse, keys):
        watcher.open()
    assert [looked(watcher) for watcher in (both, mouse, keys)] == [[], [], []]
    system.counters, system.at = Totals(107, 52, 13), (4, 4)
    assert looked(both) == [Counted(7, 2, 3, 1)]
    assert looked(mouse) == [Counted(0, 2, 3, 1)]
    assert looked(keys) == [Counted(7)]


def test_a_lock_is_told_when_it_changes_and_idleness_each_time() -> None:
    system = Written(seconds=4.0)
    watcher = AskingWatcher(system, Wanted(idle=True))
    watcher.open()
    assert looked(watcher) == [Idled(4.0)]
    system.is_locked = True
    assert looked(watcher) == [Locked(True), Idled(4.0)]
    assert looked(watcher) == [Idled(4.0)]


def test_what_is_not_wanted_is_not_asked() -> None:
    system = Written()
    watcher = AskingWatcher(system, Wanted())
    watcher.open()
    assert looked(watcher) == []
    assert system.asked == set()


async def test_it_runs_beside_the_loop_and_ends_with_a_cancellation() -> None:
    system = Written()
    async with watching(AskedDesk(lambda: system, {}), applications=True, idle=True) as ears:
        await ears.looks(2, Idled)
        assert ears.heard[0] == Focused("Pages", "Letter")
    assert system.closed


async def test_what_was_counted_before_is_heard_when_it_has_caught_up() -> None:
    system = Written()
    desk = AskedDesk(lambda: system, {})
    desk.catch_up()
    async with watching(desk, keyboard=True) as ears:
        system.counters = Totals(107, 50, 10)
        desk.catch_up()
        assert ears.of(Counted) == [Counted(keys=7)]
    desk.catch_up()


async def test_a_system_that_cannot_be_opened_says_why() -> None:
    system = Written(broken="Not allowed here.")
    with pytest.raises(CannotSee, match=r"Not allowed here\."):
        await AskedDesk(lambda: system, {}).watch(Wanted(idle=True), lambda: None, Ears())
    assert system.closed


async def test_a_probe_that_fails_unexpectedly_is_said_and_closed() -> None:
    class Failing(Written):
        def idle(self) -> Idled:
            raise ZeroDivisionError

    system = Failing()
    async with asyncio.timeout(LIMIT):
        with pytest.raises(CannotSee, match="ZeroDivisionError"):
            await AskedDesk(lambda: system, {}).watch(Wanted(idle=True), lambda: None, Ears())
    assert system.closed


async def test_pictures_that_are_not_allowed_are_said() -> None:
    desk = AskedDesk(Written, {"screenshots": "Not allowed in the settings."})
    assert desk.missing() == {"screenshots": "Not allowed in the settings."}
    with pytest.raises(CannotSee, match="Not allowed in the settings"):
        await desk.pictures(PictureOrder(85, 1_000_000))
