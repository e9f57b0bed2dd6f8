"""Finding words in the log: each of them must begin a word of the entry's description, target or actor.

A function that nobody can get past (`audit_find`) asks the index. Where it finds too many to name, the word is so
frequent that reading the log from its newest entry on meets it soon, and that is what happens then.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from sundial.server.audit import rules
from sundial.server.audit.models import Head

NAMED_AT_MOST = 10_000
COUNTED_AT_MOST = 1_000  # of a frequent word: they are met one by one, while reading
_PROBED, _FREQUENT = 5_000, 100  # a word that so many of the newest entries have is not worth asking the index for

_PROBE = """
SELECT count(*) FROM (
  SELECT 1 FROM audit_personal p
  WHERE p.company_id = %(log)s AND p.seq > %(after)s AND p.words @@ (SELECT audit_asked(%(said)s))
  LIMIT %(enough)s
) met
"""
# No statistics tell the planner how frequent a word is where rows are secured, so it expects a word to be rare.
_PLANS = ("enable_sort", "enable_hashjoin", "enable_mergejoin", "enable_bitmapscan")
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


@contextmanager
def met_in_order(sought: Sought) -> Iterator[None]:
    """Inside, a frequent word is met while reading in the order of an index, and reading ends when enough was met."""
    if not sought.is_frequent:
        yield
        return
    _plan("off")
    yield
    _plan("on")


def _plan(how: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'set_config({name!r}, %s, true)' for name in _PLANS)}", [how] * len(_PLANS))


def _is_frequent(log: int, said: str) -> bool:
    size = Head.objects.filter(company_id=log).values_list("size", flat=True).first() or 0
    with connection.cursor() as cursor:
        cursor.execute(_PROBE, {"log": log, "after": size - _PROBED, "said": said, "enough": _FREQUENT})
        met: int = cursor.fetchone()[0]
    return met >= _FREQUENT


def _found(said: str) -> list[int] | None:
    """The numbers of the entries; None if there are too many to name."""
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [said, NAMED_AT_MOST + 1])
        found: list[int] = cursor.fetchone()[0]
    return found if len(found) <= NAMED_AT_MOST else None
