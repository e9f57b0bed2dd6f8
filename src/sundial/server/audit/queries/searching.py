"""Finding words in the log: each of them must begin a word of the entry's description, target or actor.

A function that nobody can get past (`audit_find`) asks the index. Where it finds too many to name, the word is so
frequent that reading the log from its newest entry on meets it soon, and that is what happens then.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from sundial.server.audit import rules

NAMED_AT_MOST = 10_000
COUNTED_AT_MOST = 1_000  # of a frequent word: they are met one by one, while reading
_PROBED, _FREQUENT = 5_000, 100  # a word that so many of the newest entries have is not worth asking the index for

_PROBE = """
SELECT count(*) FROM (
  SELECT 1 FROM audit_personal p, audit_head h
  WHERE h.company_id = %(log)s AND p.company_id = %(log)s AND p.seq > h.size - %(newest)s
    AND p.words @@ (SELECT audit_asked(%(said)s))
  LIMIT %(enough)s
) met
"""
_FIND = "SELECT coalesce(array_agg(seq), '{}') FROM audit_find(%s, %s) seq"
_AMONG = " AND e.seq = ANY(%(found)s)"
_WHILE_READING = " AND p.words @@ (SELECT audit_asked(%(search)s))"


@dataclass(frozen=True, slots=True)
class Sought:
    """What a search adds to a question about entries; nothing where nothing is sought."""

    condition: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    is_frequent: bool = False


def search(log: int, text: str) -> Sought:
    """The condition that entries of a log with these words meet, in its scope."""
    said = rules.clean(text)
    if not said.strip():
        return Sought()
    found = None if _is_frequent(log, said) else _found(said)
    if found is None:
        return Sought(_WHILE_READING, {"search": said}, is_frequent=True)
    return Sought(_AMONG, {"found": found})


def _is_frequent(log: int, said: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_PROBE, {"log": log, "newest": _PROBED, "said": said, "enough": _FREQUENT})
        met: int = cursor.fetchone()[0]
    return met >= _FREQUENT


def _found(said: str) -> list[int] | None:
    """The numbers of the entries; None if there are too many to name."""
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [said, NAMED_AT_MOST + 1])
        found: list[int] = cursor.fetchone()[0]
    return found if len(found) <= NAMED_AT_MOST else None
