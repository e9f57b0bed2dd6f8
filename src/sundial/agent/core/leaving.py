"""When a person left and when they are back, of one stretch of work: which absences there are to ask about."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sundial.agent.core.absence import Absence
from sundial.agent.core.presence import SAME_INPUT, Presence
from sundial.agent.core.tape import Cause
from sundial.agent.core.telling import Teller
from sundial.protocol.spans import Span


@dataclass(slots=True)
class _Gone:
    """An absence, in steady time; `cause` is how it began, `last` how it went on.

    `began` and `mono_ms` are what the clocks showed at its beginning: they may be set before it ends.
    """

    since: datetime
    until: datetime
    cause: Cause
    last: Cause
    began: datetime
    mono_ms: int


@dataclass(slots=True)
class Leaving:
    """Whatever touches makes one absence, be it idle first, locked then, and asleep in the end."""

    _teller: Teller
    _gone: _Gone | None = None
    _over: list[_Gone] = field(default_factory=list)

    def away(self, start: datetime, end: datetime, cause: Cause) -> None:
        """The person was away in that time."""
        gone = self._gone
        if gone is None or start > gone.until:
            self.finish()
            time = self._teller.time
            self._gone = _Gone(start, end, cause, cause, time.wall(start), time.mono_ms(start))
        else:
            gone.until, gone.last = max(gone.until, end), cause

    def back(self, since: datetime) -> None:
        """They were not, from then on."""
        if self._gone:
            self._gone.until = min(self._gone.until, since)

    def look(self, presence: Presence) -> None:
        """Whether they are here again: a machine that wakes up may have been woken by nobody."""
        gone = self._gone
        if gone is None or presence.away:
            return
        if gone.last != "sleep" or presence.is_seen_after(gone.until + SAME_INPUT):
            self.finish()

    def finish(self) -> None:
        """It is over, or work is."""
        if self._gone:
            self._over.append(self._gone)
        self._gone = None

    def take(self, longer_than: timedelta) -> list[Absence]:
        """The absences that are over and long enough to be asked about."""
        over, self._over = self._over, []
        found = [self._absence(gone) for gone in over if gone.until - gone.since >= longer_than]
        return [one for one in found if one.start < one.end]  # by a clock set back, no time has passed

    def _absence(self, gone: _Gone) -> Absence:
        end = self._teller.time.wall(gone.until, ends=True)
        base = self._teller.base(Span(gone.began, end, None), gone.mono_ms)
        return Absence(
            eid=base["eid"],
            session=base["session"],
            cause=gone.cause,
            start=gone.began,
            end=end,
            mono_ms=base["mono_ms"],
            boot_id=base["boot_id"],
            tz_offset_min=base["tz_offset_min"],
        )
