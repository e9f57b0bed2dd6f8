"""Work that goes on beside the requests: kept, restarted when it fails, ended together."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

log = logging.getLogger("sundial.gateway")

AFTER_FAILURE: Final = 0.5  # seconds


class Loops:
    """Tasks with an owner, so that none is collected while it waits and none outlives the gateway."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def keep(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run `work` now, and again whenever it ends or fails, until `end`."""
        self.once(name, self._for_ever(name, work))

    def every(self, seconds: float, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run `work` at that pace; a failure is reported and the next turn comes all the same."""
        self.once(name, self._at_pace(seconds, name, work))

    def once(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` to its end beside everything else."""
        task = asyncio.ensure_future(work)
        task.set_name(f"gateway {name}")
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def end(self) -> None:
        """Cancel everything and wait until it is over."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (failure := task.exception()) is not None:
            log.error("%s failed", task.get_name(), exc_info=failure)

    async def _for_ever(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await _guarded(name, work, failing=False)
            await asyncio.sleep(AFTER_FAILURE)

    async def _at_pace(self, seconds: float, name: str, work: Callable[[], Awaitable[None]]) -> None:
        loop, failing = asyncio.get_running_loop(), False
        due = loop.time()
        while True:
            failing = not await _guarded(name, work, failing=failing)
            due = max(due + seconds, loop.time())
            await asyncio.sleep(due - loop.time())


async def _guarded(name: str, work: Callable[[], Awaitable[None]], *, failing: bool) -> bool:
    """Whether it went well; the first of several failures alike is reported."""
    try:
        await work()
    except OSError as failure:
        if not failing:
            log.warning("%s: %s", name, failure)
        return False
    except Exception:
        log.exception("%s failed", name)
        return False
    return True
