"""The companies whose agents call here, each with its status and head; looked up once, then kept true by hints."""

import asyncio
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from sundial.gateway.batches import Batches
from sundial.gateway.heads import Head
from sundial.gateway.loops import Loops
from sundial.gateway.metrics import Metrics
from sundial.gateway.store import HeadRow, Store

if TYPE_CHECKING:
    from sundial.gateway.streams import Stream

SUSPENDED: Final = "SUSPENDED"


class Company:
    """A company as the gateway knows it now; the same object for as long as the process lives."""

    __slots__ = ("head", "id", "keys", "status", "status_notice", "streams")

    def __init__(self, company_id: int) -> None:
        self.id: Final = company_id
        self.status = ""
        self.keys = ""  # with spaces between
        self.status_notice = 0
        self.head: Head | None = None
        self.streams: dict[Stream, None] = {}

    @property
    def suspended(self) -> bool:
        """Whether its agents must stop recording."""
        return self.status == SUSPENDED

    def is_named_by(self, key: str) -> bool:
        """Whether this is its key, or one that was replaced and is still taken."""
        return key in self.keys.split()

    @property
    def mark(self) -> tuple[str, str, str]:
        """What a change of this company changes."""
        return self.status, self.keys, self.head.etag if self.head else ""


class Companies:
    """Known companies by id; `changed` is called when the status or the policy of one has changed."""

    def __init__(
        self,
        store: Store,
        loops: Loops,
        metrics: Metrics,
        changed: Callable[[Company], None],
        poll_interval: int | None = None,
    ) -> None:
        self._store = store
        self._metrics = metrics
        self._changed = changed
        self._poll_interval = poll_interval
        self._known: dict[int, Company] = {}
        self._loads = Batches("load heads", loops, self._load)

    def __iter__(self) -> Iterator[Company]:
        return iter(list(self._known.values()))

    def known(self, company_id: int) -> Company | None:
        """The company, if somebody here belongs to it."""
        return self._known.get(company_id)

    async def get(self, company_id: int) -> Company | None:
        """The company, asked of the database the first time; None if there is none."""
        return self._known.get(company_id) or await self._loads.find(company_id)

    async def get_all(self, company_ids: set[int]) -> dict[int, Company | None]:
        """These companies, those that were never asked for with one query."""
        asked = list(company_ids)
        return dict(zip(asked, await asyncio.gather(*map(self.get, asked)), strict=True))

    async def refresh(self, company_id: int) -> None:
        """Read a company again, if it is known here: its streams hear what is new."""
        if company_id in self._known:
            await self._loads.find(company_id)

    async def compare(self) -> None:
        """Find, with one query, the companies of which no hint arrived, and read them again."""
        if not self._known:
            return
        marks = await self._store.marks(list(self._known))
        await asyncio.gather(
            *(self._loads.find(company.id) for company in self if marks.get(company.id) not in (None, company.mark))
        )

    async def refresh_all(self) -> None:
        """Read every company again."""
        await asyncio.gather(*(self._loads.find(company_id) for company_id in list(self._known)))

    async def _load(self, company_ids: list[int]) -> dict[int, Company]:
        rows = await self._store.heads(company_ids)
        self._metrics.loads += len(rows)
        return {row.company_id: self._take(row) for row in rows.values()}

    def _take(self, row: HeadRow) -> Company:
        company = self._known.get(row.company_id)
        new = company is None
        company = company or Company(row.company_id)
        before = company.mark
        company.status, company.keys, company.status_notice = row.status, row.company_keys, row.status_notice
        if row.etag and (company.head is None or company.head.etag != row.etag):
            company.head = Head(row, self._poll_interval)
        self._known[company.id] = company
        if not new and company.mark != before:
            self._changed(company)
        return company
