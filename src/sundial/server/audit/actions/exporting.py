"""Giving a log away: sealed, to be checked anywhere; or as CSV or JSON, to be read."""

import base64
import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Literal

import structlog
from django.conf import settings
from django.db import transaction

from sundial.server.audit import queries, rules
from sundial.server.audit.actions.checkpoints import RefusedError, Signer, signer
from sundial.server.audit.actions.recording import record
from sundial.server.audit.rules import bundle
from sundial.server.audit.storage import EvidenceError, Folder, Outside, Shelf
from sundial.server.audit.types import Action, EntryView, Filters
from sundial.server.audit.verify.archives import DamagedArchiveError
from sundial.server.audit.verify.archives import rows as archived_rows
from sundial.server.audit.verify.entries import BadEntryError, Checking
from sundial.server.audit.verify.evidence import opened
from sundial.server.lib import canonical, csv_safe
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Conflict, Invalid
from sundial.server.lib.merkle import Frontier
from sundial.server.lib.scope import acting_for
from sundial.server.lib.signed_note import Checkpoint, NoteError

Form = Literal["bundle", "csv", "json"]
CONTENT_TYPES = {"bundle": "application/x-ndjson", "csv": "text/csv; charset=utf-8", "json": "application/json"}
ENDINGS = {"bundle": "jsonl", "csv": "csv", "json": "json"}

Rows = Iterator[list[dict[str, object]]]
EVERYTHING = Filters()
_A_PAGE = 500  # of what was narrowed: each is searched anew
AT_ONCE = 2_000  # entries read in one transaction, so that a slow reader holds none open
_logger = structlog.get_logger(__name__)
_COLUMNS = (
    "seq", "timestamp", "action_type", "description", "user", "ip_address", "role", "target_kind", "target_id",
    "target", "details",
)  # fmt: skip


def export(
    *, acting: Acting, form: str, filters: Filters = EVERYTHING, now: datetime, at_once: int = AT_ONCE
) -> Iterator[bytes]:
    """The log that this person may read as a whole, piece by piece; taking it is itself recorded first.

    A sealed bundle whose rows turn out not to be those that were checkpointed breaks off without its seal. It is always
    the whole log, which alone can be checked; CSV and JSON are of what the filters leave.
    """
    log = queries.log_read_by(acting)
    if form not in CONTENT_TYPES:
        raise Invalid({"format": "One of bundle, csv, json."})
    if filters != EVERYTHING and form != "bundle":
        _record_part(acting, log, form, filters, now)
        pages = _narrowed(acting, filters, min(at_once, _A_PAGE))
        return _csv(pages) if form == "csv" else _json(pages)
    _must_have_archives(log)
    with acting_for(log), transaction.atomic():
        record(
            acting=acting,
            company_id=log,
            action=Action.AUDIT_EXPORTED,
            description=f"The audit log was exported ({form})",
            details={"format": form},
            now=now,
        )
        size = queries.end_of(log).size
    if form == "bundle":
        return sealed(log=log, size=size, signer=signer(), folder=_folder(log), now=now, at_once=at_once)
    whole = _readable(log, size, at_once)
    return _csv(whole) if form == "csv" else _json(whole)


def files_of_log(*, log: int, now: datetime) -> Iterator[tuple[str, Iterator[bytes]]]:
    """A log as files by name, for whoever takes all of a company away: its archives as they are, and the sealed bundle.

    An archive that is not here is missing, and the bundle with it; one that is not as it was written ends the bundle
    without its seal, which verifying says.
    """
    shelf = _shelf()
    for one in queries.archives(log):
        if shelf.has(log, one.number):
            yield f"archives/{one.number:06d}.jsonl.gz", shelf.pieces(log, one.number)
    if not _missing(log):
        size = queries.end_of(log).size
        bundled = sealed(log=log, size=size, signer=signer(), folder=_folder(log), now=now)
        yield "log.jsonl", _as_far_as_it_goes(log, bundled)


def _as_far_as_it_goes(log: int, pieces: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from pieces
    except (RefusedError, BadEntryError, DamagedArchiveError, NoteError, EvidenceError) as problem:
        _logger.error("audit_bundle_broken_off", log=log, reason=str(problem))


@transaction.atomic
def _record_part(acting: Acting, log: int, form: str, filters: Filters, now: datetime) -> None:
    """What was looked for may name somebody, so only that there was something is said openly."""
    with acting_for(log):
        record(
            acting=acting,
            company_id=log,
            action=Action.REPORT_EXPORTED,
            description=f"A part of the audit log was exported ({form})",
            details={
                "report": "audit log",
                "format": form,
                "action_type": filters.action_type,
                "since": filters.since,
                "until": filters.until,
                "searched": bool(filters.search or filters.user),
            },
            personal={"search": filters.search, "user": str(filters.user)},
            now=now,
        )


def _narrowed(acting: Acting, filters: Filters, at_once: int) -> Rows:
    """What the filters leave, newest first; each page in a transaction of its own, from where the last one ended."""
    before: int | None = None
    while True:
        found = queries.entries_before(acting, filters, before=before, limit=at_once)
        if not found:
            return
        yield [_as_shown(one) for one in found]
        before = found[-1].seq


def _as_shown(one: EntryView) -> dict[str, object]:
    return {
        "seq": one.seq,
        "timestamp": rules.moment(one.at),
        "action_type": one.action_type,
        "description": one.description,
        "user": one.user,
        "ip_address": one.ip_address,
        "role": one.actor_role,
        "target_kind": one.target_kind,
        "target_id": one.target_id,
        "target": one.target,
        "details": one.details,
    }


def _folder(log: int) -> Folder:
    return Outside(Path(settings.CHECKPOINT_DIR)).log(log)


def sealed(
    *, log: int, size: int, signer: Signer, folder: Folder, now: datetime, at_once: int = AT_ONCE
) -> Iterator[bytes]:
    """The first `size` entries of a log with a checkpoint and a signature over every byte."""
    note = folder.note()
    before = opened(note, log, signer.publics) if note is not None else None
    digest, edge = sha256(), Frontier()
    head = bundle.first_line(origin=signer.name(log), log=log, size=size, made_at=rules.moment(now))
    digest.update(head)
    yield head
    checking = Checking(log, queries.erasures(log))
    for rows in _batches(log, size, at_once, signer.publics):
        piece = b"".join(bundle.line_of(log, row) for row in rows)
        for leaf in checking.leaves(rows, after=edge.size):
            edge.append(leaf)
            _must_fit(before, edge)
        digest.update(piece)
        yield piece
    checking.finish(queries.erasures(log))
    yield _seal(signer, signer.note(log, edge.size, edge.root()), digest.hexdigest())


def _must_fit(before: Checkpoint | None, edge: Frontier) -> None:
    if before is not None and edge.size == before.size and edge.root() != before.root:
        raise RefusedError("the entries do not give the root that was checkpointed")


def _seal(signer: Signer, note: str, digest: str) -> bytes:
    signature = signer.key.private.sign(bundle.SEAL.format(digest=digest, note=note).encode())
    said = {
        "checkpoint": note,
        "key": signer.key.key_id,
        "sha256": digest,
        "signature": base64.b64encode(signature).decode(),
    }
    return canonical.dumps(said) + b"\n"


def _must_have_archives(log: int) -> None:
    if missing := _missing(log):
        raise Conflict(f"The archive {missing[0]} of old entries is not here: the log cannot be exported as a whole.")


def _missing(log: int) -> list[int]:
    """The archives of entries that are in no table, and whose files are not here."""
    return [one.number for one in queries.archives(log) if one.removed and not _shelf().has(log, one.number)]


def _shelf() -> Shelf:
    return Shelf(Path(settings.ARCHIVE_DIR))


def _batches(log: int, size: int, at_once: int, publics: Sequence[bytes]) -> Iterator[list[list[bytes]]]:
    # Each in a transaction of its own, opened and closed between two pieces: the caller may be slow or vanish.
    base = 0
    for archive in queries.archives(log):
        if archive.removed:
            rows = archived_rows(archive, _shelf(), publics)
            while batch := list(islice(rows, at_once)):
                yield batch
            base = archive.last
    for after in range(base, size, at_once):
        with (
            acting_for(log),
            transaction.atomic(),
            closing(queries.rows(log, after=after, upto=min(size, after + at_once))) as rows,
        ):
            batch = list(rows)
        yield batch


def _readable(log: int, size: int, at_once: int) -> Rows:
    for batch in _batches(log, size, at_once, signer().publics):
        shown = ([*row[:12], *[b""] * 7] if bundle.withheld(log, row) else row for row in batch)
        yield [_as_read(dict(zip(rules.PARTS, map(bytes.decode, row), strict=True))) for row in shown]


def _as_read(parts: dict[str, str]) -> dict[str, object]:
    more = json.loads(parts["more"]) if parts["more"] else {}
    return {
        "seq": int(parts["seq"]),
        "timestamp": parts["at"],
        "action_type": parts["action"],
        "description": parts["description"] if parts["about_salt"] else None,
        "user": parts["label"] if parts["actor_salt"] else None,
        "ip_address": parts["ip"] or None,
        "role": parts["actor_role"],
        "target_kind": parts["target_kind"],
        "target_id": None if parts["target_id"] == "null" else int(parts["target_id"]),
        "target": parts["target"] or None,
        "details": rules.merged(json.loads(parts["details"]), more),
    }


def _csv(batches: Rows) -> Iterator[bytes]:
    yield ("\ufeff" + csv_safe.line(_COLUMNS)).encode()  # the mark makes spreadsheets read UTF-8
    for batch in batches:
        cells = ([*list(row.values())[:-1], canonical.text(row["details"])] for row in batch)
        yield "".join(map(csv_safe.line, cells)).encode()


def _json(batches: Rows) -> Iterator[bytes]:
    before = "["
    for batch in batches:
        yield (before + ",\n".join(json.dumps(row, ensure_ascii=False) for row in batch)).encode()
        before = ",\n"
    yield b"]\n" if before != "[" else b"[]\n"
