"""Which person calls: asked again after a second, for many things can end a person's right."""

from collections.abc import Callable, Mapping
from typing import Final

from sundial.gateway import secrets
from sundial.gateway.batches import Batches
from sundial.gateway.bounded import Bounded
from sundial.gateway.companies import Companies, Company
from sundial.gateway.loops import Loops
from sundial.gateway.store import PersonToken, Store

REMEMBERED: Final = 20_000
ASK_AGAIN: Final = 1.0  # seconds
TOUCH_AGAIN: Final = 3600.0


class Person:
    """A person who presented a token of theirs; the OWNER has no company."""

    __slots__ = ("active", "company", "id")

    def __init__(self, user_id: int, company: Company | None, *, active: bool) -> None:
        self.id: Final = user_id
        self.company: Final = company
        self.active: Final = active


class People:
    """People by the digest of their token."""

    def __init__(self, store: Store, loops: Loops, companies: Companies, clock: Callable[[], float]) -> None:
        self._store = store
        self._companies = companies
        self._clock = clock
        self._known: Bounded[bytes, tuple[float, Person | None]] = Bounded(REMEMBERED)
        self._touched: Bounded[bytes, float] = Bounded(REMEMBERED)
        self._lookups = Batches("look up people", loops, self._look_up)

    def cached(self, secret: bytes | None) -> Person | None:
        """The person who presents this secret, if they were seen a moment ago."""
        if secret is None:
            return None
        until, person = self._known.get(secrets.digest(secret), (0.0, None))
        return person if until > self._clock() else None

    async def find(self, secret: bytes | None) -> Person | None:
        """The person who presents this secret; None if nobody knows it."""
        if secret is None:
            return None
        digest = secrets.digest(secret)
        until, person = self._known.get(digest, (0.0, None))
        if until > self._clock():
            return person
        return await self._lookups.find(digest) if secrets.can_be(secret, "person") else None

    def forget(self, digest: bytes) -> None:
        """Somebody says that this token is another now."""
        self._known.pop(digest, None)

    def forget_all(self) -> None:
        """Hints may have been missed."""
        self._known.clear()

    async def _look_up(self, digests: list[bytes]) -> dict[bytes, Person]:
        asked_at = self._clock()
        rows = await self._store.person_tokens(digests)
        await self._touch(list(rows), asked_at)
        companies = await self._companies.get_all({row.company_id for row in rows.values() if row.company_id})
        found: dict[bytes, Person] = {}
        for digest in digests:
            person = _person(rows.get(digest), companies)
            self._known[digest] = asked_at + ASK_AGAIN, person
            if person is not None:
                found[digest] = person
        return found

    async def _touch(self, digests: list[bytes], now: float) -> None:
        due = [digest for digest in digests if now - self._touched.get(digest, float("-inf")) > TOUCH_AGAIN]
        if due:
            await self._store.touch_person_tokens(due)
            for digest in due:
                self._touched[digest] = now


def _person(row: PersonToken | None, companies: Mapping[int, Company | None]) -> Person | None:
    if row is None:
        return None
    company = companies[row.company_id] if row.company_id else None
    return Person(row.user_id, company, active=row.active)
