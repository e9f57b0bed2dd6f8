"""Input counts, gathered for a minute at most; which keys they were nobody knows here."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sundial.agent.core.rules import Rules
from sundial.agent.core.sensing import Counted
from sundial.protocol.spans import Span

LONGEST = timedelta(seconds=60)
NEARLY = timedelta(seconds=59)  # with a tick every second, a minute is never passed
NOTHING = Counted()


@dataclass(slots=True)
class Counter:
    """What was counted since; times are steady."""

    since: datetime
    _counted: Counted = NOTHING

    def add(self, more: Counted, rules: Rules) -> None:
        """Only what is switched on is ever added up."""
        keys = more.keys if rules.keyboard else 0
        mouse = (more.clicks, more.scrolls, more.moved_s) if rules.mouse else (0, 0, 0)
        had = self._counted
        self._counted = Counted(had.keys + keys, had.clicks + mouse[0], had.scrolls + mouse[1], had.moved_s + mouse[2])

    def is_due(self, now: datetime) -> bool:
        """Whether a minute is over, all but a tick."""
        return now - self.since >= NEARLY

    def take(self, now: datetime) -> list[Span[Counted]]:
        """What was counted until now, if anything; counting begins anew."""
        start, counted = max(self.since, now - LONGEST), self._counted
        self.since, self._counted = now, NOTHING
        return [Span(start, now, counted)] if counted != NOTHING else []
