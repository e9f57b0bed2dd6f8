"""How often the server is asked."""

from sundial.protocol.backoff import Uniform, spread

WHILE_STREAMING_S = 300.0
SLOWEST_S = 3600.0


def poll_wait(*, streaming: bool, interval_s: int, asked_s: int, uniform: Uniform) -> float:
    """Seconds to the next poll; the server may slow everyone down, never hurry anyone."""
    pace = WHILE_STREAMING_S if streaming else float(interval_s)
    return spread(min(max(pace, asked_s), SLOWEST_S), uniform)
