"""Share links, who read a file and who was refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from sundial.server.companies import queries as companies
from sundial.server.companies.types import Person
from sundial.server.lib.acting import Acting
from sundial.server.lib.scope import acting_for
from sundial.server.vault import rules
from sundial.server.vault.models import Denial, Share, Version
from sundial.server.vault.queries.visible import inside, visible_file


@dataclass(frozen=True, slots=True)
class ShareView:
    """A link that somebody made; its address is known to whoever was given it alone."""

    id: int
    made_by: str
    made_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    opened: int
    may_end: bool

    def lives(self, now: datetime) -> bool:
        """Whether it still leads to the file."""
        return self.ended_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class DenialView:
    """An attempt that was refused."""

    user_id: int
    user: str
    at: datetime
    reason: str
    door: str


@dataclass(frozen=True, slots=True)
class VersionView:
    """One state of a file."""

    number: int
    size: int
    media_type: str
    created_at: datetime
    by: str
    current: bool


def digest_of(token: str) -> bytes:
    """What is kept of a link's token."""
    return sha256(token.encode()).digest()


def share_of(token: str) -> Share | None:
    """The link of this token, whether it has ended or not. In the company's scope."""
    return Share.objects.filter(digest=digest_of(token)).first()


def shares(acting: Acting, file_id: int, *, now: datetime) -> list[ShareView]:
    """The links to a file that `acting` sees, newest first; all for its owner and administrators, else their own."""
    with acting_for(inside(acting)), transaction.atomic():
        file = visible_file(acting, file_id, now=now)
        keeps = rules.may_change(acting, file.owner_id)
        rows = Share.objects.filter(file_id=file_id).order_by("-id")
        found = list(rows if keeps else rows.filter(made_by_id=acting.id))
        people = companies.names_of({row.made_by_id for row in found})
    return [
        ShareView(
            row.pk, _name(people, row.made_by_id), row.made_at, row.expires_at, row.ended_at, row.opened, may_end=True
        )
        for row in found
    ]


def denials(acting: Acting, file_id: int, *, now: datetime, most: int = 20) -> list[DenialView]:
    """The latest refused attempts, for the file's owner and administrators; none for others."""
    with acting_for(inside(acting)), transaction.atomic():
        file = visible_file(acting, file_id, now=now)
        if not rules.may_change(acting, file.owner_id):
            return []
        found = list(Denial.objects.filter(file_id=file_id).order_by("-id")[:most])
        people = companies.names_of({row.user_id for row in found})
    return [DenialView(row.user_id, _name(people, row.user_id), row.at, row.reason, row.door) for row in found]


def versions(acting: Acting, file_id: int, *, now: datetime) -> list[VersionView]:
    """The versions of a file that can still be read, newest first."""
    with acting_for(inside(acting)), transaction.atomic():
        file = visible_file(acting, file_id, now=now)
        found = list(Version.objects.filter(file_id=file_id, wrapped_key__isnull=False).order_by("-number"))
        people = companies.names_of({row.created_by_id for row in found})
    return [
        VersionView(
            row.number,
            row.size,
            row.media_type,
            row.created_at,
            _name(people, row.created_by_id),
            row.number == file.version,
        )
        for row in found
    ]


def _name(people: Mapping[int, Person], user_id: int) -> str:
    return people[user_id].name if user_id in people else ""
