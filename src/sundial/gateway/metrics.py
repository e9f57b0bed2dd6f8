"""What the gateway counts: plain numbers that `/metrics` shows."""

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Final

BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0)


@dataclass(slots=True)
class Histogram:
    """How many observations fell at or under each bound; the last place is for those above all."""

    bounds: tuple[float, ...] = BOUNDS
    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    total: float = 0.0

    def observe(self, seconds: float) -> None:
        """Count one."""
        self.counts[bisect_left(self.bounds, seconds)] += 1
        self.total += seconds


@dataclass(slots=True)
class Metrics:
    """Counters rise for ever; `streams_open` and `ingest_waiting` are of now."""

    streams_open: int = 0
    streams_opened: int = 0
    streams_dropped: int = 0  # too slow for too long
    pushes: int = 0  # changes that were written to the streams of a company
    frames: int = 0  # events written, to each stream counted
    push_seconds: Histogram = field(default_factory=Histogram)  # from hearing of a change to its last write
    polls: int = 0
    polls_unchanged: int = 0
    config_polls: int = 0
    reports: int = 0
    reports_written: int = 0
    ingest_batches: int = 0
    ingest_events: int = 0  # kept
    ingest_duplicates: int = 0
    ingest_rejected: int = 0  # events set aside: malformed, in conflict, of another device's session
    ingest_refused: int = 0  # batches sent away because too many waited
    ingest_waiting: int = 0  # batches, now
    ingest_seconds: Histogram = field(default_factory=Histogram)  # of one group of batches
    refused: int = 0  # answers 401 and 403
    rejected: int = 0  # bodies that were malformed, too large or too slow
    unavailable: int = 0  # answers 503
    loads: int = 0  # heads read from the database
    hints: int = 0
    gaps: int = 0  # times when hints may have been missed
    sweep_failures: int = 0
