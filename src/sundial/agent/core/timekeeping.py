"""One steady time for the recorder, whatever the clocks do, and the way back to the wall clock.

Steady time starts at the wall clock's and then follows the clock that counts since the machine was started, asleep or
not. So nothing that the wall clock does makes a stretch longer or shorter; where it jumps, what was recorded is cut,
and the parts bear the time that the wall clock showed then.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sundial.agent.core.sensing import Moment
from sundial.protocol.spans import NO_TIME

MILLISECOND = timedelta(milliseconds=1)
JUMP = timedelta(seconds=1)  # less is the clock being set right by and by, or a slow machine between two readings
SLEEP = timedelta(seconds=1)
UNSEEN = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Look:
    """What one moment tells against the one before; `at` is its steady time."""

    before: datetime
    at: datetime
    slept: bool = False
    unseen: bool = False
    jumped: timedelta = NO_TIME


@dataclass(frozen=True, slots=True)
class _Anchor:
    """From this steady instant on: what is to be added for the wall clock, and what the monotonic one showed."""

    since: datetime
    shift: timedelta
    mono: timedelta


class Timekeeper:
    """Steady time out of moments, which come in order."""

    def __init__(self, first: Moment) -> None:
        self._origin = self._at = rounded(first.now)
        self._last = first
        self._elapsed_s = 0.0
        self._anchors: list[_Anchor] = []
        self._anchor()

    def look(self, moment: Moment) -> Look:
        """Another moment."""
        before, last = self._at, self._last
        passed_s = max(0.0, moment.boot_s - last.boot_s)
        slept = passed_s - (moment.mono_s - last.mono_s) > SLEEP.total_seconds()
        self._elapsed_s += passed_s
        self._at, self._last = self._origin + rounded_length(self._elapsed_s), moment
        jumped = rounded(moment.now) - self.wall(self._at)
        jumped = jumped if abs(jumped) > JUMP else NO_TIME
        if slept or jumped:
            self._anchor()
        return Look(before, self._at, slept, passed_s > UNSEEN.total_seconds(), jumped)

    def steady(self, moment: Moment) -> datetime:
        """The steady time of a moment, without going on to it."""
        return self._at + rounded_length(max(0.0, moment.boot_s - self._last.boot_s))

    def begin_anew(self) -> None:
        """A stretch begins: its times are exactly the wall clock's."""
        self._anchor()
        self.forget_before(self._at)

    def _anchor(self) -> None:
        moment = self._last
        self._anchors.append(_Anchor(self._at, rounded(moment.now) - self._at, rounded_length(moment.mono_s)))

    def forget_before(self, at: datetime) -> None:
        """Nothing earlier will be asked for."""
        while len(self._anchors) > 1 and self._anchors[1].since <= at:
            del self._anchors[0]

    def cuts(self) -> list[datetime]:
        """The steady instants at which the wall clock jumped or the machine slept."""
        return [anchor.since for anchor in self._anchors]

    def wall(self, at: datetime, *, ends: bool = False) -> datetime:
        """What the wall clock showed: where it jumped, the time after that, or before if a stretch `ends` there."""
        return at + self._anchor_of(at, ends=ends).shift

    def mono_ms(self, at: datetime) -> int:
        """What the monotonic clock showed, in milliseconds."""
        anchor = self._anchor_of(at)
        return max(0, (anchor.mono + (at - anchor.since)) // MILLISECOND)

    def _anchor_of(self, at: datetime, *, ends: bool = False) -> _Anchor:
        fitting = [one for one in self._anchors if (one.since < at if ends else one.since <= at)]
        return fitting[-1] if fitting else self._anchors[0]


def rounded(instant: datetime) -> datetime:
    """To the millisecond, in UTC: finer than that nothing is recorded."""
    utc = instant.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def rounded_length(seconds: float) -> timedelta:
    """To the millisecond."""
    return timedelta(milliseconds=round(seconds * 1000))
