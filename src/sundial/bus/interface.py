"""What every bus does, and the one form of a hint on the wire: topic, a blank, body."""

import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol

LIMIT: Final = 7_000  # bytes; PostgreSQL refuses 8,000
"""How long a hint may be, topic and blank included."""

Heard = Callable[[str, str], None]
Gap = Callable[[], None]

log = logging.getLogger("sundial.bus")


class TooLong(ValueError):
    """A hint is not for carrying data: say where to look instead."""


class Bus(Protocol):
    """Hints to every process of the platform, this one included."""

    async def publish(self, topic: str, body: str) -> None:
        """Tell everyone who listens; raises `TooLong`, or `OSError` when nobody can be reached."""

    def listen(self, heard: Heard, gap: Gap) -> AbstractAsyncContextManager[None]:
        """While open, call `heard(topic, body)` for each hint, and `gap()` when some may have been missed."""

    async def close(self) -> None:
        """Let go of what publishing holds."""


def payload_of(topic: str, body: str) -> str:
    """The hint as it travels."""
    if not topic or " " in topic:
        raise ValueError(f"a topic is one word, not {topic!r}")
    payload = f"{topic} {body}"
    if len(payload.encode()) > LIMIT:
        raise TooLong(f"a hint of {len(payload.encode())} bytes; at most {LIMIT} fit")
    return payload


def deliver(heard: Heard, payload: str) -> None:
    """Hand one hint over; a listener that fails is reported and does not deafen the rest."""
    topic, _blank, body = payload.partition(" ")
    try:
        heard(topic, body)
    except Exception:
        log.exception("a listener failed on the hint %r", payload[:200])


def tell_gap(gap: Gap) -> None:
    """Say that hints may have been missed; a failing listener is reported."""
    try:
        gap()
    except Exception:
        log.exception("a listener failed on a gap")
