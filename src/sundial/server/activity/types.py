"""What other apps may know of work sessions, spans, their sums and screenshots."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum
from uuid import UUID


class SpanKind(IntEnum):
    """The kinds of spans, as the database numbers them; the names are the protocol's."""

    APP = 1
    WEBSITE = 2
    AWAY = 3
    PRIVATE = 4
    INPUT = 5


class EndedBy(StrEnum):
    """Who or what ended a work session."""

    OPEN = ""
    PERSON = "person"
    ADMIN = "admin"
    OTHER_DEVICE = "other_device"
    CRASH = "crash"
    LEFT = "left"  # the person was let go, deactivated, or the device revoked
    IMPLIED = "implied"  # facts came of a session whose start was never told
    SILENCE = "silence"
    DELETED = "deleted"  # kept so that late facts of it stay known, and counted nowhere


class PictureState(StrEnum):
    """How far a screenshot has come."""

    RECEIVED = "received"
    READY = "ready"
    BROKEN = "broken"
    DELETED = "deleted"


BUCKET_MINUTES = 15
NAME_IN_USAGE = 200  # characters of a name in the sums: an index holds no longer one
TAKEN_OUT = "deleted"  # the answer of a span that a person took out, which is empty and of NO_SESSION
NO_SESSION = UUID(int=0)  # of a span that a person took out: it stays empty, so that it is known if it comes again


class DataKind(StrEnum):
    """Kinds of what was recorded, as a company may keep them for different times."""

    ACTIVITY = "activity"  # to the minute, with titles and addresses
    SCREENSHOTS = "screenshots"
    SUMS = "sums"  # sessions, and what came to how much a quarter-hour and a day


class NowState(StrEnum):
    """What somebody does at this moment, as far as facts tell."""

    WORKING = "working"
    IDLE = "idle"
    AWAY = "away"
    PRIVATE = "private"
    PAUSED = "paused"
    STOPPED = "stopped"
    NOT_STARTED = "not_started"
    OFFLINE = "offline"


class ManualKind(StrEnum):
    """What manual time was."""

    WORK = "work"
    MEETING = "meeting"


class ManualState(StrEnum):
    """How far manual time has come; only APPROVED counts."""

    ASKED = "ASKED"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"


class Ending(StrEnum):
    """What came of stopping a session."""

    STOPPED = "stopped"
    WAS_OVER = "was_over"


@dataclass(frozen=True, slots=True)
class SessionView:
    """A work session as lists show it; `worked_ms` is without pauses and without what a later session owns."""

    id: int
    uuid: UUID
    user_id: int
    name: str
    email: str
    device_id: int
    device: str
    note: str
    started_at: datetime
    paused_at: datetime | None
    ended_at: datetime | None
    ended_by: EndedBy
    ended_by_name: str
    reason: str
    counts_until: datetime | None
    last_at: datetime
    task_id: int | None = None
    worked_ms: int = 0
    break_ms: int = 0

    @property
    def is_open(self) -> bool:
        """It goes on."""
        return self.ended_at is None


@dataclass(frozen=True, slots=True)
class Pause:
    """From a pause to going on."""

    session: UUID
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a session: `what` is pause, task, away, private, or the answer to an absence, such as break."""

    what: str
    start: datetime
    end: datetime
    task_id: int | None = None


@dataclass(frozen=True, slots=True)
class SessionStory:
    """A session and what it was made of, in order."""

    session: SessionView
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a day's timeline: neighbouring spans of the same kind, name and title, taken together."""

    kind: SpanKind
    name: str
    title: str
    detail: str
    start: datetime
    end: datetime
    ms: int
    session: UUID
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of one application, website or cause of being away."""

    kind: SpanKind
    name: str
    ms: int
    share: float = 0.0  # of the whole of its kind, 0 to 1


@dataclass(frozen=True, slots=True)
class TopPage:
    """One page of what most time went to; `whole_ms` is the sum of all, and shares are of that."""

    items: tuple[Total, ...]
    count: int
    whole_ms: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class NameUser:
    """One person, and how long they used one application or website, on how many days."""

    user_id: int
    name: str
    email: str
    ms: int
    days: int


@dataclass(frozen=True, slots=True)
class Inputs:
    """Counts only."""

    keys: int = 0
    clicks: int = 0
    scrolls: int = 0
    moved_s: int = 0


@dataclass(frozen=True, slots=True)
class ScreenshotView:
    """A screenshot without its bytes."""

    id: int
    eid: UUID
    user_id: int
    name: str
    email: str
    device_id: int
    session: UUID
    taken_at: datetime
    told_at: str
    received_at: datetime
    screen: int
    blurred: bool
    state: PictureState
    width: int
    height: int
    bytes: int
    problem: str


@dataclass(frozen=True, slots=True)
class Worked:
    """What some time came to; the words are those of `rules.parts`."""

    worked_ms: int = 0
    active_ms: int = 0
    away_ms: int = 0
    private_ms: int = 0
    paused_ms: int = 0
    break_ms: int = 0
    manual_ms: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class DayView:
    """One person's day in one time zone."""

    user_id: int
    name: str
    email: str
    day: date
    zone: str
    start: datetime
    end: datetime
    sessions: tuple[SessionView, ...]
    stretches: tuple[Stretch, ...]
    pauses: tuple[Pause, ...]
    screenshots: tuple[ScreenshotView, ...]
    worked: Worked
    by_kind: dict[SpanKind, int]
    apps: tuple[Total, ...]
    websites: tuple[Total, ...]
    away: tuple[Total, ...]
    inputs: Inputs
    manual: tuple[Piece, ...] = ()  # what approved manual time adds to the sessions


@dataclass(frozen=True, slots=True)
class NowRow:
    """One person on the board; `application` only where the policy records applications and the facts are fresh."""

    user_id: int
    name: str
    email: str
    role: str
    state: NowState
    since: datetime | None
    application: str
    note: str
    session_id: int | None
    online: bool
    last_at: datetime | None
    worked_ms: int = 0


@dataclass(frozen=True, slots=True)
class ManualView:
    """Manual time as lists show it; of it `recorded_ms` was recorded as work anyway, and counts once."""

    id: int
    user_id: int
    name: str
    email: str
    started_at: datetime
    ended_at: datetime
    recorded_ms: int
    reason: str
    kind: ManualKind
    task_id: int | None
    state: ManualState
    asked_at: datetime
    asked_by_id: int
    asked_by_name: str
    decided_by_name: str
    decided_at: datetime | None
    answer: str

    @property
    def ms(self) -> int:
        """From its start to its end."""
        return (self.ended_at - self.started_at) // timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked at a day or at screenshots of somebody else; several have their day."""

    at: datetime
    by: str
    what: str  # the audit action
    day: str
    screenshot_ids: tuple[int, ...]

    @property
    def pictures(self) -> int:
        """How many screenshots it was."""
        return len(self.screenshot_ids)

    @property
    def screenshot_id(self) -> int | None:
        """The screenshot, if it was one alone."""
        return self.screenshot_ids[0] if self.pictures == 1 else None


@dataclass(frozen=True, slots=True)
class Recorded:
    """How much is kept about one person, and since when."""

    sessions: int
    spans: dict[SpanKind, int]
    ms: dict[SpanKind, int]
    since: datetime | None
    until: datetime | None
    screenshots: int
    screenshot_bytes: int


@dataclass(frozen=True, slots=True)
class CompanySums:
    """What the OWNER may see of a company's activity: numbers, no people."""

    company_id: int
    worked_ms: int
    spans: int
    open_sessions: int
    screenshots: int
    screenshot_bytes: int


def clock_text(milliseconds: int) -> str:
    """As the first system wrote lengths: HH:MM:SS."""
    seconds = milliseconds // 1000
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
