"""Status reports, many in one statement: each is answered after the commit that keeps it."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from sundial.gateway.database import Refused, Unavailable
from sundial.gateway.metrics import Metrics
from sundial.gateway.store import Store

COLLECTED_FOR: Final = 0.1  # seconds; with the write itself well under 250 ms
TOGETHER: Final = 1_000
WAITING: Final = 20_000  # more are refused rather than piled up

Row = dict[str, Any]
Touched = Callable[[set[int]], None]


class Overloaded(OSError):
    """More reports wait than can be written soon."""


class _Waiting:
    """The newest report of one device, and everyone who waits for it to be kept."""

    __slots__ = ("company_id", "futures", "row")

    def __init__(self, company_id: int) -> None:
        self.company_id = company_id
        self.row: Row = {}
        self.futures: list[asyncio.Future[None]] = []


class Reports:
    """Collects reports and writes them; `touched` is told whose companies were written."""

    def __init__(self, store: Store, metrics: Metrics, touched: Touched) -> None:
        self._store = store
        self._metrics = metrics
        self._touched = touched
        self._waiting: dict[int, _Waiting] = {}
        self._some = asyncio.Event()

    async def keep(self, device_id: int, company_id: int, row: Row) -> None:
        """Return when this report is committed; raises `Refused`, `Overloaded` or `Unavailable`."""
        if len(self._waiting) >= WAITING:
            raise Overloaded("too many reports are waiting")
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting = self._waiting.setdefault(device_id, _Waiting(company_id))
        waiting.row = row
        waiting.futures.append(future)
        self._some.set()
        await future

    async def write_for_ever(self) -> None:
        """Collect for a moment, write, again."""
        while True:
            await self._some.wait()
            await asyncio.sleep(COLLECTED_FOR)
            await self.write()

    async def write(self) -> None:
        """Write what waits now."""
        self._some.clear()
        waiting, self._waiting = self._waiting, {}
        everyone = list(waiting.values())
        try:
            for start in range(0, len(everyone), TOGETHER):
                await self._write(everyone[start : start + TOGETHER])
        finally:
            _answer(everyone, Unavailable("the gateway is stopping"))  # those not reached
        self._touched({one.company_id for one in everyone})

    async def _write(self, together: list[_Waiting]) -> None:
        try:
            await self._store.write_reports([one.row for one in together])
        except Refused as failure:
            await self._write_halves(together, failure)
        except OSError as failure:
            _answer(together, failure)
        else:
            self._metrics.reports_written += len(together)
            _answer(together, None)

    async def _write_halves(self, together: list[_Waiting], failure: Refused) -> None:
        """One report that PostgreSQL cannot take must not cost the others theirs."""
        if len(together) == 1:
            _answer(together, failure)
            return
        middle = len(together) // 2
        await self._write(together[:middle])
        await self._write(together[middle:])


def _answer(together: list[_Waiting], failure: Exception | None) -> None:
    for one in together:
        for future in one.futures:
            if future.done():
                continue
            if failure is None:
                future.set_result(None)
            else:
                future.set_exception(failure)
