"""Time as the agent is given it, so that tests can give another."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """`now` is the wall clock in UTC and may be wrong; `monotonic` counts seconds and never jumps."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...
