"""Whole logs as bytes, for checking, checkpoints and exports; fast enough for millions of entries."""

import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from sundial.server.audit import rules
from sundial.server.audit.models import Entry, Head
from sundial.server.audit.types import Action, Subject
from sundial.server.lib.merkle import Frontier
from sundial.server.lib.scope import PLATFORM, across_companies, acting_for

# Text, not binary: the parts come as they stand in the leaf. A half that was erased has an empty salt.
_ROWS = """
COPY (
  SELECT e.seq, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), e.action,
    e.actor_kind, coalesce(e.actor_id::text, 'null'), e.actor_role,
    e.target_kind, coalesce(e.target_id::text, 'null'), e.details,
    encode(e.about_commitment, 'hex'), encode(e.actor_commitment, 'hex'), encode(e.leaf_hash, 'hex'),
    coalesce(encode(p.actor_salt, 'hex'), ''), coalesce(p.actor, ''), coalesce(p.ip, ''),
    coalesce(encode(p.about_salt, 'hex'), ''), coalesce(p.description, ''), coalesce(p.target, ''),
    coalesce(p.more, '')
  FROM audit_entry e LEFT JOIN audit_personal p ON p.company_id = e.company_id AND p.seq = e.seq
  WHERE e.company_id = {log} AND e.seq > {after} AND e.seq <= {upto}
  ORDER BY e.seq
) TO STDOUT
"""
_END = """
SELECT coalesce(h.size, 0), coalesce(h.frontier, ''),
  (SELECT coalesce(max(seq), 0) FROM audit_entry WHERE company_id = %(log)s)
FROM (SELECT) one LEFT JOIN audit_head h ON h.company_id = %(log)s
"""
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_MEANING = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


@dataclass(frozen=True, slots=True)
class End:
    """Where a log says it ends, the right edge of its tree, and the highest number really there."""

    size: int
    frontier: Frontier | None
    last: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A log's number, its size and its root; no root if the head row cannot be one."""

    log: int
    size: int
    root: bytes | None


def logs() -> list[Standing]:
    """Every log, and where it says it stands."""
    with transaction.atomic(), acting_for(PLATFORM), across_companies():
        heads = list(Head.objects.order_by("company_id").values_list("company_id", "size", "frontier"))
    return [
        Standing(log, size, edge.root() if (edge := _edge(size, frontier)) else None) for log, size, frontier in heads
    ]


def end_of(log: int) -> End:
    """The log's end; its frontier is None if what is stored cannot be one."""
    with transaction.atomic(), acting_for(log), connection.cursor() as cursor:
        cursor.execute(_END, {"log": log})
        size, frontier, last = cursor.fetchone()
    return End(size, _edge(size, frontier), last)


def _edge(size: int, frontier: bytes | memoryview) -> Frontier | None:
    try:
        return Frontier.from_bytes(size, bytes(frontier))
    except ValueError:
        return None


def began(log: int) -> datetime | None:
    """When the log's first entry was made."""
    with transaction.atomic(), acting_for(log):
        return Entry.objects.filter(company_id=log).order_by("seq").values_list("at", flat=True).first()


def rows(log: int, *, after: int = 0, upto: int) -> Generator[list[bytes], None, None]:
    """The parts of the entries after one number up to another, in order, as `rules.PARTS` names them.

    The caller holds a transaction in the scope of this log, and reads to the end within it.
    """
    # From the beginning means from below 1, too: a forged number must not hide there.
    statement = _ROWS.format(log=int(log), after=int(after) or -(2**62), upto=int(upto))
    with connection.cursor() as cursor, cursor.copy(statement) as copied:
        for line in _lines(copied):
            parts = line.split(b"\t")
            yield [_ESCAPED.sub(_meant, part) for part in parts] if b"\\" in line else parts


def _lines(blocks: Iterable[bytes | bytearray | memoryview]) -> Iterator[bytes]:
    # PostgreSQL sends one row in each block; nothing promises that, so anything else is taken, too.
    rest = b""
    for block in blocks:
        data = rest + bytes(block)
        if data.find(b"\n") == len(data) - 1:
            rest = b""
            yield data[:-1]
        else:
            *lines, rest = data.split(b"\n")
            yield from lines


def _meant(match: re.Match[bytes]) -> bytes:
    return _MEANING.get(match[1], match[1])


def erasures(log: int) -> dict[Subject, int]:
    """Whose personal values were erased, each with the number of the last entry that says so."""
    with acting_for(log), transaction.atomic():
        told = Entry.objects.filter(company_id=log, action=Action.PERSONAL_DATA_ERASED).order_by("seq")
        return {who: seq for seq, details in told.values_list("seq", "details") for who in rules.erased_by(details)}
