"""How tests wait in an event loop: for its next turn, for news, or until something holds; never for a while."""

import asyncio
from collections.abc import Callable

LIMIT = 60.0  # seconds; what is waited for takes milliseconds, and many times that on a crowded machine


async def turn(times: int = 1) -> None:
    """The loop goes round, and whoever can go on does."""
    for _ in range(times):
        await asyncio.sleep(0)


async def eventually(holds: Callable[[], object], within: float = LIMIT) -> None:
    """Look again and again until this holds: for what tells nobody that it changed."""
    async with asyncio.timeout(within):
        while not holds():  # noqa: ASYNC110 - that is its use
            await asyncio.sleep(0.005)


class News:
    """Told whenever something happened that somebody may wait for."""

    def __init__(self) -> None:
        self._told = asyncio.Event()

    def tell(self) -> None:
        self._told.set()

    async def until(self, holds: Callable[[], object], within: float = LIMIT) -> None:
        """Look again at all news, until this holds."""
        async with asyncio.timeout(within):
            while not holds():
                self._told.clear()
                await self._told.wait()
