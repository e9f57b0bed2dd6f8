"""Nobody misses an event: not who was offline, not whose line died in silence, not whose server was killed.

The long forms, `make soak`: 30 seconds and 200 changes told again one by one; 1,000 changes, asked for anew.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.deploy.conftest import Front
from tests.journeys.acts import Api
from tests.journeys.busy import Busy
from tests.journeys.conftest import CHROMIUM, FLAGS, Platform, Visit, sign_in
from tests.journeys.lookout import TALL, Lookout, Span, agree
from tests.journeys.relay import Relay
from tests.running import free_port

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900)]

CROWDED_S = 2.5  # by so much a crowded machine may be late; Socket.IO itself gives a line up after 20 seconds
KNOWN_S = CROWDED_S  # a browser that knows that it is offline says so at once
SILENCE_S = 16.0 + CROWDED_S  # 15 seconds of silence are believed, and the page looks at the clock once a second

soak = pytest.mark.soak


@pytest.fixture
def busy(platform: Platform, firm: dict[str, Any]) -> Iterator[Busy]:
    """Another administrator, by the API."""
    api = Api(platform.base_url, firm["admin"])
    made = Busy(api)
    yield made
    made.tidy()
    api.close()


Through = Callable[[Relay], Page]


@pytest.fixture
def through(platform: Platform, chromium: Browser, firm: dict[str, Any]) -> Iterator[Through]:
    """Open a browser of its own that reaches the platform through a relay, and believes it is the platform itself."""
    with ExitStack() as stack:

        def open_page(relay: Relay) -> Page:
            address = platform.base_url.removeprefix("http://")
            rule = f"--host-resolver-rules=MAP {address} 127.0.0.1:{relay.port}"
            browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, rule])
            stack.callback(browser.close)
            page = browser.new_context(base_url=platform.base_url, viewport=TALL).new_page()
            sign_in(page, firm["admin"])
            return page

        yield open_page


@dataclass(frozen=True)
class Absence:
    """How long a window is away, and what happens meanwhile."""

    changes: int
    seconds: float
    is_replayed: bool


@contextmanager
def offline(page: Page) -> Iterator[None]:
    """The browser knows that it has no network."""
    page.context.set_offline(True)
    yield
    page.context.set_offline(False)


@contextmanager
def cut(relay: Relay) -> Iterator[None]:
    """Nothing passes, and nobody says so."""
    relay.cut()
    try:
        yield
    finally:
        relay.mend()


def stay_away(lookout: Lookout, busy: Busy, absence: Absence) -> Span:
    """Let everything happen, until the time is over and the page no longer looks live; when it was deaf."""
    began = time.time()
    busy.work(absence.changes)
    lookout.page.wait_for_timeout(max(0.0, absence.seconds - (time.time() - began)) * 1000)
    lookout.is_not_live()
    return Span(began, time.time())


def comes_back(lookout: Lookout, fresh: Page, deaf: Span, absence: Absence, believed_s: float) -> None:
    """It agrees with a fresh window in the way that was promised, and did not look live for longer than it may."""
    lookout.is_live()
    looked = time.time()
    fresh.goto("/console/")
    agree(lookout.page, fresh)
    asked = lookout.times_asked_again()
    assert (asked == 0) is absence.is_replayed, f"asked again {asked} times"
    if absence.is_replayed:
        lookout.heard_without_gap()
        assert lookout.whole_tables_asked() == []
    first, *others = lookout.live_spans(looked)
    believed, away = max(0.0, first.ended - deaf.began), deaf.ended - deaf.began
    back = looked - deaf.ended
    words = (
        f"{absence.changes} changes in {away:.0f} s away: green for {believed:.1f} s of it, live {back:.1f} s after it"
    )
    print(words)  # noqa: T201 - the measurement, shown with `-s`
    assert believed <= believed_s, words
    assert [span for span in others if span.began < deaf.ended] == [], "looked live again while deaf"


AWAY = [
    Absence(40, 3, is_replayed=True),
    Absence(330, 3, is_replayed=False),
    pytest.param(Absence(200, 30, is_replayed=True), marks=soak),
    pytest.param(Absence(1000, 30, is_replayed=False), marks=soak),
]


@pytest.mark.parametrize("absence", AWAY, ids=str)
def test_a_window_that_was_offline_shows_what_a_fresh_one_shows(
    visit: Visit, firm: dict[str, Any], busy: Busy, absence: Absence
) -> None:
    lookout = Lookout(visit(firm["admin"], viewport=TALL))
    fresh = visit(firm["admin"], viewport=TALL)
    with offline(lookout.page):
        deaf = stay_away(lookout, busy, absence)
        lookout.forget_requests()
    comes_back(lookout, fresh, deaf, absence, KNOWN_S)


@pytest.mark.parametrize("absence", [AWAY[0], *AWAY[2:]], ids=str)
def test_a_window_whose_line_died_in_silence_knows_it_soon_and_shows_what_a_fresh_one_shows(
    platform: Platform, visit: Visit, through: Through, firm: dict[str, Any], busy: Busy, absence: Absence
) -> None:
    fresh = visit(firm["admin"], viewport=TALL)
    with Relay(port_of(platform)) as relay:
        lookout = Lookout(through(relay))
        lookout.number_of(busy.mark_now())  # a sign of life just before: it believes for as long as it ever may
        with cut(relay):
            deaf = stay_away(lookout, busy, absence)
            lookout.forget_requests()
        comes_back(lookout, fresh, deaf, absence, SILENCE_S)


def port_of(platform: Platform) -> int:
    """Where the platform's own process listens."""
    return int(platform.base_url.rpartition(":")[2])


# -- several processes ------------------------------------------------------------------------------


@pytest.fixture
def second(platform: Platform) -> Iterator[Front]:
    """Another process that serves the same pages at the same address, as behind a proxy."""
    environment = platform.environment | {"SUNDIAL_BASE_URL": platform.base_url}
    front = Front(free_port(), environment, platform.data.parent / "second.log")
    front.start()
    front.await_ready()
    yield front
    front.stop()


def kill(front: Front) -> None:
    """No farewell."""
    assert front.process is not None
    front.process.kill()
    front.process.wait()


@pytest.mark.parametrize("changes", [30, pytest.param(120, marks=soak)])
def test_when_a_process_is_killed_its_page_goes_to_another_and_nobody_misses_an_event(
    platform: Platform, visit: Visit, through: Through, firm: dict[str, Any], busy: Busy, second: Front, changes: int
) -> None:
    with Relay(second.port, port_of(platform)) as to_second, Relay(port_of(platform)) as to_first:
        moves, stays = Lookout(through(to_second)), Lookout(through(to_first))
        both = (moves, stays)
        began = busy.mark_now()
        first = [one.number_of(began) for one in both]
        busy.work(changes // 3)
        kill(second)
        busy.work(changes - changes // 3)
        ended = busy.mark_now()
        last = [one.number_of(ended) for one in both]
        moves.is_live()
        assert first[0] == first[1]
        assert last[0] == last[1]
        for one in both:
            assert set(one.heard_without_gap()) >= set(range(first[0], last[0] + 1))
            assert one.times_asked_again() == 0
        assert moves.lost_its_line(), "it noticed, and found the other one"
        assert not stays.lost_its_line(), "nobody else is disturbed"
        fresh = visit(firm["admin"], viewport=TALL)
        fresh.goto("/console/")
        for one in both:
            agree(one.page, fresh)
