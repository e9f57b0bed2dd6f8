"""What pages hand to the frame and to the parts; every word in them is already translated."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal


@dataclass(frozen=True)
class Link:
    """A way to go somewhere: in a breadcrumb, a menu, or tabs (`count` is shown there)."""

    label: str
    href: str
    current: bool = False
    icon: str = ""
    count: int | None = None


@dataclass(frozen=True)
class NavItem:
    """One entry of the rail; `key` is the letter that goes there after `g`."""

    label: str
    href: str
    icon: str
    key: str = ""
    current: bool = False
    count: int = 0


@dataclass(frozen=True)
class NavGroup:
    """Entries that belong to one thing people do; an empty group is not shown."""

    label: str
    items: tuple[NavItem, ...]


@dataclass(frozen=True)
class Frame:
    """What stands around every signed-in page: context variable `frame`."""

    nav: tuple[NavGroup, ...] = ()
    company: str = ""
    switch: tuple[Link, ...] = ()
    home: str = "/"
    search_href: str = ""
    search_label: str = ""
    alerts: int = 0
    alerts_href: str = ""
    person: str = ""
    role: str = ""
    links: tuple[Link, ...] = ()
    sign_out_href: str = "/logout/"
    style_href: str = ""  # a style sheet with a company's own colour
    logo_href: str = ""  # a company's own logo
    product: str = "Sundial"  # the name beside the logo
    live_room: str = ""  # "admin" or "dashboard": the room the live link joins; empty where nothing is live

    @property
    def initials(self) -> str:
        """One or two letters for the own menu's button."""
        words = self.person.split("@")[0].replace(".", " ").split()
        return "".join(word[0] for word in words[:2]).upper() or "·"


@dataclass(frozen=True)
class Change:
    """One value that changed, both sides as people read them (unit included)."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Filter:
    """One way to narrow a list: the query parameter, its word, and (value, word) of each choice.

    Of kind `text` it is typed, with `hint` in the empty box; of kind `days` it is a stretch between the
    parameters `from` and `to`, and has no name of its own.
    """

    name: str
    label: str
    options: tuple[tuple[str, str], ...] = ()
    kind: Literal["choice", "text", "days"] = "choice"
    hint: str = ""


@dataclass(frozen=True)
class Segment:
    """A stretch of the progress line, as shares of the whole width in per cent."""

    key: str
    count: int
    x: float
    width: float


@dataclass(frozen=True)
class Progress:
    """How far a policy version has come: counts of reported rows by state, and when they were counted."""

    counts: dict[str, int] = field(default_factory=dict)
    as_of: datetime | None = None
    version: int | None = None


@dataclass(frozen=True)
class Bar:
    """One stretch in a lane of a day; `hue` is a colour's name: `1` to `8`, `other`, or a state such as `away`."""

    start: datetime
    end: datetime
    label: str
    note: str = ""
    hue: str = "other"


@dataclass(frozen=True)
class Pin:
    """One moment in a lane of a day, such as a screenshot; `thumb` is the address of its small picture."""

    at: datetime
    label: str
    href: str = ""
    thumb: str = ""


@dataclass(frozen=True)
class Lane:
    """One line of a day: what it shows, and the figure that sums it up."""

    key: str
    label: str
    total: str = ""
    bars: tuple[Bar, ...] = ()
    pins: tuple[Pin, ...] = ()


@dataclass(frozen=True)
class Timeline:
    """A stretch of a day and what lay in it; `now` is drawn where the day is not over."""

    start: datetime
    end: datetime
    lanes: tuple[Lane, ...]
    now: datetime | None = None


ChartKind = Literal["bars", "across", "line", "heat"]


@dataclass(frozen=True)
class Series:
    """One value for each label of a chart, None where nothing is known; `hue` as of a `Bar`, or the next of eight."""

    label: str
    values: tuple[float | None, ...]
    hue: str = ""


@dataclass(frozen=True)
class Chart:
    """Lengths in seconds, shares (1 is the whole) or counts over labels; of a heatmap, series are the rows.

    `head` says what the labels are, `zone` the time zone whose days or hours they are.
    """

    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: Literal["length", "share", "count"] = "length"
    head: str = ""
    zone: str = ""
