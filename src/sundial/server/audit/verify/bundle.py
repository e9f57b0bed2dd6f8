"""Checking an exported log, with nothing but the file, the public keys and perhaps a checkpoint."""

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sundial.protocol.signing import key_id_of
from sundial.server.audit import rules
from sundial.server.audit.rules import bundle
from sundial.server.audit.storage import EvidenceError, Outside
from sundial.server.audit.types import Action, Report, Subject, Verdict
from sundial.server.audit.verify.entries import BadEntryError, Checking
from sundial.server.audit.verify.evidence import ContradictionError, Evidence, gather, of_notes, opened
from sundial.server.lib import canonical
from sundial.server.lib.merkle import Frontier
from sundial.server.lib.signed_note import Checkpoint, NoteError, open_note

_ERASED = f'"action":"{Action.PERSONAL_DATA_ERASED}"'.encode()


class BadBundleError(Exception):
    """The file is not as it was sealed, somewhere outside its entries; the text says where."""


@dataclass
class _Outline:
    """What the ends of the file say, before its entries are looked at; `problem` if they do not fit it."""

    problem: str = ""
    log: int = 0
    size: int = 0
    checkpoint: Checkpoint | None = None
    explained: dict[Subject, int] = field(default_factory=dict)


def verify_export(
    *, path: Path, publics: Sequence[bytes], checkpoint: str | None = None, directory: Path | None = None
) -> Report:
    """Check an exported bundle; with a signed note or a checkpoint directory, also against those.

    Every byte of a bundle is sealed: any change makes the report say tampered, and which entry it is in.
    """
    if not publics:
        return Report(cannot="there is no public checkpoint key")
    try:
        given = open_note(checkpoint, publics) if checkpoint is not None else None
        outline = _outline(path, publics)
        evidence = _evidence(outline, publics, given, directory)
        return Report([_verdict(path, outline, evidence)], warnings=_warnings(outline, evidence))
    except ContradictionError as error:
        return Report([Verdict(path.name, "tampered", reason=str(error))])
    except (NoteError, EvidenceError) as error:
        return Report(cannot=str(error))
    except OSError as error:
        return Report(cannot=f"{path} cannot be read: {error.strerror}")


def _verdict(path: Path, outline: _Outline, evidence: Evidence) -> Verdict:
    checking = Checking(outline.log, outline.explained, exported=True)
    try:
        _walk(path, outline, evidence, checking)
    except BadEntryError as error:
        return Verdict(path.name, "tampered", first_bad=error.seq, reason=error.reason)
    except BadBundleError as error:
        return Verdict(path.name, "tampered", reason=str(error))
    if outline.problem:
        return Verdict(path.name, "tampered", reason=outline.problem)
    return Verdict(path.name, "intact", outline.size, outline.size, checking.erased)


def _warnings(outline: _Outline, evidence: Evidence) -> list[str]:
    later = [size for size in evidence.roots if size > outline.size]
    ends = f"the export ends at {outline.size}, before the checkpoint of {max(later)} entries" if later else ""
    return [warning for warning in (evidence.damage, ends) if warning]


def _outline(path: Path, publics: Sequence[bytes]) -> _Outline:
    outline, digest, last = _Outline(), sha256(), b""
    with path.open("rb") as file:
        first = file.readline()
        digest.update(first)
        for line in file:
            digest.update(last)
            _hear_of_erasing(last, outline.explained)
            last = line
    try:
        _read_head(first, outline)
        outline.checkpoint = _unseal(last, digest.hexdigest(), publics)
        if (outline.checkpoint.size, rules.log_of(outline.checkpoint.origin)) != (outline.size, outline.log):
            raise BadBundleError("its checkpoint is of another log or size")
    except BadBundleError as error:
        outline.problem = str(error)
    return outline


def _hear_of_erasing(line: bytes, explained: dict[Subject, int]) -> None:
    if _ERASED not in line:
        return
    try:
        _, parts = bundle.parts_of(line, strictly=True)
        explained |= dict.fromkeys(rules.erased_by(parts[8].decode()), int(parts[0]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return  # it is found to be no entry when its turn comes


def _json_line(line: bytes, where: str) -> dict[str, Any]:
    """The object on a line in its one canonical form."""
    try:
        said = json.loads(line)
        if isinstance(said, dict) and canonical.dumps(said) + b"\n" == line:
            return said
    except (ValueError, RecursionError):
        pass
    raise BadBundleError(f"its {where} line is damaged")


def _read_head(line: bytes, outline: _Outline) -> None:
    said = _json_line(line, "first")
    log, size = said.get("log"), said.get("size")
    if said.get("format") != bundle.FORMAT or type(log) is not int or type(size) is not int:
        raise BadBundleError("its first line is not that of an export")
    outline.log, outline.size = log, size


def _unseal(line: bytes, digest: str, publics: Sequence[bytes]) -> Checkpoint:
    said = _json_line(line, "last")
    if said.keys() != bundle.NAMES_OF_THE_LAST_LINE or not all(isinstance(one, str) for one in said.values()):
        raise BadBundleError("its last line is no seal")
    known = {key_id_of(public): public for public in publics}
    if said["sha256"] != digest or said["key"] not in known:
        raise BadBundleError("its seal does not fit: the file was changed, or sealed with another key")
    try:
        signature = base64.b64decode(said["signature"], validate=True)
        if base64.b64encode(signature).decode() != said["signature"]:
            raise BadBundleError("its seal is not written as it was")
        message = bundle.SEAL.format(digest=digest, note=said["checkpoint"]).encode()
        Ed25519PublicKey.from_public_bytes(known[said["key"]]).verify(signature, message)
        return open_note(said["checkpoint"], publics)
    except (InvalidSignature, ValueError) as error:
        raise BadBundleError("its seal does not fit") from error


def _evidence(
    outline: _Outline, publics: Sequence[bytes], given: Checkpoint | None, directory: Path | None
) -> Evidence:
    if given is not None and rules.log_of(given.origin) != outline.log:
        if outline.problem:  # a broken file names any log; it is bad enough
            return Evidence()
        raise NoteError(f"the checkpoint is of {given.origin}, the export of log {outline.log}")
    try:
        folder = Outside(directory).log(outline.log) if directory else None
        note = folder.note() if folder else None
        last = opened(note, outline.log, publics) if note is not None else None
        notes = [one for one in (outline.checkpoint, given, last) if one is not None]
        return gather(folder, notes, last) if folder else of_notes(notes)
    except (NoteError, EvidenceError, ContradictionError):
        if outline.problem:
            return Evidence()
        raise


def _walk(path: Path, outline: _Outline, evidence: Evidence, checking: Checking) -> None:
    edge, known = Frontier(), evidence.leaves()
    for leaf in checking.leaves(_entries(path, outline)):
        if checking.checked <= evidence.known and leaf != next(known):
            raise BadEntryError(checking.checked, "it is not the entry that was checkpointed")
        edge.append(leaf)
        root = evidence.roots.get(edge.size)
        if root is not None and edge.root() != root:
            raise BadBundleError(f"one of the entries up to {edge.size} is not the one that was checkpointed")
    if edge.size < outline.size:
        raise BadEntryError(edge.size + 1, "the entry is missing, and all after it")
    checking.finish(outline.explained)


def _entries(path: Path, outline: _Outline) -> Iterator[list[bytes]]:
    # Under a seal that fits every byte is as it was; without one the first that is not must be found.
    strictly = bool(outline.problem)
    with path.open("rb") as file:
        file.readline()
        line = file.readline()
        for seq, following in enumerate(file, start=1):
            yield _entry(line, seq, outline.log, strictly)
            line = following


def _entry(line: bytes, seq: int, log: int, strictly: bool) -> list[bytes]:
    try:
        found, parts = bundle.parts_of(line, strictly=strictly)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadEntryError(seq, "the line is not an entry as it was written") from error
    if found != log:
        raise BadEntryError(seq, f"it is an entry of log {found}")
    return parts
