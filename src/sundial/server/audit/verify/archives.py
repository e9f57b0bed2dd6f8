"""Checking archives: each line against the signed head, each entry against its commitments."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sundial.protocol.signing import key_id_of
from sundial.server.audit import queries, rules
from sundial.server.audit.rules import archive as form
from sundial.server.audit.storage import BrokenArchive, Shelf
from sundial.server.audit.storage.archives import lines_of
from sundial.server.audit.types import Archive, Report, Subject, Verdict
from sundial.server.audit.verify.entries import BadEntryError
from sundial.server.lib import sealing
from sundial.server.lib.merkle import Frontier
from sundial.server.lib.signed_note import Checkpoint, NoteError, open_note

PURPOSE = "audit"  # of the root key that wraps the keys of archives


class DamagedArchiveError(Exception):
    """A file is not as it was written, somewhere outside its entries; the text says which and where."""


@dataclass
class Opener:
    """Opens the sealed halves of one archive, where the key of their person is still there."""

    log: int
    number: int
    wrapped: Mapping[Subject, bytes]
    _keys: dict[Subject, bytes | None] = field(default_factory=dict)

    def open(self, seq: int, half: str, whose: Subject, sealed: bytes | None, count: int) -> list[bytes]:
        """The salt in hex and the values; all empty if they were erased (SealBroken for what was changed)."""
        key = self._key(whose) if sealed is not None else None
        if sealed is None or key is None:
            return [b""] * (count + 1)
        try:
            salt, values = rules.opened(sealing.unseal(key, sealed, bound(self.log, seq, half)), count)
        except ValueError as error:
            raise sealing.SealBroken("what was sealed is no opening") from error
        return [salt.hex().encode(), *values]

    def _key(self, whose: Subject) -> bytes | None:
        if whose not in self._keys:
            wrapped = self.wrapped.get(whose)
            aad = key_bound(self.log, self.number, whose)
            self._keys[whose] = None if wrapped is None else sealing.unwrap(PURPOSE, wrapped, aad)
        return self._keys[whose]


def bound(log: int, seq: int, half: str) -> bytes:
    """What a sealed half is bound to."""
    return f"audit|{log}|{seq}|{half}".encode()


def key_bound(log: int, number: int, whose: Subject) -> bytes:
    """What the key of one person in one archive is bound to."""
    return f"audit-archive|{log}|{number}|{whose.kind}|{whose.id}".encode()


class Reading:
    """The lines of a file, each compared with what its signed head says of it."""

    def __init__(self, lines: Iterator[bytes], publics: Sequence[bytes]) -> None:
        self._lines = lines
        self.head: dict[str, Any] = {}
        self.checkpoint: Checkpoint | None = None
        self.problem = ""
        self._digests: list[bytes] = []
        try:
            self.head = form.head_in(next(lines, b""))
            _check_signature(self.head, publics)
            self.checkpoint = open_note(self.head["checkpoint"], publics)
            self._digests = form.digests_in(self.head)
        except (BrokenArchive, NoteError, InvalidSignature, ValueError, TypeError) as error:
            self.problem = f"its head is damaged ({error})" if str(error) else "its head is not signed by a known key"

    def expect(self, archive: Archive) -> None:
        """Take note if the head is not that of this archive; then what it says of lines is not believed either."""
        said = tuple(self.head.get(name) for name in ("log", "number", "after", "upto"))
        if not self.problem and said != (archive.log, archive.number, archive.first - 1, archive.last):
            self.problem, self._digests = "its head is that of another archive", []

    def entries(self, first: int, last: int) -> Iterator[tuple[int, bytes]]:
        """Each entry's number and line (BadEntryError at the first that is missing or not as it was written)."""
        for at, seq in enumerate(range(first, last + 1)):
            try:
                line = next(self._lines)
            except StopIteration:
                raise BadEntryError(seq, "the archive ends before it") from None
            except BrokenArchive as error:
                raise BadEntryError(seq, "from here on the archive cannot be read") from error
            if self._digests and form.digest(line) != self._digests[at]:
                raise BadEntryError(seq, "its line in the archive is not as it was written")
            yield seq, line

    def finish(self) -> None:
        """DamagedArchiveError if anything but an entry is not as it was written."""
        try:
            if next(self._lines, None) is not None:
                self.problem = self.problem or "it has more lines than entries"
        except BrokenArchive:
            self.problem = self.problem or "its end cannot be read"
        if self.problem:
            raise DamagedArchiveError(self.problem)


def _check_signature(head: dict[str, Any], publics: Sequence[bytes]) -> None:
    known = {key_id_of(public): public for public in publics}
    if head["key"] not in known:
        raise ValueError("signed by a key that is not known")
    signature = base64.b64decode(head["signature"], validate=True)
    Ed25519PublicKey.from_public_bytes(known[head["key"]]).verify(signature, form.unsigned(head).encode())


def rows(archive: Archive, shelf: Shelf, publics: Sequence[bytes]) -> Iterator[list[bytes]]:
    """The parts of an archive's entries as `rules.PARTS` names them, each line checked against the signed head.

    BadEntryError at the first that is not as it was written, DamagedArchiveError at the end for what is wrong besides.
    """
    opener = Opener(archive.log, archive.number, queries.sealed_keys(archive.log, archive.number))
    reading = Reading(shelf.lines(archive.log, archive.number), publics)
    reading.expect(archive)
    for seq, line in reading.entries(archive.first, archive.last):
        yield _opened(seq, line, opener)
    try:
        reading.finish()
    except DamagedArchiveError as error:
        raise DamagedArchiveError(f"archive {archive.number} is damaged outside its entries: {error}") from error
    if shelf.digest(archive.log, archive.number) != archive.sha256:
        raise DamagedArchiveError(f"archive {archive.number} is not, byte for byte, the file that was recorded")


def _opened(seq: int, line: bytes, opener: Opener) -> list[bytes]:
    try:
        log, parts, about, actor = form.parts_of(line)
        by = opener.open(seq, "actor", form.whose(parts[3], parts[4]), actor, 2)
        of = opener.open(seq, "about", form.whose(parts[6], parts[7]), about, 3)
    except ValueError as error:
        raise BadEntryError(seq, "the line is not an entry as it was written") from error
    except sealing.SealBroken as error:
        raise BadEntryError(seq, "its sealed values are not those that were sealed") from error
    if log != opener.log:
        raise BadEntryError(seq, f"it is an entry of log {log}")
    return [*parts, *by, *of]


def verify_archive(*, path: Path, publics: Sequence[bytes], checkpoint: str | None = None) -> Report:
    """Check an archive with nothing but the file, the public keys and perhaps a note; what is sealed stays sealed."""
    if not publics:
        return Report(cannot="there is no public checkpoint key")
    try:
        given = open_note(checkpoint, publics) if checkpoint is not None else None
        reading = Reading(lines_of(path), publics)
        verdict, first = _alone(path, reading, given)
    except NoteError as error:
        return Report(cannot=str(error))
    except OSError as error:
        return Report(cannot=f"{path} cannot be read: {error.strerror}")
    notes = [f"it holds the entries {first} to {first + verdict.size - 1}; their personal values are sealed"]
    return Report([verdict], warnings=notes if verdict.state == "intact" else ())


def _alone(path: Path, reading: Reading, given: Checkpoint | None) -> tuple[Verdict, int]:
    if reading.checkpoint is None:
        return Verdict(path.name, "tampered", reason=reading.problem), 0
    after, upto = reading.head["after"], reading.head["upto"]
    roots = {one.size: one.root for one in (reading.checkpoint, given) if one is not None}
    try:
        edge = Frontier.from_bytes(after, bytes.fromhex(reading.head["before"]))
        for seq, line in reading.entries(after + 1, upto):
            edge.append(_leaf_of(seq, line))
            if seq in roots and edge.root() != roots[seq]:
                raise BadEntryError(seq, "here the entries do not give the root that was checkpointed")
        reading.finish()
    except BadEntryError as error:
        return Verdict(path.name, "tampered", first_bad=error.seq, reason=error.reason), after + 1
    except (DamagedArchiveError, ValueError) as error:
        return Verdict(path.name, "tampered", reason=str(error)), after + 1
    return Verdict(path.name, "intact", upto - after, upto - after), after + 1


def _leaf_of(seq: int, line: bytes) -> bytes:
    try:
        return bytes.fromhex(form.parts_of(line)[1][-1].decode())
    except ValueError as error:
        raise BadEntryError(seq, "the line is not an entry as it was written") from error
