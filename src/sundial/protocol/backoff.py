"""How long to wait before asking again; chance is given in, so that every wait can be tested exactly."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

Uniform = Callable[[float, float], float]

FIRST_S = 1.0
LONGEST_S = 60.0
HEALTHY_S = 60.0
SUSPENDED_S = 300.0
SPREAD = 0.2
LONGEST_RETRY_AFTER_S = 3600.0


@dataclass(slots=True)
class Backoff:
    """Full jitter: a wait anywhere in 0..1 s after the first failure, then 0..2 s, 0..4 s, up to 0..60 s."""

    uniform: Uniform
    failures: int = 0

    def delay(self) -> float:
        """Seconds to wait now; counts one failure."""
        ceiling = min(LONGEST_S, FIRST_S * 2.0 ** min(self.failures, 10))
        self.failures += 1
        return self.uniform(0.0, ceiling)

    def after_health_of(self, seconds: float) -> None:
        """Begin anew only after a minute of health, so that a flapping server is not hammered."""
        if seconds >= HEALTHY_S:
            self.failures = 0


def spread(seconds: float, uniform: Uniform, by: float = SPREAD) -> float:
    """The same pace for everyone, but not the same moment: seconds ± 20 %."""
    return seconds * uniform(1.0 - by, 1.0 + by)


def retry_after(header: str | None, now: datetime, uniform: Uniform) -> float | None:
    """Seconds that a 429 or 503 asks to wait at least, up to a fifth more, an hour at most; None if it says nothing."""
    asked = _asked_seconds(header.strip(), now) if header else None
    if asked is None:
        return None
    return min(asked, LONGEST_RETRY_AFTER_S) * uniform(1.0, 1.0 + SPREAD)


def _asked_seconds(header: str, now: datetime) -> float | None:
    if header.isascii() and header.isdigit():
        return float(header[:9])
    try:
        moment = parsedate_to_datetime(header)
        return max(0.0, (moment - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None
