"""Opening a file: judged, written down whatever the answer is, and only then read."""

import threading
import time
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from sundial.server.audit.actions import record
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Conflict, NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.lib.seal import SealBroken
from sundial.server.vault.gate.deciding import Judged, judged, judged_again
from sundial.server.vault.gate.reading import Reading
from sundial.server.vault.models import Denial, File, Share, Version
from sundial.server.vault.queries.shares import share_of
from sundial.server.vault.queries.visible import inside
from sundial.server.vault.storage import Reader, open_version
from sundial.server.vault.types import Door

BROKEN = "This file cannot be read: its bytes or its keys are not what they were. Tell your administrator."
SAME_READING = 600.0  # seconds in which parts of one version are one reading by one person
_MOST_READINGS = 10_000


class Denied(NotAllowed):
    """The rule is not true for whoever asked; the message is the reason."""

    code = "denied"


class LinkOver(NotAllowed):
    """The share link has ended."""


@dataclass(frozen=True)
class Content:
    """A version of a file that may be read now, by this person."""

    acting: Acting
    file: File
    version: Version
    door: Door
    share_id: int | None = None

    @property
    def etag(self) -> str:
        """Changes with every byte: a version's bytes never do."""
        return f'"{self.version.storage.hex}"'

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return self.version.size

    def reader(self, start: int = 0, stop: int | None = None) -> Reading:
        """A part of it to read; Conflict if its seal is broken. It is judged again while it is read."""
        stop = self.size if stop is None else stop
        return Reading(self._checked(start), start, stop, self._still_open)

    def _checked(self, start: int) -> Reader:
        try:
            with acting_for(self.file.company_id), transaction.atomic():
                reader = open_version(self.file, self.version)
            try:
                reader.seek(start)
                reader.read(1)
            except SealBroken:
                reader.close()
                raise
        except SealBroken as error:
            raise Conflict(BROKEN) from error
        return reader

    def _still_open(self) -> bool:
        """Whether it may be read on; that the rule has turned meanwhile is written down like any other refusal."""
        now = clock.now()
        with acting_for(self.file.company_id), transaction.atomic():
            file = _found(self.file.pk)
            if file is None or not _version_lives(self.version):
                return False
            if self.share_id is not None and not _share_lives(self.share_id, now):
                return False
            found = judged_again(self.acting, file, now=now)
            if not found.allowed:
                _write_denial(self.acting, file, found, self.door, now)
            return found.allowed


def opened(
    *,
    acting: Acting,
    file_id: int,
    version: int | None = None,
    share: str | None = None,
    now: datetime,
    door: Door,
    start: int = 0,
    reading: bool = True,
    look: bool = False,
) -> Content:
    """The content of a file for whoever may read it now; that they did, or may not, is written down.

    Raises NotFound outside the company and for what is binned or erased, Denied with the reason, LinkOver for a link
    that has ended. `start` above 0 goes on with a reading, and so does a `look` at a preview after another;
    `reading` False asks only. Never inside a transaction: a refusal has to last.
    """
    _require_own_transaction()
    with acting_for(inside(acting)), transaction.atomic():
        link = _link(share, file_id, now)
        file = _found(file_id)
        row = None if file is None else _version(file, version)
        if file is None or row is None:
            raise NotFound
        found = judged(acting, file, now=now)
        if not found.allowed:
            _write_denial(acting, file, found, door, now)
        elif reading and not _readings.goes_on((acting.id, row.pk), later=look or start > 0):
            _write_reading(acting, file, row, door, link, now)
    if not found.allowed:
        raise Denied(found.said)
    return Content(acting, file, row, door, link.pk if link else None)


def previewed(*, acting: Acting, file_id: int, most: int, now: datetime) -> bytes:
    """The beginning of what is read now, at most so many bytes; looking again soon is the same reading."""
    content = opened(acting=acting, file_id=file_id, now=now, door=Door.PAGE, look=True)
    reading = content.reader(0, min(most, content.size))
    try:
        return reading.read()
    finally:
        reading.close()


def _require_own_transaction() -> None:
    if connection.in_atomic_block:
        raise RuntimeError("a file is opened outside any transaction: that somebody was refused has to last")


def _found(file_id: int) -> File | None:
    return File.objects.filter(id=file_id, binned_at__isnull=True, erased_at__isnull=True).first()


def _version(file: File, number: int | None) -> Version | None:
    wanted = file.version if number is None else number
    return Version.objects.filter(file_id=file.pk, number=wanted, wrapped_key__isnull=False).first()


def _version_lives(version: Version) -> bool:
    return Version.objects.filter(id=version.pk, wrapped_key__isnull=False).exists()


def _link(token: str | None, file_id: int, now: datetime) -> Share | None:
    if token is None:
        return None
    link = share_of(token)
    if link is None or link.file_id != file_id:
        raise NotFound
    if link.ended_at is not None or link.expires_at <= now:
        raise LinkOver("This link has ended. Ask whoever sent it for a new one.")
    return link


def _share_lives(share_id: int, now: datetime) -> bool:
    return Share.objects.filter(id=share_id, ended_at__isnull=True, expires_at__gt=now).exists()


def _write_denial(acting: Acting, file: File, found: Judged, door: Door, now: datetime) -> None:
    Denial.objects.create(
        company_id=file.company_id, file=file, user_id=acting.id or 0, at=now, reason=found.reason, door=door
    )
    _audit("FILE_DENIED", "was refused to", acting, file, now, {"door": str(door)}, {"reason": found.reason})


def _write_reading(acting: Acting, file: File, version: Version, door: Door, link: Share | None, now: datetime) -> None:
    if link is not None:
        Share.objects.filter(id=link.pk).update(opened=F("opened") + 1)
    facts: dict[str, object] = {"door": str(door), "version": version.number}
    facts |= {"share": link.pk} if link else {}
    _audit("FILE_OPENED", "was opened by", acting, file, now, facts, {})


def _audit(
    action: str,
    words: str,
    acting: Acting,
    file: File,
    now: datetime,
    details: dict[str, object],
    personal: dict[str, object],
) -> None:
    record(
        acting=acting,
        company_id=file.company_id,
        action=action,
        description=f"File {file.pk} {words} {acting.label}",
        details={"file": file.pk, **details},
        personal={"target": file.name, **personal},
        target_kind="file",
        target_id=file.pk,
        now=now,
    )


class _Readings:
    """Which readings are under way: their later parts and looks are not written down one by one."""

    def __init__(self) -> None:
        self._begun: dict[tuple[int | None, int], float] = {}
        self._lock = threading.Lock()

    def goes_on(self, key: tuple[int | None, int], *, later: bool) -> bool:
        """Whether this belongs to one that was written down: a beginning (`later` False) is always a new one."""
        at = time.monotonic()
        with self._lock:
            fresh = at - self._begun.get(key, -SAME_READING) < SAME_READING
            if later and fresh:
                return True
            if len(self._begun) >= _MOST_READINGS:
                self._begun.clear()
            self._begun[key] = at
            return False


_readings = _Readings()
