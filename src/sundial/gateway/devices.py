"""Which device calls: one that was seen before is answered from memory, others are looked up many at a time.

A hint makes a token be looked up again; once a second all that ended lately are read, so that a lost hint costs a
second. Tokens that nobody knows are remembered for a second, and only so many of them.
"""

from collections.abc import Callable
from typing import Final

from sundial.gateway import secrets
from sundial.gateway.batches import Batches
from sundial.gateway.bounded import Bounded
from sundial.gateway.companies import Companies, Company
from sundial.gateway.loops import Loops
from sundial.gateway.store import DeviceToken, Store

KNOWN: Final = 200_000
UNKNOWN: Final = 10_000
UNKNOWN_FOR: Final = 1.0  # seconds
CHECKED_TOGETHER: Final = 2_000


class Device:
    """A device that presented its token."""

    __slots__ = ("company", "id", "polled_at", "revoked", "user_id")

    def __init__(self, device_id: int, user_id: int, company: Company) -> None:
        self.id: Final = device_id
        self.user_id: Final = user_id
        self.company: Final = company
        self.revoked = False
        self.polled_at = float("-inf")


class Devices:
    """Devices by the digest of their token; `revoked` is called when one is found to have ended."""

    def __init__(
        self,
        store: Store,
        loops: Loops,
        companies: Companies,
        clock: Callable[[], float],
        revoked: Callable[[Device], None],
    ) -> None:
        self._store = store
        self._companies = companies
        self._clock = clock
        self._revoked = revoked
        self._known: Bounded[bytes, Device] = Bounded(KNOWN)
        self._unknown: Bounded[bytes, float] = Bounded(UNKNOWN)
        self._lookups = Batches("look up tokens", loops, self._look_up)

    def cached(self, authorization: bytes | None) -> Device | None:
        """The device that presents this header, if it was seen before."""
        secret = secrets.bearer(authorization)
        return None if secret is None else self._known.get(secrets.digest(secret))

    async def find(self, authorization: bytes | None) -> Device | None:
        """The device that presents this header; None if nobody knows the token."""
        secret = secrets.bearer(authorization)
        if secret is None:
            return None
        digest = secrets.digest(secret)
        known = self._known.get(digest)
        if known is not None:
            return known
        if not secrets.can_be(secret, "device") or self._unknown.get(digest, 0.0) > self._clock():
            return None
        return await self._lookups.find(digest)

    async def reconsider(self, digest: bytes) -> None:
        """Somebody says that this token is another now."""
        self._unknown.pop(digest, None)
        if digest in self._known:
            await self._lookups.find(digest)

    async def sweep(self) -> None:
        """Find with one query the tokens whose end no hint told."""
        for digest in await self._store.tokens_ended_lately():
            device = self._known.get(digest)
            if device is not None:
                self._end(device)

    async def check_all(self) -> None:
        """Ask about every known token: hints may have been missed for longer than a sweep looks back."""
        known = list(self._known)
        for start in range(0, len(known), CHECKED_TOGETHER):
            await self._look_up(known[start : start + CHECKED_TOGETHER])

    async def _look_up(self, digests: list[bytes]) -> dict[bytes, Device]:
        rows = await self._store.device_tokens(digests)
        companies = await self._companies.get_all({row.company_id for row in rows.values()})
        found: dict[bytes, Device] = {}
        for digest in digests:
            row = rows.get(digest)
            device = self._take(digest, row, companies[row.company_id] if row else None)
            if device is not None:
                found[digest] = device
        return found

    def _take(self, digest: bytes, row: DeviceToken | None, company: Company | None) -> Device | None:
        device = self._known.get(digest)
        if row is None or company is None:
            self._unknown[digest] = self._clock() + UNKNOWN_FOR
            if self._known.pop(digest, None) is not None and device is not None:
                self._end(device)
            return None
        if device is None:
            device = self._known[digest] = Device(row.device_id, row.user_id, company)
        if row.ended:
            self._end(device)
        return device

    def _end(self, device: Device) -> None:
        device.revoked = True
        self._revoked(device)
