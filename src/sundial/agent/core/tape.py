"""What held when, from where the facts are final up to now.

The tape is an unbroken row of spans, so whatever is made of it tiles the session: no gap, nothing twice. What is known
late (the person went away five minutes ago; no window has been active for half a second) is painted over what was
taken for true meanwhile, and only what nothing can paint over any more is taken off the tape.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sundial.protocol import spans
from sundial.protocol.spans import Span

Cause = Literal["idle", "locked", "sleep"]


@dataclass(frozen=True, slots=True)
class App:
    """An application in front."""

    app: str
    title: str = ""
    exe: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """A website in front."""

    browser: str
    domain: str
    url: str = ""
    title: str = ""


# private: the person's time with nothing to tell of it (no window, Sundial's own, or nobody looked);
# unknown: the same, until the probe says for the first time what is in front;
# unrecorded: applications are switched off.
Front = App | Literal["private", "unknown", "unrecorded"]


@dataclass(frozen=True, slots=True)
class Held:
    """What held: beneath being away, what was in front is still known, for being away may be taken back."""

    front: Front
    site: Site | None = None
    away: Cause | None = None
    policy: int = 0


class Tape:
    """Recording from `start` on; all times are steady."""

    def __init__(self, start: datetime) -> None:
        self.start = self.end = start
        self._spans: list[Span[Held]] = []

    def advance(self, to: datetime, held: Held) -> None:
        """From the end up to there, this held."""
        if to <= self.end:
            return
        if self._spans and self._spans[-1].what == held:
            self._spans[-1] = Span(self._spans[-1].start, to, held)
        else:
            self._spans.append(Span(self.end, to, held))
        self.end = to

    def repaint(self, since: datetime, brush: Callable[[Held], Held]) -> None:
        """From then to the end it was different; what is off the tape stays as it is."""
        parts = spans.cut_all(self._spans, [since])
        self._spans = spans.merge(
            Span(part.start, part.end, brush(part.what)) if part.start >= since else part for part in parts
        )

    def take(self, until: datetime) -> list[Span[Held]]:
        """Off the tape: from its start until then."""
        parts = spans.cut_all(self._spans, [until])
        self._spans = [part for part in parts if part.start >= until]
        self.start = max(self.start, min(until, self.end))
        return [part for part in parts if part.start < until]

    def read(self) -> list[Span[Held]]:
        """What is on it."""
        return list(self._spans)
