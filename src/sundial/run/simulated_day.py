"""What a simulated person does all day, and how an agent would write it down. Pure: luck and time are given."""

import random
from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from msgspec import UNSET

from sundial.protocol.events import AppEvent, AwayEvent, Event, InputEvent, SessionEvent, WebsiteEvent
from sundial.protocol.ids import RANDOM_BITS, uuid7
from sundial.protocol.settings import Kind

SessionState = Literal["started", "paused", "resumed", "stopped"]

FREE_DAYS = frozenset({4, 5})  # Friday and Saturday, in Dhaka
AT_HOME = 0.06  # of all days somebody is ill or on leave
AWAY = 0.07  # of all stretches
BROWSER = "Chromium"

# Application, its program, what may be in front of it, how often.
DESK: tuple[tuple[str, str, tuple[str, ...], int], ...] = (
    ("LibreOffice Calc", "soffice.bin", ("orders-week-{n}.ods", "cutting-plan.ods", "fabric-costs-{n}.ods"), 6),
    ("LibreOffice Writer", "soffice.bin", ("offer-lindgren.odt", "quality-notes-{n}.odt"), 3),
    ("Inkscape", "inkscape", ("collar-v{n}.svg", "label-front.svg", "summer-pattern-{n}.svg"), 5),
    ("GIMP", "gimp-2.10", ("lookbook-{n}.xcf",), 2),
    ("Thunderbird", "thunderbird", ("Inbox", "Re: Delivery of order {n}", "Write: Samples for spring"), 5),
    ("Terminal", "gnome-terminal-server", ("~/reports",), 1),
    ("Zoom", "zoom", ("Weekly planning", "Call with the dye house"), 1),
)
SITES: tuple[tuple[str, str], ...] = (
    ("docs.python.org", "The Python Tutorial"),
    ("en.wikipedia.org", "Textile printing"),
    ("translate.example.org", "Translate"),
    ("mail.meghna.example", "Webmail"),
    ("suppliers.example.com", "Cotton prices this week"),
    ("maps.example.org", "Port of Chittagong"),
    ("news.example.net", "News"),
)


@dataclass(frozen=True, slots=True)
class Doing:
    """One stretch of sameness; `away` names the cause when nobody is there, `domain` is empty outside the browser."""

    app: str = ""
    title: str = ""
    exe: str = ""
    domain: str = ""
    away: Literal["", "idle", "locked"] = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was done from when to when."""

    doing: Doing
    start: datetime
    end: datetime


def next_doing(luck: random.Random) -> Doing:
    """What they turn to now."""
    if luck.random() < AWAY:
        return Doing(away=luck.choice(("idle", "idle", "locked")))
    if luck.random() < 0.3:
        domain, title = luck.choice(SITES)
        return Doing(BROWSER, f"{title} - {BROWSER}", "chromium", domain)
    app, exe, titles, _often = luck.choices(DESK, [one[3] for one in DESK])[0]
    title = luck.choice(titles).format(n=luck.randint(1, 40))
    return Doing(app, f"{title} - {app}", exe)


def how_long(luck: random.Random) -> timedelta:
    """From half a minute to twenty minutes, mostly a few."""
    return timedelta(seconds=min(1200, 30 + int(luck.expovariate(1 / 360))))


def stretches(luck: random.Random, start: datetime, end: datetime) -> Iterator[Stretch]:
    """From start to end without a gap."""
    while start < end:
        until = min(end, start + how_long(luck))
        yield Stretch(next_doing(luck), start, until)
        start = until


@dataclass(frozen=True, slots=True)
class Hours:
    """One day's work: begun, paused for lunch, gone on, ended."""

    begun: datetime
    lunch: datetime
    back: datetime
    ended: datetime


def hours_of(luck: random.Random, day: date, zone: ZoneInfo, free: Container[int] = FREE_DAYS) -> Hours | None:
    """When they work that day; None if not at all."""
    if day.weekday() in free or luck.random() < AT_HOME:
        return None

    def about(hour: int, minute: int, give: int) -> datetime:
        moment = datetime.combine(day, time(hour, minute), zone) + timedelta(seconds=luck.randint(-give, give))
        return moment.astimezone(ZoneInfo("UTC"))

    lunch = about(13, 0, 1200)
    back = lunch + timedelta(seconds=luck.randint(2100, 3600))
    return Hours(about(9, 0, 1500), lunch, back, about(17, 30, 2400))


class Diary:
    """One work session, written down as an agent does."""

    def __init__(self, luck: random.Random, begun: datetime, *, boot_id: str, tz_offset_min: int) -> None:
        self._luck = luck
        self._boot_id = boot_id
        self._booted = begun - timedelta(minutes=luck.randint(2, 20))
        self._tz_offset_min = tz_offset_min
        self.session = self._name(begun)

    def told(self, state: SessionState, at: datetime, reason: str = "") -> SessionEvent:
        """What the person did to the session."""
        return SessionEvent(state=state, reason=reason or UNSET, **self._when(at, at))

    def written(self, one: Stretch, kinds: Container[Kind]) -> list[Event]:
        """The facts of this stretch, of the kinds that are recorded."""
        when = one.start, one.end
        if one.doing.away:
            return [AwayEvent(cause=one.doing.away, **self._when(*when))] if "idle" in kinds else []
        events: list[Event] = []
        if "applications" in kinds:
            events.append(AppEvent(app=one.doing.app, title=one.doing.title, exe=one.doing.exe, **self._when(*when)))
        if one.doing.domain and "websites" in kinds:
            events.append(WebsiteEvent(browser="chromium", domain=one.doing.domain, **self._when(*when)))
        if counted := self._counted(one, kinds):
            events.append(counted)
        return events

    def _counted(self, one: Stretch, kinds: Container[Kind]) -> InputEvent | None:
        seconds = (one.end - one.start).total_seconds()
        keys = int(seconds * self._luck.uniform(0.2, 2.0)) if "keyboard_counts" in kinds else 0
        moved = int(seconds * self._luck.uniform(0.1, 0.6)) if "mouse_counts" in kinds else 0
        if not keys and not moved:
            return None
        clicks, scrolls = moved // 3, moved // 5
        return InputEvent(keys=keys, clicks=clicks, scrolls=scrolls, moved_s=moved, **self._when(one.start, one.end))

    def _when(self, start: datetime, end: datetime) -> dict[str, Any]:
        return {
            "eid": self._name(start),
            "start": _written(start),
            "end": _written(end),
            "mono_ms": max(0, int((end - self._booted).total_seconds() * 1000)),
            "boot_id": self._boot_id,
            "tz_offset_min": self._tz_offset_min,
            "session": self.session,
        }

    def _name(self, at: datetime) -> str:
        return uuid7(int(at.timestamp() * 1000), self._luck.getrandbits(RANDOM_BITS))


def _written(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
