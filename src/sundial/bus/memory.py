"""Hints within one process: for tests, since they never reach a second one."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from sundial.bus.interface import Gap, Heard, deliver, payload_of


class MemoryBus:
    """Everyone who listens on this very object hears what is published on it, in order, soon after."""

    def __init__(self) -> None:
        self._ears: dict[object, tuple[asyncio.AbstractEventLoop, Heard]] = {}

    async def publish(self, topic: str, body: str) -> None:
        """Hand the hint to each listener, in the listener's own loop."""
        payload = payload_of(topic, body)
        for loop, heard in list(self._ears.values()):
            if not loop.is_closed():
                loop.call_soon_threadsafe(deliver, heard, payload)

    @contextlib.asynccontextmanager
    async def listen(self, heard: Heard, gap: Gap) -> AsyncIterator[None]:
        """Hear every hint while open; memory has no gaps."""
        ear = object()
        self._ears[ear] = asyncio.get_running_loop(), heard
        try:
            yield
        finally:
            del self._ears[ear]

    async def close(self) -> None:
        """Nothing is held."""
