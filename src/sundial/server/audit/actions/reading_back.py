"""Reading archives back, for those who may read the log or what it says of them; and carrying one away."""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from sundial.server.audit import queries, rules
from sundial.server.audit.actions.checkpoints import signer
from sundial.server.audit.actions.recording import record
from sundial.server.audit.rules import bundle
from sundial.server.audit.rules.reading import concerns, has_words, view_of, words_in
from sundial.server.audit.storage import Shelf
from sundial.server.audit.types import Action, Archive, EntryView, Page, Subject
from sundial.server.audit.verify.archives import DamagedArchiveError, rows
from sundial.server.audit.verify.entries import BadEntryError
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Conflict, NotFound
from sundial.server.lib.scope import acting_for

PAGE_SIZE = 20
COUNTED_AT_MOST = 10_000


def archives_read_by(acting: Acting) -> list[tuple[Archive, bool]]:
    """The archives that hold what this person may read, newest first, and whether each file is here."""
    reader = queries.reader_of(acting)
    return _here(reader.log) if reader.about is None else archives_telling_of(reader.log, reader.about)


def archives_telling_of(log: int, someone: Subject) -> list[tuple[Archive, bool]]:
    """The archives that hold something by or about someone, newest first, and whether each file is here."""
    numbers = queries.telling_of(log, someone)
    return [(one, here) for one, here in _here(log) if one.number in numbers]


def archive_read_by(acting: Acting, number: int) -> Archive:
    """One of those that hold what this person may read, whose file is here (NotFound for every other)."""
    for one, here in archives_read_by(acting):
        if one.number == number and here:
            return one
    raise NotFound


def archived_entries(
    acting: Acting, archive: Archive, *, action_type: str = "", search: str = "", page: int = 1
) -> Page[EntryView]:
    """The entries of an archive, newest first, read back from its file; Conflict if that is not as it was written."""
    found: deque[list[bytes]] = deque(maxlen=COUNTED_AT_MOST)
    count, wanted, words = 0, rules.clean(action_type).encode(), words_in(search)
    with _readable():
        for row in _rows_read_by(acting, archive):
            if (not wanted or row[2] == wanted) and (not words or _has_words(archive.log, row, words)):
                found.append(row)
                count += 1
    pages = max(1, -(-len(found) // PAGE_SIZE))
    page = min(max(1, page), pages)
    newest = list(reversed(found))[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    items = [queries.seen_by(acting, view_of(archive.log, row)) for row in newest]
    return Page(items, len(found), page, pages, count > len(found))


def archived_entry(acting: Acting, seq: int) -> EntryView:
    """One entry that is in an archive alone (NotFound if it is in none that is here, or not for this reader)."""
    for one, here in archives_read_by(acting):
        if here and one.removed and one.first <= seq <= one.last:
            with _readable():
                for row in _rows_read_by(acting, one):
                    if int(row[0]) == seq:
                        return queries.seen_by(acting, view_of(one.log, row))
    raise NotFound


def told_in_archive(archive: Archive, about: Subject, *, actions: Sequence[str]) -> list[queries.Told]:
    """An archive's entries of these kinds about someone, newest first; for whom the caller lets."""
    kinds = {one.encode() for one in actions}
    whom = [about.kind.encode(), b"%d" % about.id]
    with _readable():
        found = [row for row in _rows(archive) if row[2] in kinds and row[6:8] == whom]
    views = (view_of(archive.log, row) for row in reversed(found))
    return [queries.Told(one.seq, one.at, one.action_type, one.user or "", one.details) for one in views]


def fetch_archive(*, acting: Acting, number: int, now: datetime) -> Iterator[bytes]:
    """The file itself, for those who may read the whole log; that it was fetched stands in the log."""
    queries.log_read_by(acting)
    archive = archive_read_by(acting, number)
    with acting_for(archive.log), transaction.atomic():
        record(
            acting=acting,
            company_id=archive.log,
            action=Action.AUDIT_EXPORTED,
            description=f"Archive {number} of the audit log was fetched",
            details={"archive": number, "format": "archive"},
            now=now,
        )
    return _shelf().pieces(archive.log, number)


def _here(log: int) -> list[tuple[Archive, bool]]:
    shelf = _shelf()
    return [(one, shelf.has(log, one.number)) for one in reversed(queries.archives(log))]


def _rows(archive: Archive) -> Iterator[list[bytes]]:
    return rows(archive, _shelf(), signer().publics)


def _rows_read_by(acting: Acting, archive: Archive) -> Iterator[list[bytes]]:
    about = queries.reader_of(acting).about
    return (row for row in _rows(archive) if about is None or concerns(row, about))


def _has_words(log: int, row: list[bytes], words: list[str]) -> bool:
    # What is withheld from a reader must not be guessed by looking for it either.
    return not bundle.withheld(log, row) and has_words(row, words)


def _shelf() -> Shelf:
    return Shelf(Path(settings.ARCHIVE_DIR))


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except (BadEntryError, DamagedArchiveError) as problem:
        raise Conflict("This archive is not as it was written. `sundial audit verify` says what is wrong.") from problem
