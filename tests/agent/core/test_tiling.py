"""Whatever happens in whatever order, a session is tiled exactly, and what is switched off never appears.

A machine of chance plays a person at a desk: windows, absences, locks, pauses, policies, sleep, a program that does not
run, and, in a second machine, clocks that jump. After every step what was kept so far must hold; at the end it must be
complete.
"""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import HealthCheck
from hypothesis import settings as effort
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sundial.agent.core.records import Begin, Effect, End, KeepPicture, Obey, Pause, Pictured, Resume, Tick
from sundial.agent.core.sensing import Browsed, Counted, Focused, Idled, Locked, Unable
from sundial.protocol.events import AppEvent, AwayEvent, Event, InputEvent, PrivateEvent, SessionEvent, WebsiteEvent
from sundial.protocol.settings import Settings, defaults
from sundial.protocol.spans import Span, clip, covered, overlaps, total
from tests.agent.core.play import OWN_PID, PICTURE, SESSION, Play, instant, length, name

Stretch = Span[None]
SLOW = [HealthCheck.too_slow]  # a busy machine says nothing about the recorder
SWITCHES = {
    "applications": "app_tracking_enabled",
    "websites": "website_tracking_enabled",
    "idle": "enable_idle_detection",
    "keyboard_counts": "enable_keyboard_tracking",
    "mouse_counts": "enable_mouse_tracking",
}
WINDOWS = [
    Focused("Writer", "Letter", pid=1),
    Focused("Chromium", "Page", pid=50),
    Focused("Sundial", pid=OWN_PID),
    Focused("", pid=0),
]

switches = st.fixed_dictionaries({name: st.booleans() for name in SWITCHES.values()})


def stretch(event: Event) -> Stretch:
    return Span(instant(event.start), instant(event.end), None)


def add(row: list[Stretch], more: Stretch) -> None:
    """At the end of the row."""
    if row and row[-1].end == more.start:
        more = Span(row.pop().start, more.end, None)
    row.append(more)


class Desk(RuleBasedStateMachine):
    """`on` are the times by the wall clock in which a kind was switched on, `running` those in which a session ran."""

    def __init__(self) -> None:
        super().__init__()
        self.play = Play()
        self.settings: Settings | None = None
        self.on: dict[str, list[Stretch]] = {kind: [] for kind in [*SWITCHES, "anything"]}
        self.running: list[Stretch] = []
        self.runs = False
        self.untouched_s = 0.0
        self.locked = False
        self.keys = self.clicks = 0

    # What happens ---------------------------------------------------------------------------------

    @initialize(switched=switches, seconds=st.integers(0, 900), window=st.sampled_from(WINDOWS), known=st.booleans())
    def begins(self, switched: dict[str, bool], seconds: int, window: Focused, known: bool) -> None:
        self._passes(float(seconds))
        self._obeys({**defaults(), **switched})
        self.runs = True
        self._tell(Begin(SESSION), *([window] if known else []))

    def _passes(self, seconds: float, *, slept: bool = False) -> None:
        """Time goes by, in the play and in the books."""
        before = self.play.wall
        if slept:
            self.play.sleep(seconds)
        else:
            self.play.go(seconds)
        gone: Stretch = Span(before, self.play.wall, None)
        if self.runs:
            add(self.running, gone)
        if self.settings is not None:
            add(self.on["anything"], gone)
            for kind, name in SWITCHES.items():
                if self.settings[name]:
                    add(self.on[kind], gone)
        self.untouched_s += seconds

    def _tell(self, *said: object) -> list[Effect]:
        return self.play.tell(*said)

    @rule(ms=st.integers(1, 9_000), window=st.sampled_from(WINDOWS))
    def another_window(self, ms: int, window: Focused) -> None:
        self._passes(ms / 1000)
        self._tell(window)

    @rule(seconds=st.integers(1, 70))
    def works(self, seconds: int) -> None:
        for _ in range(seconds):
            self._passes(1.0)
            self.untouched_s = 0.0
            self._tell(Idled(0.0), Tick())

    @rule(minutes=st.sampled_from([1, 2, 6, 35]), inhibited=st.booleans())
    def touches_nothing(self, minutes: int, inhibited: bool) -> None:
        for _ in range(minutes * 12):
            self._passes(5.0)
            self._tell(Idled(self.untouched_s, inhibited), Tick())

    @rule(ms=st.integers(1, 3000))
    def comes_back(self, ms: int) -> None:
        self._passes(ms / 1000)
        self.untouched_s = 0.25
        self._tell(Idled(0.25), Tick())

    @rule(locked=st.booleans())
    def locks_or_unlocks(self, locked: bool) -> None:
        if self.runs and self.settings and self.settings["enable_idle_detection"]:
            self.locked = locked
        self._tell(Locked(locked))

    @rule(domain=st.sampled_from(["", "example.org", "example.com"]))
    def another_page(self, domain: str) -> None:
        self._tell(Browsed("chromium", domain, f"https://{domain}/secret", "Secret", pid=50))

    @rule(keys=st.integers(0, 50), clicks=st.integers(0, 9))
    def types(self, keys: int, clicks: int) -> None:
        if self.runs and self.settings and not self.locked:
            self.keys += keys if self.settings["enable_keyboard_tracking"] else 0
            self.clicks += clicks if self.settings["enable_mouse_tracking"] else 0
        self._tell(Counted(keys, clicks))

    @rule()
    def types_a_password_on_the_lock_screen(self) -> None:
        self.locks_or_unlocks(True)
        self.types(9, 1)
        self.locks_or_unlocks(False)

    @rule(kind=st.sampled_from(["idle", "applications", "websites"]))
    def a_probe_fails(self, kind: str) -> None:
        if kind == "idle" and self.runs:
            self.locked = False
        self._tell(Unable(kind, "gone"))

    @rule(seconds=st.floats(2, 20_000))
    def the_machine_sleeps(self, seconds: float) -> None:
        self._passes(round(seconds, 3), slept=True)
        self._tell(Tick())

    @rule(seconds=st.integers(11, 3000))
    def the_program_does_not_run(self, seconds: int) -> None:
        self._passes(float(seconds))
        self._tell(Tick())

    @rule(switched=switches, threshold=st.sampled_from([60, 300, 1800]))
    def another_policy(self, switched: dict[str, bool], threshold: int) -> None:
        new: Settings = {**defaults(), **switched, "idle_threshold_seconds": threshold}
        self._obeys(new)

    @rule()
    def the_company_is_suspended(self) -> None:
        self._obeys(None)

    def _obeys(self, new: Settings | None) -> None:
        had, has = (bool(one and one["enable_idle_detection"]) for one in (self.settings, new))
        if had != has:
            self.locked = False
        self.settings = new
        self._tell(Obey(new))

    @rule()
    def pauses(self) -> None:
        self.runs = False
        self.locked = False
        self._tell(Pause())

    @rule()
    def resumes(self) -> None:
        self.runs = True
        self._tell(Resume())

    @rule()
    def a_picture_comes(self) -> None:
        done = self._tell(Pictured((PICTURE,)))
        here = self.runs and not self.locked and self.settings is not None
        assert here or not [one for one in done if isinstance(one, KeepPicture)]

    # What must hold -------------------------------------------------------------------------------

    @invariant()
    def tiles_follow_one_another_inside_the_time_that_ran(self) -> None:
        tiles = [stretch(event) for event in self.play.tiles]
        for one, following in pairwise(tiles):
            assert one.end <= following.start
        for one in tiles:
            assert one.start < one.end
            assert covered(clip(self.running, one.start, one.end)) == one.length

    @invariant()
    def nothing_is_told_in_a_time_in_which_it_was_off(self) -> None:
        for event in self.play.events:
            if not isinstance(event, SessionEvent):
                assert self._was_on("anything", event)
            if isinstance(event, AppEvent | PrivateEvent):
                assert self._was_on("applications", event)
                assert name(event) != "Sundial"
            elif isinstance(event, WebsiteEvent):
                assert self._was_on("websites", event)
                assert "Secret" not in repr(event)
            elif isinstance(event, AwayEvent) and event.cause != "sleep":
                assert self._was_on("idle", event)

    def _was_on(self, kind: str, event: Event) -> bool:
        told = stretch(event)
        return covered(clip(self.on[kind], told.start, told.end)) == told.length

    def teardown(self) -> None:
        """The program ends: now all must be there."""
        self._tell(End())
        self.tiles_follow_one_another_inside_the_time_that_ran()
        self.nothing_is_told_in_a_time_in_which_it_was_off()
        self._all_the_time_is_told()
        self._all_counts_are_told()
        self._websites_lie_in_their_browser()

    def _all_the_time_is_told(self) -> None:
        """While applications were on every millisecond is told, and what is told beside that is being away."""
        tiles = [stretch(event) for event in self.play.tiles]
        seen = [part for on in self.on["applications"] for part in clip(self.running, on.start, on.end)]
        assert covered([*tiles, *seen]) == covered(tiles)
        away = [stretch(event) for event in self.play.kept(AwayEvent)]
        assert covered([*away, *seen]) == covered(tiles)
        at_work = covered(self.running) - covered(away)
        assert abs(timedelta(seconds=self.play.worked_s) - at_work) < timedelta(milliseconds=1)

    def _all_counts_are_told(self) -> None:
        events = self.play.kept(InputEvent)
        assert sum(event.keys for event in events) == self.keys
        assert sum(event.clicks for event in events) == self.clicks
        for one in events:
            assert stretch(one).length <= timedelta(seconds=60)

    def _websites_lie_in_their_browser(self) -> None:
        apps = [stretch(event) for event in self.play.kept(AppEvent) if event.app != "Chromium"]
        away = [stretch(event) for event in self.play.kept(AwayEvent)]
        for site in map(stretch, self.play.kept(WebsiteEvent)):
            assert not any(overlaps(site, other) for other in [*apps, *away])


class JumpingClocks(RuleBasedStateMachine):
    """The wall clock says what it likes: the sum is still the time that passed, and the monotonic clock orders all."""

    def __init__(self) -> None:
        super().__init__()
        self.play = Play().working()
        self.passed_s = 0.0
        self.untouched_s = 0.0

    @rule(seconds=st.integers(1, 100), touched=st.booleans())
    def ticks(self, seconds: int, touched: bool) -> None:
        for _ in range(seconds):
            self.play.go(1)
            self.untouched_s = 0.0 if touched else self.untouched_s + 1
            self.play.tell(Idled(self.untouched_s), Tick())
        self.passed_s += seconds

    @rule(by=st.floats(-400 * 86400, 400 * 86400), ms=st.integers(0, 900))
    def the_clock_is_set(self, by: float, ms: int) -> None:
        self.play.set_clock(timedelta(seconds=by))
        self.play.go(ms / 1000)
        self.passed_s += ms / 1000
        self.untouched_s += ms / 1000
        self.play.tell(Focused(f"App {ms % 3}"))

    def teardown(self) -> None:
        last = self.play.tell(End())
        assert last
        tiles = self.play.tiles
        assert round(length(tiles), 3) == round(self.passed_s, 3)
        for one, following in pairwise(tiles):
            lasted = total([stretch(one)]) // timedelta(milliseconds=1)
            assert one.mono_ms + lasted == following.mono_ms
        for tile in tiles:
            assert _quarter(tile.start) == _quarter(tile.end, ends=True)


def _quarter(text: str, *, ends: bool = False) -> datetime:
    at = instant(text) - timedelta(milliseconds=1 if ends else 0)
    return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)


TestDesk = Desk.TestCase
TestDesk.settings = effort(max_examples=150, stateful_step_count=40, deadline=None, suppress_health_check=SLOW)
TestJumpingClocks = JumpingClocks.TestCase
TestJumpingClocks.settings = effort(max_examples=40, stateful_step_count=15, deadline=None, suppress_health_check=SLOW)
