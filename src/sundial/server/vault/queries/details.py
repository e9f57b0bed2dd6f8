"""One file with all that its own page tells of it, read at one moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sundial.server.audit.queries import Told, told_about
from sundial.server.audit.types import Subject
from sundial.server.companies import queries as companies
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.vault import rules
from sundial.server.vault.models import Denial, File, Share, Version
from sundial.server.vault.queries.files import view
from sundial.server.vault.queries.folders import Tree, tree
from sundial.server.vault.queries.visible import inside
from sundial.server.vault.types import FileView

_LATEST = 20  # refused attempts and readings that are told
Named = Callable[[int], str]


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
class ReadingView:
    """Somebody opened a file."""

    at: datetime
    by: str
    version: int
    door: str


@dataclass(frozen=True, slots=True)
class Details:
    """What the page of a file shows; readings and refusals are empty for who may not change the file."""

    file: FileView
    folders: Tree
    versions: Sequence[VersionView]
    shares: Sequence[ShareView]
    readings: Sequence[ReadingView]
    denials: Sequence[DenialView]


def details(acting: Acting, file_id: int, *, opens: bool, now: datetime) -> Details:
    """All of a file for whom it opens, which the gate has said a moment ago, and for who may change it.

    NotFound for anybody else. As many questions to the database whatever there is to tell.
    """
    with acting_for(inside(acting)), transaction.atomic():
        file = File.objects.filter(id=file_id, binned_at__isnull=True, erased_at__isnull=True).first()
        if file is None or not (opens or rules.may_change(acting, file.owner_id)):
            raise NotFound
        return _told(acting, file, opens=opens, now=now)


def _told(acting: Acting, file: File, *, opens: bool, now: datetime) -> Details:
    keeps = rules.may_change(acting, file.owner_id)
    versions = list(Version.objects.filter(file_id=file.pk, wrapped_key__isnull=False).order_by("-number"))
    links = Share.objects.filter(file_id=file.pk).order_by("-id")
    shares = list(links if keeps else links.filter(made_by_id=acting.id))
    denials = list(Denial.objects.filter(file_id=file.pk).order_by("-id")[:_LATEST]) if keeps else []
    people = companies.names_of(
        {file.owner_id}
        | {row.created_by_id for row in versions}
        | {row.made_by_id for row in shares}
        | {row.user_id for row in denials}
    )
    known = tree()

    def named(user_id: int) -> str:
        return people[user_id].name if user_id in people else ""

    return Details(
        view(file, named(file.owner_id), known, opens),
        known,
        [_version(row, file, named) for row in versions],
        [_share(row, named, now) for row in shares],
        [_reading(one) for one in _readings(file)] if keeps else [],
        [DenialView(row.user_id, named(row.user_id), row.at, row.reason, row.door) for row in denials],
    )


def _version(row: Version, file: File, named: Named) -> VersionView:
    by, current = named(row.created_by_id), row.number == file.version
    return VersionView(row.number, row.size, row.media_type, row.created_at, by, current)


def _share(row: Share, named: Named, now: datetime) -> ShareView:
    lives, by = row.ended_at is None and now < row.expires_at, named(row.made_by_id)
    return ShareView(row.pk, by, row.made_at, row.expires_at, row.ended_at, row.opened, lives)


def _readings(file: File) -> Sequence[Told]:
    return told_about(file.company_id, Subject("file", file.pk), actions=["FILE_OPENED"], limit=_LATEST)


def _reading(one: Told) -> ReadingView:
    return ReadingView(one.at, one.by, int(one.details["version"]), str(one.details["door"]))
