"""A play for the recorder: a clock that the test moves, a desk that the test is, and all that came out."""

import random
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sundial.agent.core.recording import Recorder
from sundial.agent.core.records import (
    Begin,
    Effect,
    Input,
    Keep,
    KeepPicture,
    Noted,
    Obey,
    Remind,
    TakePictures,
    Tick,
    Worked,
)
from sundial.agent.core.sensing import Focused, Idled, Moment, Picture
from sundial.protocol.events import Event, InputEvent, SessionEvent, WebsiteEvent
from sundial.protocol.ids import uuid7
from sundial.protocol.settings import Value, defaults
from sundial.protocol.spans import Span, total

MORNING = datetime(2026, 11, 20, 9, 1, 0, tzinfo=UTC)  # not on a border, so that a minute's play is one piece
SESSION = "5f0c3f0e-6a1b-4d0c-9a53-0f7d3c3a9b11"
OWN_PID = 77
PICTURE = Picture(screen=0, image=b"RIFF", width=1920, height=1080, blurred=False)

E = TypeVar("E")


class Play:
    """Times are seconds after the wall clock's start; `pass_` ticks every second, as the program does."""

    def __init__(
        self,
        *,
        now: datetime = MORNING,
        zone_offset: Callable[[datetime], int] = lambda _instant: 0,
        chance: Callable[[float, float], float] | None = None,
    ) -> None:
        self._random = random.Random(7)
        self.wall = now
        self.mono_s = 1000.0
        self.boot_s = 5000.0
        self.effects: list[Effect] = []
        self.recorder = Recorder(
            "boot-1",
            lambda moment: uuid7(int(moment.now.timestamp() * 1000), self._random.getrandbits(74)),
            chance or self._random.uniform,
            zone_offset,
            own_pid=OWN_PID,
        )

    # The clock ------------------------------------------------------------------------------------

    @property
    def moment(self) -> Moment:
        return Moment(self.wall, self.mono_s, self.boot_s)

    def go(self, seconds: float) -> None:
        """Time goes by and nobody tells the recorder."""
        self.wall += timedelta(seconds=seconds)
        self.mono_s += seconds
        self.boot_s += seconds

    def sleep(self, seconds: float) -> None:
        """The machine sleeps."""
        self.wall += timedelta(seconds=seconds)
        self.boot_s += seconds

    def set_clock(self, by: timedelta) -> None:
        """Somebody sets the wall clock."""
        self.wall += by

    # What happens ---------------------------------------------------------------------------------

    def tell(self, *said: Input) -> list[Effect]:
        """All at this moment; what is to be done about it."""
        done = [effect for one in said for effect in self.recorder.handle(one, self.moment)]
        self.effects += done
        return done

    def pass_(self, seconds: int, *, touched: bool = False) -> list[Effect]:
        """Seconds go by; `touched`: the person does something in each of them."""
        done = []
        for _ in range(seconds):
            self.go(1)
            done += self.tell(*([Idled(0.0)] if touched else []), Tick())
        return done

    def untouched(self, seconds: int, since: float = 0.0, *, inhibited: bool = False) -> list[Effect]:
        """Seconds go by and nobody does anything; at the beginning nobody had for `since` seconds."""
        done = []
        for second in range(1, seconds + 1):
            self.go(1)
            done += self.tell(Idled(since + second, inhibited), Tick())
        return done

    def obey(self, *, detail: bool = False, blurred: bool = False, **changes: Value) -> list[Effect]:
        """The defaults, but for these."""
        return self.tell(Obey({**defaults(), **changes}, detail, blurred))

    def working(self, app: str = "Writer", **changes: Value) -> "Play":
        """A session that runs, with an application in front."""
        self.obey(**changes)
        self.tell(Begin(SESSION), Focused(app))
        return self

    # What came out --------------------------------------------------------------------------------

    def of(self, kind: type[E], among: Iterable[object] | None = None) -> list[E]:
        return [one for one in (self.effects if among is None else among) if isinstance(one, kind)]

    @property
    def events(self) -> list[Event]:
        return [event for keep in self.of(Keep) for event in keep.events]

    def kept(self, kind: type[E]) -> list[E]:
        return self.of(kind, self.events)

    @property
    def tiles(self) -> list[Event]:
        return [one for one in self.events if not isinstance(one, InputEvent | SessionEvent | WebsiteEvent)]

    @property
    def told(self) -> list[tuple[str, float, float]]:
        """The tiles, merged, as (what, start, end)."""
        return merged(self.tiles)

    @property
    def orders(self) -> list[TakePictures]:
        return self.of(TakePictures)

    @property
    def pictures(self) -> list[KeepPicture]:
        return self.of(KeepPicture)

    @property
    def reminders(self) -> list[str]:
        return [one.text for one in self.of(Remind)]

    @property
    def notes(self) -> list[str]:
        return [one.text for one in self.of(Noted)]

    @property
    def worked_s(self) -> float:
        return sum(one.ms for one in self.of(Worked)) / 1000


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def seconds(text: str) -> float:
    """An event's time, in seconds after the morning's start."""
    return (instant(text) - MORNING).total_seconds()


def name(event: Event) -> str:
    """What an event says it was."""
    for field in ("app", "cause", "domain"):
        if hasattr(event, field):
            return str(getattr(event, field))
    return "private"


def merged(events: Iterable[Event]) -> list[tuple[str, float, float]]:
    """Events in order, those that are the same and touch as one."""
    row: list[tuple[str, float, float]] = []
    for event in events:
        what, start, end = name(event), seconds(event.start), seconds(event.end)
        if row and row[-1][0] == what and row[-1][2] == start:
            row[-1] = (what, row[-1][1], end)
        else:
            row.append((what, start, end))
    return row


def length(events: Iterable[Event]) -> float:
    """Seconds, added."""
    return total(Span(instant(event.start), instant(event.end), None) for event in events).total_seconds()


def is_uuid7(text: str) -> bool:
    return uuid.UUID(text).version == 7
