"""Whether the person is there: idle, locked, or back.

Being idle is known late: after the threshold it is clear that the person has been away since the last input. So nothing
after the last input is final while idleness is watched (`certain_until`), unless the screen is locked or the person is
already known to be away. A kill therefore loses, beside the last minute, at most the time since the last input. The
alternative, keeping each minute and letting the away span begin later, would call the first minutes of every absence
work.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sundial.agent.core.rules import Rules
from sundial.agent.core.sensing import Idled
from sundial.agent.core.tape import Cause

SAME_INPUT = timedelta(seconds=0.5)  # two looks at one input differ by how busy the machine was
SILENT_TICKS = 10


@dataclass(frozen=True, slots=True)
class Turned:
    """The person turns out to have been away, or back, since then."""

    since: datetime
    away: bool


@dataclass(slots=True)
class Presence:
    """`last_input` is None while nobody tells of inputs; then nothing is held back."""

    floor: datetime
    locked: bool = False
    idle: bool = False
    last_input: datetime | None = None
    looked: datetime | None = None
    _silent: int = 0

    @property
    def away(self) -> Cause | None:
        """What the person is doing now instead."""
        if self.locked:
            return "locked"
        return "idle" if self.idle else None

    def certain_until(self, now: datetime) -> datetime:
        """Nothing before this can turn out to be different."""
        if self.locked or self.last_input is None:
            return now
        if self.idle:
            return self.looked or now
        return self.last_input

    def is_seen_after(self, instant: datetime) -> bool:
        """Whether they did something later than that; where nobody tells of inputs, they are taken to be there."""
        if self.last_input is None:
            return self._silent > SILENT_TICKS
        return self.last_input > instant

    def forget(self, now: datetime) -> None:
        """Idleness is watched from now on, or not any more."""
        self.locked = False
        self.begin_anew(now)

    def begin_anew(self, now: datetime) -> None:
        """The person did something just now; nothing before it makes them idle."""
        self.floor, self.idle, self.last_input, self.looked, self._silent = now, False, None, None, 0

    def ticked(self) -> None:
        """Where the probe has fallen silent, nothing is known of inputs."""
        self._silent += 1
        if self._silent > SILENT_TICKS and not self.idle:
            self.last_input = None

    def lock(self, locked: bool, now: datetime) -> None:
        """The screen was locked or unlocked."""
        if locked != self.locked:
            self.locked = locked
            self.begin_anew(now)

    def idled(self, said: Idled, now: datetime, rules: Rules) -> Turned | None:
        """How long nobody has touched anything; what turns out by that."""
        self._silent = 0
        if self.locked:
            return None
        touched = now if said.inhibited else max(self.floor, now - timedelta(seconds=max(0.0, said.seconds)))
        before, self.looked = self.looked or touched, now
        if self.idle:
            return self._back(touched, before, now, rules)
        if self.last_input is None or touched > self.last_input + SAME_INPUT:
            self.last_input = touched
        if said.inhibited or now - self.last_input < rules.away_after:
            return None
        self.idle = True
        return Turned(self.last_input, away=True)

    def _back(self, touched: datetime, before: datetime, now: datetime, rules: Rules) -> Turned | None:
        assert self.last_input is not None
        if touched <= self.last_input + SAME_INPUT or now - touched >= rules.away_after:
            return None
        self.idle, self.last_input = False, touched
        return Turned(max(touched, before), away=False)
