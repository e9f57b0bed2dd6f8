"""When screenshots are taken: at the policy's pace, but never at a moment that could be foreseen."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sundial.agent.core.sensing import PictureOrder
from sundial.protocol.backoff import Uniform

SPREAD = 0.15
TOO_LATE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order that has been given and when, in steady time."""

    order: PictureOrder
    at: datetime


@dataclass(slots=True)
class Pacer:
    """The first picture comes anywhere within the interval, each next one an interval after that, ± 15 %.

    Where a picture was due while none may be taken (the person is away, the screen locked), it is passed over.
    """

    uniform: Uniform
    every_s: int = 0
    due: datetime | None = None
    ordered: Ordered | None = None

    def pace(self, every_s: int, now: datetime) -> None:
        """Another pace holds at once; 0 takes no pictures."""
        self.every_s = every_s
        self.due = now + timedelta(seconds=self.uniform(0.0, every_s)) if every_s else None
        if not every_s:
            self.ordered = None

    def tick(self, now: datetime, order: PictureOrder, *, allowed: bool) -> PictureOrder | None:
        """What is to be ordered now, if it is time."""
        if self.due is None or now < self.due:
            return None
        if now - self.due > TOO_LATE:  # nobody was looking meanwhile: not at the very moment of coming back
            self.pace(self.every_s, now)
            return None
        self.due += timedelta(seconds=self.every_s * self.uniform(1 - SPREAD, 1 + SPREAD))
        if not allowed:
            return None
        self.ordered = Ordered(order, now)
        return order

    def collect(self) -> Ordered | None:
        """The order that has been answered; none if it was withdrawn meanwhile."""
        ordered, self.ordered = self.ordered, None
        return ordered
