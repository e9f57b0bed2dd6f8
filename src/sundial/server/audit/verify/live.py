"""Checking the logs in the database against the evidence outside."""

from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from django.db import Error as DatabaseError
from django.db import transaction

from sundial.server.audit import queries, rules
from sundial.server.audit.storage import EvidenceError, Folder, Outside
from sundial.server.audit.types import Report, Verdict
from sundial.server.audit.verify.entries import BadEntryError, Checking
from sundial.server.audit.verify.evidence import ContradictionError, Evidence, gather, opened
from sundial.server.lib.scope import acting_for
from sundial.server.lib.signed_note import Checkpoint, NoteError, open_note

_NEW = timedelta(minutes=10)


class _RewrittenError(Exception):
    """A checkpoint's root does not come out, and no leaf hashes are at hand to say which entry it is."""

    def __init__(self, good: int, bad: int) -> None:
        super().__init__(f"one of the entries {good + 1} to {bad} is not the one that was checkpointed")


def verify_live(
    *, directory: Path, publics: Sequence[bytes], checkpoint: str | None = None, only: int | None = None
) -> Report:
    """Check every log, or one, against the checkpoint directory and, if given, against one more signed note.

    `publics` are the public checkpoint keys. With a note, only the log that it names is checked.
    """
    if not publics:
        return Report(cannot="there is no public checkpoint key")
    try:
        given = open_note(checkpoint, publics) if checkpoint is not None else None
        outside = Outside(directory)
        logs = _logs_to_check(outside, given, only)
        return _report(outside, logs, publics, given)
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


def _report(outside: Outside, logs: Sequence[int], publics: Sequence[bytes], given: Checkpoint | None) -> Report:
    verdicts, warnings, bare = [], [], []
    for log in logs:
        verdict, warning = _verdict(log, outside.log(log), publics, given)
        verdicts.append(verdict)
        warnings += [f"log {log}: {warning}"] if warning else []
        bare += [log] if verdict.size and not verdict.attested else []
    return Report(verdicts, _missing(outside, bare, everything=len(bare) == len(verdicts)), warnings)


def _missing(outside: Outside, bare: Sequence[int], *, everything: bool) -> str:
    """What cannot be told for want of checkpoints; a log may be without one only if it is quite new."""
    if everything and bare:
        return f"no checkpoint was found in {outside.directory}, so a rewritten log would not be noticed"
    latest = outside.last_written()
    old = [str(log) for log in bare if latest and (start := queries.began(log)) and start < latest - _NEW]
    return f"the checkpoints of log {', '.join(old)} are gone" if old else ""


def _verdict(log: int, folder: Folder, publics: Sequence[bytes], given: Checkpoint | None) -> tuple[Verdict, str]:
    # The notes are read before the rows: what is written meanwhile may be more than they cover, never less.
    note = folder.note()
    last = opened(note, log, publics) if note is not None else None
    earlier = [opened(text, log, publics) for text in folder.earlier()]
    name = f"log {log}"
    try:
        evidence = gather(folder, [*earlier, *filter(None, (last, given))], last)
        walk = _Walk(log, evidence)
        size = walk.go()
    except BadEntryError as error:
        return Verdict(name, "tampered", first_bad=error.seq, reason=error.reason), ""
    except (ContradictionError, _RewrittenError) as error:
        return Verdict(name, "tampered", reason=str(error)), ""
    warning = evidence.damage or ("" if evidence.attested else "no checkpoint outside covers it yet")
    return Verdict(name, "intact", size, evidence.attested, walk.checking.erased), warning


class _Walk:
    """One way through a log from its first entry, with the evidence beside it."""

    def __init__(self, log: int, evidence: Evidence) -> None:
        self.evidence = evidence
        self.checking = Checking(log, queries.erasures(log))
        self._edge = evidence.edge.copy()
        self._good = evidence.known

    def go(self) -> int:
        """Check every entry and then the end of the log; its size if nothing is wrong."""
        log, end = self.checking.log, queries.end_of(self.checking.log)
        self._read(log, end.last)
        self._check_end(end)
        self.checking.finish(queries.erasures(log))
        return end.size

    def _read(self, log: int, upto: int) -> None:
        known = self.evidence.leaves()
        with acting_for(log), transaction.atomic(), closing(queries.rows(log, upto=upto)) as rows:
            leaves = self.checking.leaves(rows)
            for expected, hashed in zip(known, leaves, strict=False):
                if expected != hashed:
                    raise BadEntryError(self.checking.checked, "it is not the entry that was checkpointed")
            for hashed in leaves:
                self._grow(hashed)

    def _grow(self, hashed: bytes) -> None:
        self._edge.append(hashed)
        root = self.evidence.roots.get(self._edge.size)
        if root is None:
            return
        if self._edge.root() != root:
            raise _RewrittenError(self._good, self._edge.size)
        self._good = self._edge.size

    def _check_end(self, end: queries.End) -> None:
        found, attested = self.checking.checked, self.evidence.attested
        if found < max(attested, end.size):
            raise BadEntryError(found + 1, "the entry is missing, and all after it")
        if found > end.size:
            raise BadEntryError(max(end.size, attested) + 1, "the log's head says that it ends before")
        if end.frontier is None or end.frontier.root() != self._edge.root():
            raise BadEntryError(attested + 1, "from here on the entries do not give the root in the log's head")
