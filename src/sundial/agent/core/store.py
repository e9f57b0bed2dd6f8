"""What the link takes from and gives back to: facts that wait until the server has acknowledged them."""

from datetime import datetime
from typing import Protocol

from sundial.protocol.events import Batch, BatchAnswer, ScreenshotMeta


class CannotKeep(Exception):
    """The disk does not take it (full, read-only, broken); nothing was kept by half, what was there is still there."""


class Store(Protocol):
    """Every method may raise CannotKeep; nothing is forgotten unless the server said what became of it."""

    async def next_batch(self, limit: int = 500) -> Batch | None:
        """The oldest batch that is not settled: the same one, with the same events, until it is."""

    async def settle(self, answer: BatchAnswer, now: datetime) -> int:
        """What the server said of the batch last taken; how many of its events are thereby done with."""

    async def refuse(self, code: str, message: str, now: datetime) -> int:
        """The server takes the batch last taken in no way: it is halved, or set aside once it is a single event.

        Returns how many events were in it.
        """

    async def pass_over(self) -> None:
        """The batch last taken fails again and again: others go first, then its events in ever smaller groups."""

    async def next_picture(self) -> tuple[ScreenshotMeta, bytes] | None:
        """The oldest picture that waits."""

    async def settle_picture(self, eid: str, now: datetime, refused: str = "") -> None:
        """It arrived, or was refused for good with this code."""

    async def pass_over_picture(self, eid: str) -> None:
        """It fails again and again: the others go first."""
