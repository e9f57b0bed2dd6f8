"""Things still to be done, each at most once in the list; what fails is tried again, and holds up nothing else."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

FIRST_PAUSE = 0.05  # seconds before the first new attempt, doubled after each
LONGEST_PAUSE = 2.0
MOST_DOUBLINGS = 10

log = logging.getLogger("sundial.consoles")


class Backlog(Generic[K]):
    """A list of keys and the work each of them needs; adding is cheap and safe from any callback of the loop."""

    def __init__(self, name: str, work: Callable[[K], Awaitable[None]]) -> None:
        self._name = name
        self._work = work
        self._waiting: dict[K, None] = {}
        self._failures: dict[K, int] = {}
        self._filled = asyncio.Event()

    def add(self, key: K) -> None:
        """See to it soon."""
        self._waiting[key] = None
        self._filled.set()

    async def run(self) -> None:
        """Work for ever; several may run at once."""
        while True:
            await self._filled.wait()
            if not self._waiting:
                self._filled.clear()
                continue
            key = next(iter(self._waiting))
            del self._waiting[key]
            await self._try(key)

    async def _try(self, key: K) -> None:
        try:
            await self._work(key)
        except Exception as failure:
            self._again_later(key, failure)
        else:
            self._failures.pop(key, None)

    def _again_later(self, key: K, failure: Exception) -> None:
        times = self._failures.get(key, 0)
        self._failures[key] = min(times + 1, MOST_DOUBLINGS)
        log.warning("%s of %s failed and is tried again: %s", self._name, key, failure, exc_info=times == 0)
        pause = min(FIRST_PAUSE * 2**times, LONGEST_PAUSE) * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load
        asyncio.get_running_loop().call_later(pause, self.add, key)
