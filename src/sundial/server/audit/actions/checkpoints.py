"""Signing what each log holds now, and carrying the evidence out of the database."""

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog
from django.conf import settings
from django.db import connection, transaction

from sundial.protocol.signing import SigningKey
from sundial.server.audit import queries, rules
from sundial.server.audit.storage import EvidenceError, Folder, Outside, Shelf
from sundial.server.audit.verify.archives import DamagedArchiveError
from sundial.server.audit.verify.archives import rows as archived_rows
from sundial.server.audit.verify.entries import BadEntryError, Checking
from sundial.server.audit.verify.evidence import opened
from sundial.server.lib import keys
from sundial.server.lib.merkle import Frontier
from sundial.server.lib.scope import acting_for
from sundial.server.lib.signed_note import Checkpoint, NoteError, sign, verifier

KEY_PURPOSE = "checkpoint"
_ONE_AT_A_TIME = 0x53756E64  # the first key of the advisory lock; the second is the log

_logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Signer:
    """The key that signs checkpoints, and all that ever did."""

    key: SigningKey
    publics: tuple[bytes, ...]

    def name(self, log: int) -> str:
        """The name of a log; it stays the same when the key is rotated."""
        return rules.origin(rules.installation_of(self.publics[0]), log)

    def note(self, log: int, size: int, root: bytes) -> str:
        """A signed checkpoint."""
        return sign(Checkpoint(self.name(log), size, root), self.key.private)

    def verifiers(self, log: int) -> str:
        """The lines by which other tools know the keys."""
        return "".join(f"{verifier(self.name(log), public)}\n" for public in self.publics)


class RefusedError(Exception):
    """The log is not what was checkpointed before, so nothing is signed; verifying says more."""


def signer() -> Signer:
    """The signer of this installation; its key is made at first use."""
    key = keys.load_or_make(KEY_PURPOSE)
    return Signer(key, tuple(named.public for named in keys.publics(KEY_PURPOSE)))


def write_checkpoints(*, now: datetime, directory: Path | None = None) -> list[int]:
    """Write a checkpoint of every log that grew since its last one; answers which.

    A log that contradicts its last checkpoint gets none, and the reason is logged: the evidence outside
    then still shows what was there before.
    """
    outside, who = Outside(directory or Path(settings.CHECKPOINT_DIR)), signer()
    written = []
    for standing in queries.logs():
        folder = outside.log(standing.log)
        try:
            if not _is_attested(standing, folder, who) and write_checkpoint(
                log=standing.log, folder=folder, signer=who, now=now
            ):
                written.append(standing.log)
        except (RefusedError, BadEntryError, DamagedArchiveError, NoteError, EvidenceError) as problem:
            _logger.error("audit_checkpoint_refused", log=standing.log, reason=str(problem))
    return written


def _is_attested(standing: queries.Standing, folder: Folder, who: Signer) -> bool:
    """Whether the last checkpoint says all there is to say; of most logs it does, so this costs no transaction."""
    note = folder.note()
    if note is None:
        return standing.size == 0
    last = opened(note, standing.log, who.publics)
    return (last.size, last.root) == (standing.size, standing.root)


def last_notes(directory: Path | None = None) -> dict[int, str]:
    """The last checkpoint of every log, to be carried away."""
    outside = Outside(directory or Path(settings.CHECKPOINT_DIR))
    notes = ((log, outside.log(log).note()) for log in outside.logs())
    return {log: note for log, note in notes if note is not None}


def write_checkpoint(*, log: int, folder: Folder, signer: Signer, now: datetime) -> bool:
    """Check what came since the last checkpoint and sign the whole; False if nothing came."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_ONE_AT_A_TIME, log % 2**31])
        note = folder.note()
        before = opened(note, log, signer.publics) if note is not None else None
        size = before.size if before else 0
        end = queries.end_of(log)
        if end.size < size:
            raise RefusedError(f"{size} entries were checkpointed, and {end.size} are there")
        if end.size == size:
            _check_same(before, end)
            return False
        edge = _edge_before(folder, before)
        start = edge.size
        leaves = _fresh_leaves(log, edge, end, before, signer.publics)
        folder.extend(start, leaves)
        folder.keep(signer.note(log, end.size, edge.root()), signer.verifiers(log), now.astimezone(UTC).date())
        folder.tidy(size, end.size)
    return True


def _check_same(before: Checkpoint | None, end: queries.End) -> None:
    if before is not None and (end.frontier is None or end.frontier.root() != before.root):
        raise RefusedError("the log's head is not the one that was checkpointed")


def _edge_before(folder: Folder, before: Checkpoint | None) -> Frontier:
    """The tree's edge at the last checkpoint; at the very beginning where the kept leaf hashes are damaged."""
    if before is None:
        return Frontier()
    try:
        edge = folder.frontier(before.size)
    except EvidenceError:
        return Frontier()
    return edge if edge.root() == before.root else Frontier()


def _fresh_leaves(
    log: int, edge: Frontier, end: queries.End, before: Checkpoint | None, publics: Sequence[bytes]
) -> Sequence[bytes]:
    """The checked leaf hashes after the edge, which grows with them to the log's end."""
    checking, leaves = Checking(log, queries.erasures(log)), []
    checking.checked = edge.size
    with acting_for(log), closing(_rows(log, edge.size, end.size, publics)) as rows:
        for leaf in checking.leaves(rows, after=edge.size):
            leaves.append(leaf)
            edge.append(leaf)
            # Leaf hashes that were lost are made again only from entries that give the signed root.
            if before is not None and edge.size == before.size and edge.root() != before.root:
                raise RefusedError("the entries do not give the root that was checkpointed")
    checking.finish(queries.erasures(log))
    if end.frontier is None or edge.size != end.size or edge.root() != end.frontier.root():
        raise RefusedError("the entries do not give the root in the log's head")
    return leaves


def _rows(log: int, after: int, upto: int, publics: Sequence[bytes]) -> Generator[list[bytes], None, None]:
    """The entries after a number; where that is the very beginning, the archived ones come from their files."""
    shelf = Shelf(Path(settings.ARCHIVE_DIR))
    for archive in queries.archives(log) if after == 0 else ():
        if not archive.removed:
            break
        if not shelf.has(log, archive.number):
            raise RefusedError(f"to make the leaf hashes again, archive {archive.number} would have to be here")
        yield from archived_rows(archive, shelf, publics)
        after = archive.last
    yield from queries.rows(log, after=after, upto=upto)
