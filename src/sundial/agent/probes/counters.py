"""Arithmetic on the counters that Windows and macOS keep: they wrap, and they may start again."""

from dataclasses import dataclass

TWO_32 = 1 << 32


def since_tick(now_ms: int, then_ms: int) -> float:
    """Seconds between two readings of a 32-bit millisecond counter, which begins anew every 49.7 days."""
    return ((now_ms - then_ms) % TWO_32) / 1000


def grown(now: int, before: int) -> int:
    """How far a 32-bit counter got; one that started again, for a new login, counts from there."""
    if now >= before:
        return now - before
    wrapped = now + TWO_32 - before
    return wrapped if wrapped < TWO_32 // 2 else now


@dataclass(frozen=True, slots=True)
class Totals:
    """Counters as the system gives them, since the login."""

    keys: int = 0
    clicks: int = 0
    scrolls: int = 0

    def since(self, before: "Totals") -> "Totals":
        return Totals(
            grown(self.keys, before.keys), grown(self.clicks, before.clicks), grown(self.scrolls, before.scrolls)
        )
