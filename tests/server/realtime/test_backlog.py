"""What fails is tried again and holds up nothing else."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from sundial.server.realtime.sockets.backlog import Backlog
from tests.loops import News


class Work:
    """Notes what was done; fails for some keys as often as it is told to."""

    def __init__(self, **failures: int) -> None:
        self.failures = failures
        self.done: list[str] = []
        self._news = News()

    async def __call__(self, key: str) -> None:
        """Do it, or fail."""
        if self.failures.get(key, 0):
            self.failures[key] -= 1
            raise OSError(key)
        self.done.append(key)
        self._news.tell()

    async def until(self, *keys: str) -> None:
        """Wait until these were done, in whatever order."""
        await self._news.until(lambda: sorted(self.done) == sorted(keys))


@contextlib.asynccontextmanager
async def at_work(backlog: Backlog[str]) -> AsyncIterator[None]:
    running = asyncio.ensure_future(backlog.run())
    yield
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


async def test_what_is_added_twice_before_its_turn_is_done_once() -> None:
    work = Work()
    backlog = Backlog("work", work)
    for key in ("a", "b", "a"):
        backlog.add(key)
    async with at_work(backlog):
        await work.until("a", "b")
        backlog.add("a")
        await work.until("a", "b", "a")


async def test_a_failing_key_is_tried_again_and_the_others_do_not_wait() -> None:
    work = Work(bad=3)
    backlog = Backlog("work", work)
    async with at_work(backlog):
        for key in ("bad", "good"):
            backlog.add(key)
        await work.until("good", "bad")
    assert work.done == ["good", "bad"]
