"""What was found, as tables, and what of the promises holds."""

from typing import Any

from bench import machine
from bench.ingest.events import EACH

SPEED, MIDDLE, SLOWEST, PROCESSOR = "events_per_second", "p50_ms", "p99_ms", "processor_us_per_event"
OURS = {
    "full": "ours, full load",
    "half": "ours, half load",
    "calm": "a quiet company beside many others",
    "quiet": "a quiet company beside a noisy one",
    "noisy": "the noisy one",
}
SAME, BARE = "DRF, bulk_create and the same sums", "DRF, bulk_create alone"

Result = dict[str, Any]


class Findings:
    """The rounds of ours, the peers, and the limit."""

    def __init__(self, rounds: list[Result], same: Result, bare: Result, copied: float) -> None:
        self.rounds = rounds
        self.peers = {SAME: same, BARE: bare}
        self.copied = copied

    def ours(self, stream: str, figure: str) -> float:
        """The median of one figure over the rounds."""
        return machine.median(float(one[stream][figure]) for one in self.rounds)

    def times(self, peer: str, figure: str = SPEED) -> float:
        """How many times as much ours does in a second, or the peer spends on an event."""
        ours, theirs = self.ours("full", figure), float(self.peers[peer][figure])
        return ours / theirs if figure == SPEED else theirs / ours

    def slowed(self) -> float:
        """How many times as long a quiet company waits if one other is noisy."""
        return self.ours("quiet", MIDDLE) / self.ours("calm", MIDDLE)

    def show(self) -> None:
        """Print the figures, and how ours compares."""
        ours = [(text, *self._of_ours(stream)) for stream, text in OURS.items()]
        peers = [
            (text, *(f"{found[figure]:,.1f}" for figure in (SPEED, MIDDLE, SLOWEST, PROCESSOR)))
            for text, found in self.peers.items()
        ]
        machine.table(
            f"Batches of {EACH} events, committed before they are answered; medians",
            ("", "events/s", "p50 ms", "p99 ms", "processor µs/event"),
            [*ours, *peers, ("PostgreSQL, COPY", f"{self.copied:,.1f}", "", "", "")],
        )
        machine.table(
            "Ours at full load against",
            ("", "events/s", "processor time"),
            [
                *(
                    (peer, f"{self.times(peer):.1f} ×", f"{self.times(peer, PROCESSOR):.1f} × less")
                    for peer in self.peers
                ),
                ("PostgreSQL, COPY", f"{self.ours('full', SPEED) / self.copied:.2f} ×", ""),
            ],
        )

    def promises(self) -> dict[str, bool]:
        """Which of them hold."""
        full, late = self.ours("full", SPEED), self.ours("half", SLOWEST)
        return {
            f"at least 30,000 events/s ({full:,.0f})": full >= 30_000,
            f"at least 20 times DRF that does the same ({self.times(SAME):.1f})": self.times(SAME) >= 20,
            f"p99 at half load at most 60 ms ({late:.0f})": late <= 60,
            f"a noisy company slows a quiet one at most twice ({self.slowed():.2f})": self.slowed() <= 2,
            f"(told only) {self.times(BARE):.1f} times DRF that keeps no sums": True,
            f"(told only) COPY is {self.copied / full:.1f} times as fast": True,
        }

    def _of_ours(self, stream: str) -> list[str]:
        figures = [f"{self.ours(stream, figure):,.1f}" for figure in (SPEED, MIDDLE, SLOWEST)]
        spent = PROCESSOR in self.rounds[0][stream]  # not where two streams run at once
        return [*figures, f"{self.ours(stream, PROCESSOR):,.1f}" if spent else ""]
