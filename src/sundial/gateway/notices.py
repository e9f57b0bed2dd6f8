"""Notices on their way to streams: at once by hint, within a second without one, and never twice."""

from typing import Final

from sundial.gateway.bounded import Bounded
from sundial.gateway.companies import Companies
from sundial.gateway.store import Store
from sundial.gateway.streams import Streams, notice

REMEMBERED: Final = 10_000
LOOKED_BACK: Final = 200  # ids: a transaction that took a low one may commit after higher ones were seen
OF_STATUS: Final = "company_status"  # told by the streams themselves, which see the status change


class Notices:
    """Remembers which ids were told."""

    def __init__(self, store: Store, companies: Companies, streams: Streams) -> None:
        self._store = store
        self._companies = companies
        self._streams = streams
        self._told: Bounded[int, None] = Bounded(REMEMBERED)
        self._newest: int | None = None

    async def tell(self, company_id: int, device_id: int, notice_id: int, kind: str) -> None:
        """Write a notice to whom it is for; device 0 is every device of the company."""
        if notice_id in self._told or kind == OF_STATUS:
            return
        self._told[notice_id] = None
        company = self._companies.known(company_id)
        if company is not None:
            await self._streams.notify(company, device_id or None, notice(kind, notice_id))

    async def sweep(self) -> None:
        """Tell those of which no hint came; what was there before this process is not news."""
        if self._newest is None:
            self._newest = await self._store.newest_notice()
            for row in await self._store.notices_after(self._newest - LOOKED_BACK):
                self._told[row.id] = None
            return
        for row in await self._store.notices_after(self._newest - LOOKED_BACK):
            self._newest = max(self._newest, row.id)
            await self.tell(row.company_id, row.device_id or 0, row.id, row.kind)
