"""The outbox for an event loop: one worker thread does what touches the disk, in order."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, datetime
from typing import TypeVar

from msgspec import UNSET, UnsetType

from sundial.agent.core.absence import Absence
from sundial.agent.core.resuming import OpenSession
from sundial.agent.core.store import CannotKeep
from sundial.agent.outbox.outbox import Outbox
from sundial.protocol.events import Batch, BatchAnswer, Event, ScreenshotMeta, SessionEvent
from sundial.protocol.messages import QueueStatus

T = TypeVar("T")


class AsyncOutbox:
    """The same words as Outbox, each awaited; `last_queue` is the newest status known, without waiting.

    `changes` counts what was done that may have changed what `recent` and `today` tell.
    """

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="outbox")
        self.last_queue = outbox.queue()
        self.changes = 0

    async def close(self) -> None:
        """Returns when the last write is on the disk, cancelled or not."""
        try:
            await self._do(self._outbox.close)
        finally:
            self._worker.shutdown(wait=False)

    async def put(
        self,
        many: Sequence[Event],
        now: datetime,
        session: OpenSession | UnsetType | None = UNSET,
        absences: tuple[Absence, ...] | UnsetType = UNSET,
    ) -> None:
        await self._change(lambda: self._outbox.put(many, now, session, absences))

    async def put_picture(self, meta: ScreenshotMeta, image: bytes, now: datetime) -> None:
        await self._change(lambda: self._outbox.put_picture(meta, image, now))

    async def next_batch(self, limit: int = 500) -> Batch | None:
        return await self._do(lambda: self._outbox.next_batch(limit))

    async def settle(self, answer: BatchAnswer, now: datetime) -> int:
        return await self._change(lambda: self._outbox.settle(answer, now))

    async def refuse(self, code: str, message: str, now: datetime) -> int:
        return await self._change(lambda: self._outbox.refuse(code, message, now))

    async def pass_over(self) -> None:
        await self._do(self._outbox.pass_over)

    async def next_picture(self) -> tuple[ScreenshotMeta, bytes] | None:
        return await self._do(self._outbox.next_picture)

    async def settle_picture(self, eid: str, now: datetime, refused: str = "") -> None:
        await self._change(lambda: self._outbox.settle_picture(eid, now, refused))

    async def pass_over_picture(self, eid: str) -> None:
        await self._do(lambda: self._outbox.pass_over_picture(eid))

    async def queue(self) -> QueueStatus:
        await self._change(lambda: None)
        return self.last_queue

    async def recent(self, since: datetime) -> list[Event]:
        return await self._do(lambda: self._outbox.recent(since))

    async def count_lost(self, reason: str, many: int) -> None:
        await self._change(lambda: self._outbox.count_lost(reason, many))

    async def hand_over(self, owner: str) -> int:
        return await self._change(lambda: self._outbox.hand_over(owner))

    async def trim(self, keep_days: int, now: datetime) -> None:
        await self._change(lambda: self._outbox.trim(keep_days, now))

    async def open_session(self) -> OpenSession | None:
        return await self._do(self._outbox.open_session)

    async def remember_session(self, session: OpenSession | None) -> None:
        await self._do(lambda: self._outbox.remember_session(session))

    async def close_left_open(self, event: SessionEvent, now: datetime) -> None:
        await self._change(lambda: self._outbox.close_left_open(event, now))

    async def absences(self) -> tuple[Absence, ...]:
        return await self._do(self._outbox.absences)

    async def today(self, day: date) -> int:
        return await self._do(lambda: self._outbox.today(day))

    async def add_worked(self, day: date, seconds: int) -> None:
        await self._change(lambda: self._outbox.add_worked(day, seconds))

    async def _change(self, work: Callable[[], T]) -> T:
        def both() -> T:
            result = work()
            self.changes += 1
            with suppress(CannotKeep):  # the work itself is done
                self.last_queue = self._outbox.queue()
            return result

        return await self._do(both)

    async def _do(self, work: Callable[[], T]) -> T:
        # Once begun it is finished: who waits may be cancelled, what is written may not.
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._worker, work))
