"""A loop whose clock jumps to the next thing that is due, so that an hour of waiting is exact and takes no time."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")

BEGIN = datetime(2026, 11, 20, 8, 0, 0, tzinfo=UTC)


class _JumpingSelector(selectors.DefaultSelector):
    """Never waits: what would be waited is added to the time."""

    jumped = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "everything waits for ever"
            self.jumped += max(0.0, timeout)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """For plays without sockets and threads."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.jumped


class VirtualClock:
    """The loop's time, and a wall clock that began at eight in the morning."""

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def passing(seconds: float) -> None:
    """So much time of a play goes by; of the machine's, none."""
    assert isinstance(asyncio.get_running_loop(), VirtualLoop), "this would be a true wait"
    await asyncio.sleep(seconds)


def play(scene: Coroutine[Any, Any, T]) -> T:
    """Run a scene from beginning to end."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(scene)


async def until(true: Callable[[], object], within: float = 5.0, every: float = 0.001) -> None:
    """Let time pass until this holds; fails after so many (virtual) seconds."""
    async with asyncio.timeout(within):
        while not true():
            await passing(every)
