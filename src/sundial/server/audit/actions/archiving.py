"""Old entries go into files: written, read back, told of in the log, attested from outside, and only then removed."""

import base64
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from sundial.server.audit import queries, rules
from sundial.server.audit.actions.checkpoints import RefusedError, Signer, signer, write_checkpoint
from sundial.server.audit.actions.recording import locked_edge, record
from sundial.server.audit.models import Archive as ArchiveRow
from sundial.server.audit.models import ArchiveKey, Rule
from sundial.server.audit.rules import archive as form
from sundial.server.audit.rules import months
from sundial.server.audit.storage import EvidenceError, Folder, Kept, Outside, Shelf
from sundial.server.audit.types import Action, Archive, Subject
from sundial.server.audit.verify.archives import PURPOSE, DamagedArchiveError, bound, key_bound, rows
from sundial.server.audit.verify.entries import BadEntryError, Checking
from sundial.server.lib import canonical, sealing
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Invalid
from sundial.server.lib.merkle import Frontier
from sundial.server.lib.scope import acting_for
from sundial.server.lib.signed_note import NoteError

AT_ONCE = 2_000  # entries read in one transaction
MOST = 50_000  # entries in one archive: it is written, and taken out of the table, in one go

_logger = structlog.get_logger(__name__)


def change_archive_rule(*, acting: Acting, log: int, months_kept: int | None, now: datetime) -> None:
    """After how many months entries of this log are archived (None: never); Invalid outside the limits."""
    if months_kept is not None and not months.SHORTEST <= months_kept <= months.LONGEST:
        raise Invalid({"months": f"Between {months.SHORTEST} and {months.LONGEST} months, or never."})
    with acting_for(log), transaction.atomic():
        before = queries.archived_after(log)
        if before == months_kept:
            return
        Rule.objects.filter(company_id=log).delete()
        if months_kept is not None:
            Rule.objects.create(company_id=log, months=months_kept)
        record(
            acting=acting,
            company_id=log,
            action=Action.SETTINGS_CHANGED,
            description="When audit entries are archived was changed",
            details={
                "old_values": {"audit_archived_after_months": before},
                "new_values": {"audit_archived_after_months": months_kept},
            },
            target_kind="company" if log else "",
            target_id=log or None,
            now=now,
        )


def archive_all(*, now: datetime) -> dict[int, int]:
    """What every log's rule says is archived; how many entries of which log. A log that fails holds up no other."""
    done, who = {}, signer()
    outside, shelf = Outside(Path(settings.CHECKPOINT_DIR)), Shelf(Path(settings.ARCHIVE_DIR))
    for log, kept in queries.archive_rules():
        try:
            desk = Desk(log, outside.log(log), shelf, who)
            if count := archive_old(desk, before=months.line(now, kept), now=now):
                done[log] = count
        except (RefusedError, BadEntryError, DamagedArchiveError, NoteError, EvidenceError, DatabaseError) as problem:
            _logger.error("audit_archive_refused", log=log, reason=str(problem))
    return done


@dataclass(frozen=True, slots=True)
class Desk:
    """All that is at hand for archiving one log."""

    log: int
    folder: Folder
    shelf: Shelf
    signer: Signer


def archive_old(desk: Desk, *, before: datetime, now: datetime, most: int = MOST) -> int:
    """Archive what was made before this moment, a month in a file; how many entries left the table. Safe to kill."""
    gone = 0
    write_checkpoint(log=desk.log, folder=desk.folder, signer=desk.signer, now=now)
    for archive in queries.archives(desk.log):
        gone += 0 if archive.removed else _remove(desk, archive, now)
    while True:
        made = queries.archives(desk.log)
        after = made[-1].last if made else 0
        last = _end_of_month(desk.log, after, before)
        if last <= after:
            return gone
        edge = Frontier.from_bytes(after, made[-1].frontier if made else b"")
        gone += _remove(desk, write_archive(desk, edge, min(last, after + most), len(made) + 1, now), now)


def _end_of_month(log: int, after: int, before: datetime) -> int:
    """The last entry of the month in which the first entry after this one was made; none unless all of it is old."""
    oldest = queries.oldest_in_table(log, after=after)
    if oldest is None or (end := months.end_of(oldest)) > before:
        return after
    return queries.last_before(log, end, after=after)


@dataclass
class _Writing:
    """One archive while it is written: the keys of its people, and how many halves each seals."""

    desk: Desk
    number: int
    edge: Frontier
    wrapped: dict[Subject, bytes] = field(default_factory=dict)
    halves: dict[Subject, int] = field(default_factory=dict)
    times: list[bytes] = field(default_factory=list)
    _keys: dict[Subject, bytes] = field(default_factory=dict)

    def lines(self, last: int) -> Iterator[bytes]:
        """A line for each entry up to `last`, each checked as when a checkpoint is written."""
        log = self.desk.log
        checking = Checking(log, queries.erasures(log))
        for after in range(self.edge.size, last, AT_ONCE):
            batch = _batch(log, after, min(last, after + AT_ONCE))
            for row, leaf in zip(batch, checking.leaves(batch, after=after), strict=True):
                self.edge.append(leaf)
                self.times = [*self.times[:1], row[1]]
                yield form.line_of(log, row, self._sealed(row, "about"), self._sealed(row, "actor"))
        if self.edge.size != last:
            raise RefusedError(f"the entries end at {self.edge.size}, before {last}")
        checking.finish(queries.erasures(log))

    def _sealed(self, row: list[bytes], half: str) -> bytes | None:
        kind, number, salt, *values = (*row[6:8], *row[15:19]) if half == "about" else (*row[3:5], *row[12:15])
        if not salt:
            return None
        who = form.whose(kind, number)
        self.halves[who] = self.halves.get(who, 0) + 1
        plain = rules.opening(bytes.fromhex(salt.decode()), *values)
        return sealing.seal(self._key(who), plain, bound(self.desk.log, int(row[0]), half))

    def _key(self, who: Subject) -> bytes:
        if who not in self._keys:
            aad = key_bound(self.desk.log, self.number, who)
            self.wrapped[who] = sealing.new_wrapped_key(PURPOSE, aad)
            self._keys[who] = sealing.unwrap(PURPOSE, self.wrapped[who], aad)
        return self._keys[who]


def _batch(log: int, after: int, upto: int) -> list[list[bytes]]:
    with acting_for(log), transaction.atomic(), closing(queries.rows(log, after=after, upto=upto)) as found:
        return list(found)


def write_archive(desk: Desk, edge: Frontier, last: int, number: int, now: datetime) -> Archive:
    """Write the file and tell of it in the log; nothing has left the table yet."""
    began, before, first = queries.end_of(desk.log).size, edge.to_bytes(), edge.size + 1
    writing = _Writing(desk, number, edge)

    def head(digests: bytes) -> bytes:
        _must_be_attested(desk.folder, edge)
        return _head(writing, first - 1, before, digests, now)

    kept = desk.shelf.put(desk.log, number, writing.lines(last), head)
    return _record(writing, first, kept, began, now)


def _must_be_attested(folder: Folder, edge: Frontier) -> None:
    if folder.frontier(edge.size).root() != edge.root():
        raise RefusedError("the entries are not those that were checkpointed")


def _head(writing: _Writing, after: int, before: bytes, digests: bytes, now: datetime) -> bytes:
    desk, edge = writing.desk, writing.edge
    said: dict[str, Any] = {
        "after": after,
        "before": before.hex(),
        "checkpoint": desk.signer.note(desk.log, edge.size, edge.root()),
        "digests": base64.b64encode(digests).decode(),
        "format": form.FORMAT,
        "key": desk.signer.key.key_id,
        "log": desk.log,
        "made_at": rules.moment(now),
        "number": writing.number,
        "origin": desk.signer.name(desk.log),
        "upto": edge.size,
        "v": 1,
    }
    signature = desk.signer.key.private.sign(form.unsigned(said).encode())
    return canonical.dumps(said | {"signature": base64.b64encode(signature).decode()}) + b"\n"


@transaction.atomic
def _record(writing: _Writing, first: int, kept: Kept, began: int, now: datetime) -> Archive:
    log, edge = writing.desk.log, writing.edge
    first_at, last_at = (datetime.fromisoformat(at.decode()) for at in (writing.times[0], writing.times[-1]))
    made = Archive(
        log,
        writing.number,
        first,
        edge.size,
        first_at,
        last_at,
        now,
        kept.bytes,
        kept.sha256,
        edge.to_bytes(),
        0,
        False,
    )
    with acting_for(log):
        recorded = locked_edge(log).size + 1
        meanwhile = {who for who, seq in queries.erasures(log).items() if seq > began}
        record(
            acting=Acting.system(),
            company_id=log,
            action=Action.AUDIT_ARCHIVED,
            description=f"The entries {first} to {edge.size} were archived",
            details=made.as_recorded(),
            target_kind="company" if log else "",
            target_id=log or None,
            now=now,
        )
        _store(made, recorded)
        _store_keys(writing, without=meanwhile)
    return replace(made, recorded=recorded)


def _store_keys(writing: _Writing, *, without: set[Subject]) -> None:
    ArchiveKey.objects.bulk_create(
        ArchiveKey(
            company_id=writing.desk.log,
            archive=writing.number,
            kind=who.kind,
            subject=who.id,
            halves=writing.halves[who],
            wrapped=wrapped,
        )
        for who, wrapped in writing.wrapped.items()
        if who not in without
    )


def _store(made: Archive, recorded: int) -> None:
    ArchiveRow.objects.create(
        company_id=made.log,
        number=made.number,
        first=made.first,
        last=made.last,
        first_at=made.first_at,
        last_at=made.last_at,
        made_at=made.made_at,
        length=made.length,
        sha256=bytes.fromhex(made.sha256),
        frontier=made.frontier,
        recorded=recorded,
    )


def _remove(desk: Desk, archive: Archive, now: datetime) -> int:
    """Read the file back, have the log attested as it is now, and take the entries out of the table; how many."""
    _read_back(desk, archive)
    with acting_for(desk.log), transaction.atomic(), connection.cursor() as cursor:
        locked_edge(desk.log)  # so that the checkpoint is of the log's very end
        write_checkpoint(log=desk.log, folder=desk.folder, signer=desk.signer, now=now)
        cursor.execute("SELECT audit_remove_archived(%s, %s)", [archive.number, desk.folder.note()])
        return int(cursor.fetchone()[0])


def _read_back(desk: Desk, archive: Archive) -> None:
    if not desk.shelf.has(desk.log, archive.number):
        raise EvidenceError(f"{desk.shelf.path(desk.log, archive.number)} is gone")
    checking = Checking(desk.log, queries.erasures(desk.log))
    earlier = [one.frontier for one in queries.archives(desk.log) if one.last == archive.first - 1]
    edge = Frontier.from_bytes(archive.first - 1, earlier[0] if earlier else b"")
    for leaf in checking.leaves(rows(archive, desk.shelf, desk.signer.publics), after=edge.size):
        edge.append(leaf)
    checking.finish(queries.erasures(desk.log))
    if edge.to_bytes() != archive.frontier:
        raise RefusedError("the archive's entries do not give the edge of the tree that was recorded")
