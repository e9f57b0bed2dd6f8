"""Reading archives back, for those who may read the log they were made of; and carrying one away."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from sundial.server.audit import queries, rules
from sundial.server.audit.actions.checkpoints import signer
from sundial.server.audit.actions.recording import record
from sundial.server.audit.rules import bundle
from sundial.server.audit.rules.reading import has_words, view_of, words_in
from sundial.server.audit.storage import Shelf
from sundial.server.audit.types import Action, Archive, EntryView, Page
from sundial.server.audit.verify.archives import DamagedArchiveError, rows
from sundial.server.audit.verify.entries import BadEntryError
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Conflict, NotFound
from sundial.server.lib.scope import acting_for

PAGE_SIZE = 20
COUNTED_AT_MOST = 10_000


def archives_read_by(acting: Acting) -> list[tuple[Archive, bool]]:
    """The archives of the log that this person may read as a whole, newest first, and whether each file is here."""
    log = queries.log_read_by(acting)
    shelf = _shelf()
    return [(one, shelf.has(log, one.number)) for one in reversed(queries.archives(log))]


def archive_read_by(acting: Acting, number: int) -> Archive:
    """One of them, whose file is here (NotFound for every other)."""
    log = queries.log_read_by(acting)
    for one in queries.archives(log):
        if one.number == number and _shelf().has(log, number):
            return one
    raise NotFound


def archived_entries(
    acting: Acting, archive: Archive, *, action_type: str = "", search: str = "", page: int = 1
) -> Page[EntryView]:
    """The entries of an archive, newest first, read back from its file; Conflict if that is not as it was written."""
    found: deque[list[bytes]] = deque(maxlen=COUNTED_AT_MOST)
    count, wanted, words = 0, rules.clean(action_type).encode(), words_in(search)
    with _readable():
        for row in rows(archive, _shelf(), signer().publics):
            if (not wanted or row[2] == wanted) and (not words or _has_words(archive.log, row, words)):
                found.append(row)
                count += 1
    pages = max(1, -(-len(found) // PAGE_SIZE))
    page = min(max(1, page), pages)
    newest = list(reversed(found))[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    items = [queries.seen_by(acting, view_of(archive.log, row)) for row in newest]
    return Page(items, len(found), page, pages, count > len(found))


def archived_entry(acting: Acting, seq: int) -> EntryView:
    """One entry that is in an archive alone (NotFound if it is in none, or its file is not here)."""
    log = queries.log_read_by(acting)
    for one in queries.archives(log):
        if one.removed and one.first <= seq <= one.last and _shelf().has(log, one.number):
            with _readable():
                for row in rows(one, _shelf(), signer().publics):
                    if int(row[0]) == seq:
                        return queries.seen_by(acting, view_of(log, row))
    raise NotFound


def fetch_archive(*, acting: Acting, number: int, now: datetime) -> Iterator[bytes]:
    """The file itself, for those who may read the whole log; that it was fetched stands in the log."""
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
