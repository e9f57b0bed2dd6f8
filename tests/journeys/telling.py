"""How long it took until each window was told of each event: from its commit, and from the request that made it."""

import bisect
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tests.journeys.acts import Asked
from tests.journeys.windows import Heard, numbered

STAMP_S = 0.001  # an event's own moment is written in whole milliseconds, cut off


@dataclass(frozen=True)
class Told:
    """One event in one window; seconds since its request began, and since its commit where that is known."""

    kind: str
    window: str
    since_request: float
    since_commit: float | None = None


@dataclass(frozen=True)
class Spread:
    """The middle, nearly all, and the longest of some lengths of time."""

    p50: float
    p99: float
    longest: float

    def __str__(self) -> str:
        return f"p50 {self.p50 * 1000:.0f} ms, p99 {self.p99 * 1000:.0f} ms, longest {self.longest * 1000:.0f} ms"


def spread(seconds: Iterable[float]) -> Spread:
    """How they lie; there must be one at least."""
    rising = sorted(seconds)
    return Spread(rising[len(rising) // 2], rising[int(len(rising) * 0.99)], rising[-1])


def milliseconds(found: Spread) -> dict[str, float]:
    """The same in milliseconds, by name."""
    return {name: round(seconds * 1000, 1) for name, seconds in vars(found).items()}


def tellings(
    windows: Mapping[str, Sequence[Heard]], asked: Sequence[Asked], commits: Mapping[int, float] | None = None
) -> list[Told]:
    """Each event in each window, beside the request that made it; `commits` says when each number was committed."""
    begins = sorted(one.began for one in asked)
    return [
        Told(one.kind, name, one.at - _begun(begins, one), one.at - commits[offset] if commits else None)
        for name, heard in windows.items()
        for offset, one in numbered(heard).items()
    ]


def moment(heard: Heard) -> float:
    """When the act happened, by the event's own words, in seconds since 1970."""
    return dt.datetime.fromisoformat(heard.event["timestamp"]).timestamp()


def _begun(begins: Sequence[float], heard: Heard) -> float:
    """When the request began of which this tells: the last before the act's own moment."""
    return begins[bisect.bisect_right(begins, moment(heard) + STAMP_S) - 1]
