"""What held, put into the events that the server is told."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypedDict

from msgspec import UNSET, UnsetType

from sundial.agent.core.days import ZoneOffset, cut_for_telling
from sundial.agent.core.sensing import Counted, Moment
from sundial.agent.core.tape import App, Cause, Front, Held, Site
from sundial.agent.core.timekeeping import MILLISECOND, Timekeeper
from sundial.protocol import spans
from sundial.protocol.events import (
    AppEvent,
    AwayEvent,
    Event,
    InputEvent,
    PrivateEvent,
    ScreenshotMeta,
    SessionEvent,
    WebsiteEvent,
)
from sundial.protocol.spans import Span, What

State = Literal["started", "paused", "resumed", "stopped"]
Tile = Front | Cause
_CAUSES: dict[str, Cause] = {"idle": "idle", "locked": "locked", "sleep": "sleep"}
_LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True)
class Told:
    """Events in order of time, and the stretches of work among them, in wall time."""

    events: list[Event]
    worked: list[Span[None]]


class Base(TypedDict):
    """What every event has."""

    eid: str
    start: str
    end: str
    mono_ms: int
    boot_id: str
    tz_offset_min: int
    session: str


@dataclass(frozen=True, slots=True)
class Teller:
    """One session's events; times that go in are steady, those that come out are the wall clock's."""

    session: str
    boot_id: str
    new_eid: Callable[[Moment], str]
    zone_offset: ZoneOffset
    time: Timekeeper

    def tell(self, held: Iterable[Span[Held]], counts: Iterable[Span[Counted]]) -> Told:
        """What was held, as events: applications, being away and private time tile it; websites lie over them."""
        row = list(held)
        tiles = self._placed(Span(one.start, one.end, (_tile(one.what), one.what.policy)) for one in row)
        sites = self._placed(Span(one.start, one.end, (_site(one.what), one.what.policy)) for one in row)
        events: list[Event] = [
            *(event for tile, mono in tiles if (event := self._tile_event(tile, mono))),
            *(self._site_event(place.what[0], place, mono) for place, mono in sites if place.what[0]),
            *(self._input_event(one) for one in counts),
        ]
        worked = [Span(tile.start, tile.end, None) for tile, _ in tiles if tile.what[0] not in _CAUSES]
        return Told(sorted(events, key=lambda event: event.mono_ms), worked)

    def worked(self, held: Iterable[Span[Held]]) -> list[Span[None]]:
        """The stretches of work in what was held, in wall time."""
        at_work = (Span(one.start, one.end, None) for one in held if one.what.away is None)
        return [place for place, _ in self._placed(at_work)]

    def session_event(
        self, state: State, at: datetime, reason: str | UnsetType = UNSET, task: int | None = None
    ) -> SessionEvent:
        """The session begins, is interrupted, goes on, or ends."""
        # What ends is told in the time that the clock showed until then, should it have jumped at this very instant.
        wall = self.time.wall(at, ends=state in ("paused", "stopped"))
        place = Span(wall, wall, None)
        said = UNSET if isinstance(reason, UnsetType) else reason[:_LONGEST_REASON]
        return SessionEvent(
            **self.base(place, self.time.mono_ms(at)), state=state, reason=said, task=UNSET if task is None else task
        )

    def picture_meta(self, at: datetime, screen: int, *, blurred: bool) -> ScreenshotMeta:
        """What is told of a picture."""
        wall, mono = self.time.wall(at), self.time.mono_ms(at)
        eid = self.new_eid(_moment(wall, mono))
        return ScreenshotMeta(eid, iso(wall), self.session, screen, blurred, mono, self.boot_id)

    def base(self, place: Span[What], mono_ms: int) -> Base:
        """What the event of that stretch of wall time has in common with all others."""
        return Base(
            eid=self.new_eid(_moment(place.start, mono_ms)),
            start=iso(place.start),
            end=iso(place.end),
            mono_ms=mono_ms,
            boot_id=self.boot_id,
            tz_offset_min=self.zone_offset(place.start),
            session=self.session,
        )

    # Inside ---------------------------------------------------------------------------------------

    def _placed(self, steady: Iterable[Span[What]]) -> list[tuple[Span[What], int]]:
        """Merged, cut where clocks jumped, moved to the wall clock's time, and cut at its borders."""
        places = []
        for part in spans.cut_all(spans.merge(steady), self.time.cuts()):
            wall = Span(self.time.wall(part.start), self.time.wall(part.end, ends=True), part.what)
            mono = self.time.mono_ms(part.start)
            for place in cut_for_telling(wall, self.zone_offset):
                places.append((place, mono + (place.start - wall.start) // MILLISECOND))
        return places

    def _tile_event(self, place: Span[tuple[Tile, int]], mono_ms: int) -> Event | None:
        what, base = place.what[0], self.base(place, mono_ms)
        if isinstance(what, App):
            return AppEvent(**base, app=what.app, title=what.title or UNSET, exe=what.exe or UNSET)
        if what in _CAUSES:
            return AwayEvent(**base, cause=_CAUSES[what])
        return None if what == "unrecorded" else PrivateEvent(**base)

    def _site_event(self, site: Site, place: Span[Any], mono_ms: int) -> Event:
        base = self.base(place, mono_ms)
        url, title = site.url or UNSET, site.title or UNSET
        return WebsiteEvent(**base, browser=site.browser, domain=site.domain, url=url, title=title)

    def _input_event(self, one: Span[Counted]) -> Event:
        place = Span(self.time.wall(one.start), self.time.wall(one.end, ends=True), None)
        base, counted = self.base(place, self.time.mono_ms(one.start)), one.what
        return InputEvent(
            **base, keys=counted.keys, clicks=counted.clicks, scrolls=counted.scrolls, moved_s=counted.moved_s
        )


def iso(instant: datetime) -> str:
    """ISO 8601 in UTC to the millisecond, with Z."""
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _tile(held: Held) -> Tile:
    return held.away or ("private" if held.front == "unknown" else held.front)


def _site(held: Held) -> Site | None:
    return None if held.away else held.site


def _moment(wall: datetime, mono_ms: int) -> Moment:
    return Moment(wall, mono_ms / 1000, mono_ms / 1000)
