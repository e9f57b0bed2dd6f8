"""What probes tell, and what they are asked: the words between the operating system and the agent's core."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from sundial.protocol.settings import Kind


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant by three clocks.

    `now` is the wall clock in UTC, which may be wrong or jump; `mono_s` counts seconds while the machine is awake, and
    `boot_s` those since it was started, asleep or not: they drift apart by what was slept.
    """

    now: datetime
    mono_s: float
    boot_s: float


@dataclass(frozen=True, slots=True)
class Focused:
    """The active window is another one, or has another title; no `app` means that none is active."""

    app: str
    title: str = ""
    exe: str = ""
    pid: int = 0


@dataclass(frozen=True, slots=True)
class Idled:
    """Seconds since the last input; `inhibited` while the desktop plays a video or is in a call."""

    seconds: float
    inhibited: bool = False


@dataclass(frozen=True, slots=True)
class Locked:
    """The screen was locked or unlocked."""

    locked: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """Inputs since the last such word; `moved_s` are seconds in which the pointer moved."""

    keys: int = 0
    clicks: int = 0
    scrolls: int = 0
    moved_s: int = 0


@dataclass(frozen=True, slots=True)
class Browsed:
    """The active tab of a browser is another; no `domain` means none, a private window, or a page without one."""

    browser: str
    domain: str = ""
    url: str = ""
    title: str = ""
    pid: int = 0  # of the browser, so that it counts only while that browser is the active window


@dataclass(frozen=True, slots=True)
class Unable:
    """A probe that ran works no more; `reason` is for the person to read."""

    kind: Kind
    reason: str


Sense = Focused | Idled | Locked | Counted | Browsed | Unable


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which probes are to run: nothing is opened that is not wanted; `website_detail` adds address and title."""

    applications: bool = False
    websites: bool = False
    website_detail: bool = False
    keyboard: bool = False
    mouse: bool = False
    idle: bool = False


@dataclass(frozen=True, slots=True)
class PictureOrder:
    """How a picture is to be made; `cap_bytes` is never exceeded, `quality` is the policy's 50 to 95."""

    quality: int
    cap_bytes: int
    blurred: bool = False
    format: Literal["webp", "jpeg"] = "webp"


@dataclass(frozen=True, slots=True)
class Picture:
    """One monitor, encoded; it was blurred before it left memory if it had to be."""

    screen: int
    image: bytes
    width: int
    height: int
    blurred: bool


class CannotSee(Exception):
    """A probe could not be opened, or a picture not be taken; the text says why, for the person to read."""


class Desk(Protocol):
    """The probes of one operating system, chosen once at the start."""

    def missing(self) -> dict[Kind, str]:
        """The kinds of data that cannot be had here, each with the reason in plain words."""

    async def watch(self, wanted: Wanted, ready: Callable[[], None], heard: Callable[[Sense], None]) -> None:
        """Run until cancelled; `ready` is called when all wanted probes run. Raises CannotSee if one does not."""

    def catch_up(self) -> None:
        """What the probes that run have seen up to now is heard when this returns; it takes a moment at most."""

    async def pictures(self, order: PictureOrder) -> list[Picture]:
        """One picture of each monitor, made off the loop's thread; raises CannotSee."""
