"""Checking the logs in the database against the evidence outside."""

from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import transaction

from sundial.server.audit import queries, rules
from sundial.server.audit.storage import EvidenceError, Folder, Outside, Shelf
from sundial.server.audit.types import Report, Verdict
from sundial.server.audit.verify.archives import DamagedArchiveError
from sundial.server.audit.verify.entries import BadEntryError, Checking
from sundial.server.audit.verify.evidence import ContradictionError, Evidence, gather, opened
from sundial.server.audit.verify.way import ArchiveWalk, RewrittenError, Way
from sundial.server.lib.scope import acting_for
from sundial.server.lib.signed_note import Checkpoint, NoteError, open_note

_NEW = timedelta(minutes=10)


def verify_live(
    *,
    directory: Path,
    publics: Sequence[bytes],
    checkpoint: str | None = None,
    only: int | None = None,
    archives: Path | None = None,
) -> Report:
    """Check every log, or one, against the checkpoint directory and, if given, against one more signed note.

    `publics` are the public checkpoint keys. With a note, only the log that it names is checked. Entries that were
    archived are read from the directory of archives, where the files are there.
    """
    if not publics:
        return Report(cannot="there is no public checkpoint key")
    try:
        given = open_note(checkpoint, publics) if checkpoint is not None else None
        outside, shelf = Outside(directory), Shelf(archives or Path(settings.ARCHIVE_DIR))
        logs = _logs_to_check(outside, given, only)
        return _report(outside, shelf, logs, publics, given)
    except (NoteError, EvidenceError) as error:
        return Report(cannot=str(error))
    except DatabaseError as error:
        return Report(cannot=f"the database cannot be read: {error}")


def _logs_to_check(outside: Outside, given: Checkpoint | None, only: int | None) -> list[int]:
    if given is not None:
        log = rules.log_of(given.origin)
        if log is None:
            raise NoteError(f"{given.origin} is not the name of an audit log")
        return [log]
    if only is not None:
        return [only]
    # A log of which only the outside still knows was removed as a whole.
    return sorted({*outside.logs(), *(standing.log for standing in queries.logs())})


def _report(
    outside: Outside, shelf: Shelf, logs: Sequence[int], publics: Sequence[bytes], given: Checkpoint | None
) -> Report:
    verdicts, warnings, bare = [], [], []
    for log in logs:
        verdict, noted = _verdict(log, (outside.log(log), shelf), publics, given)
        verdicts.append(verdict)
        warnings += [f"log {log}: {warning}" for warning in noted]
        bare += [log] if verdict.size and not verdict.attested else []
    return Report(verdicts, _missing(outside, bare, everything=len(bare) == len(verdicts)), warnings)


def _missing(outside: Outside, bare: Sequence[int], *, everything: bool) -> str:
    """What cannot be told for want of checkpoints; a log may be without one only if it is quite new."""
    if everything and bare:
        return f"no checkpoint was found in {outside.directory}, so a rewritten log would not be noticed"
    latest = outside.last_written()
    old = [str(log) for log in bare if latest and (start := queries.began(log)) and start < latest - _NEW]
    return f"the checkpoints of log {', '.join(old)} are gone" if old else ""


def _verdict(
    log: int, kept: tuple[Folder, Shelf], publics: Sequence[bytes], given: Checkpoint | None
) -> tuple[Verdict, list[str]]:
    # The notes are read before the rows: what is written meanwhile may be more than they cover, never less.
    folder, shelf = kept
    note = folder.note()
    last = opened(note, log, publics) if note is not None else None
    earlier = [opened(text, log, publics) for text in folder.earlier()]
    name = f"log {log}"
    try:
        evidence = gather(folder, [*earlier, *filter(None, (last, given))], last)
        walk = _Walk(log, evidence, shelf, publics)
        size = walk.go()
    except BadEntryError as error:
        return Verdict(name, "tampered", first_bad=error.seq, reason=error.reason), []
    except (ContradictionError, RewrittenError, DamagedArchiveError) as error:
        return Verdict(name, "tampered", reason=str(error)), []
    warning = evidence.damage or ("" if evidence.attested else "no checkpoint outside covers it yet")
    verdict = Verdict(name, "intact", size, evidence.attested, walk.erased, archived=walk.archived.entries)
    return verdict, [*([warning] if warning else []), *walk.archived.notes()]


class _Walk:
    """One way through a log from its first entry, with the evidence beside it."""

    def __init__(self, log: int, evidence: Evidence, shelf: Shelf, publics: Sequence[bytes]) -> None:
        self.evidence = evidence
        self.checking = Checking(log, queries.erasures(log))
        self.archived = ArchiveWalk(log, evidence, shelf, publics)

    def go(self) -> int:
        """Check every entry and then the end of the log; its size if nothing is wrong."""
        log, end = self.checking.log, queries.end_of(self.checking.log)
        way = self.archived.go()
        self._read(log, end.last, way)
        self._check_end(end, way)
        self.checking.finish(queries.erasures(log))
        self.archived.finish(queries.erasures(log))
        return end.size

    @property
    def erased(self) -> int:
        """How many entries have lost personal values by erasing."""
        return self.checking.erased + self.archived.checking.erased

    def _read(self, log: int, upto: int, way: Way) -> None:
        self.checking.checked = way.base
        with acting_for(log), transaction.atomic(), closing(queries.rows(log, upto=upto)) as rows:
            leaves = self.checking.leaves(rows, after=way.base)
            for expected, hashed in zip(way.known, leaves, strict=False):
                if expected != hashed:
                    raise BadEntryError(self.checking.checked, "it is not the entry that was checkpointed")
            for hashed in leaves:
                way.grow(hashed)

    def _check_end(self, end: queries.End, way: Way) -> None:
        found, attested = self.checking.checked, self.evidence.attested
        if found < max(attested, end.size):
            raise BadEntryError(found + 1, "the entry is missing, and all after it")
        if found > end.size:
            raise BadEntryError(max(end.size, attested) + 1, "the log's head says that it ends before")
        if end.frontier is None or end.frontier.root() != way.edge.root():
            raise BadEntryError(attested + 1, "from here on the entries do not give the root in the log's head")
