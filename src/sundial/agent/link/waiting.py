"""Waiting that can be ended early."""

import asyncio


class Bell:
    """Wakes the one who waits; a ring while nobody waits is heard at the next wait."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, seconds: float | None) -> bool:
        """True if it rang, False if so many seconds passed first; None waits for the ring alone."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return False
        self._rung.clear()
        return True

    def forget(self) -> None:
        """A ring from before does not count."""
        self._rung.clear()
