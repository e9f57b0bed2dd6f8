"""Share links, who read a file and who was refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from sundial.server.audit.queries import told_about
from sundial.server.audit.types import Subject
from sundial.server.companies import queries as companies
from sundial.server.companies.types import Person
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.vault import rules
from sundial.server.vault.models import Denial, File, Share, Version
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
    lives: bool  # still leads to the file


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


@dataclass(frozen=True, slots=True)
class Shared:
    """What a link says before its file was opened: the name is told only where the rule lets."""

    file_id: int
    name: str
    size: int
    media_type: str
    made_by: str
    expires_at: datetime
    is_over: bool


@dataclass(frozen=True, slots=True)
class ReadingView:
    """Somebody opened a file."""

    at: datetime
    by: str
    version: int
    door: str


def digest_of(token: str) -> bytes:
    """What is kept of a link's token."""
    return sha256(token.encode()).digest()


def share_of(token: str) -> Share | None:
    """The link of this token, whether it has ended or not. In the company's scope."""
    return Share.objects.filter(digest=digest_of(token)).first()


def shared(acting: Acting, token: str, *, now: datetime) -> Shared:
    """Where a link leads; NotFound for one of another company, and for a file that is in the bin or erased."""
    with acting_for(inside(acting)), transaction.atomic():
        row = share_of(token)
        files = File.objects.filter(binned_at__isnull=True, erased_at__isnull=True)
        file = None if row is None else files.filter(id=row.file_id).first()
        if row is None or file is None:
            raise NotFound
        people = companies.names_of([row.made_by_id])
    is_over = row.ended_at is not None or row.expires_at <= now
    made_by = _name(people, row.made_by_id)
    return Shared(file.pk, file.name, file.size, file.media_type, made_by, row.expires_at, is_over)


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
            row.pk,
            _name(people, row.made_by_id),
            row.made_at,
            row.expires_at,
            row.ended_at,
            row.opened,
            lives=row.ended_at is None and now < row.expires_at,
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


def readers(acting: Acting, file_id: int, *, now: datetime, most: int = 20) -> list[ReadingView]:
    """Who opened a file lately, for its owner and administrators; none for others."""
    with acting_for(inside(acting)), transaction.atomic():
        file = visible_file(acting, file_id, now=now)
        if not rules.may_change(acting, file.owner_id):
            return []
        told = told_about(file.company_id, Subject("file", file_id), actions=["FILE_OPENED"], limit=most)
    return [ReadingView(one.at, one.by, int(one.details["version"]), str(one.details["door"])) for one in told]


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
