"""Finding words in the log: each of them must begin a word of the entry's description, target or actor.

A page of a list (`looked_for`) never takes more than some thousand rows, whatever is in the log: the newest entries are
looked through, and a function that nobody can get past (`audit_find`) asks the index. Reading all that fits (`search`)
takes as long as it takes: where the index names too many, the log is read from its newest entry on.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from sundial.server.audit import rules
from sundial.server.audit.models import Head
from sundial.server.audit.types import Subject

COUNT_LIMIT = 10_000  # beyond that a list says "more than"
NAMED_AT_MOST = 5_000
LOOKED_THROUGH = 3_000  # of the newest entries, one by one; what is frequent is met there
ENOUGH = 30  # of these: then so many are named and no others
_PROBED, _FREQUENT = 5_000, 100  # a word that so many of the newest entries have is not worth asking the index for

_PROBE = """
SELECT count(*) FROM (
  SELECT 1 FROM audit_personal p
  WHERE p.company_id = %(log)s AND p.seq > %(after)s AND p.words @@ (SELECT audit_asked(%(said)s))
  LIMIT %(enough)s
) met
"""
# No statistics tell the planner how frequent a word is where rows are secured, so it expects a word to be rare.
_NEWEST = """
SELECT count(*), coalesce(array_agg(seq) FILTER (WHERE {met}), '{{}}')
FROM (SELECT e.seq, p.words, p.actor {asked} {by}) newest
"""
_HAS_WORDS = "words @@ (SELECT audit_asked(%(search)s))"
_BY_ONE_OF_THESE = "actor = ANY(%(names)s)"
_LATEST_OF_EACH = """
SELECT coalesce(array_agg(seq), '{}'), coalesce(max(place), 0)
FROM unnest(%(names)s::text[]) name, LATERAL (
  SELECT p.seq, row_number() OVER (ORDER BY p.seq DESC) place FROM audit_personal p
  WHERE p.company_id = %(log)s AND p.actor = name ORDER BY p.seq DESC LIMIT %(each)s
) latest
"""
_OF_THESE = """
SELECT coalesce(array_agg(p.seq), '{}') FROM audit_personal p
WHERE p.company_id = %(log)s AND p.seq = ANY(%(found)s) AND p.words @@ (SELECT audit_asked(%(search)s))
"""
# Two indexes in the order of the list, each read as far as anything is counted: however many entries a log has, and
# whether somebody's are the newest or the oldest of them, this reads no more.
_ABOUT = """
SELECT coalesce(array_agg(DISTINCT seq), '{{}}') FROM (
  (SELECT e.seq {asked} AND e.actor_kind = %(kind)s AND e.actor_id = %(id)s ORDER BY e.seq DESC LIMIT %(limit)s)
  UNION ALL
  (SELECT e.seq {asked} AND e.target_kind = %(kind)s AND e.target_id = %(id)s ORDER BY e.seq DESC LIMIT %(limit)s)
) either
"""
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


@dataclass(frozen=True, slots=True)
class Met:
    """The numbers of entries that have the words, newest first; `is_part` if there are more than were looked at."""

    seqs: list[int]
    is_part: bool = False


def looked_for(text: str, asked: str, by: str, values: dict[str, Any], *, narrowed: bool) -> Met:
    """Entries with these words among those asked for, in the log's scope; never more work than some thousand rows.

    First the newest are looked through: that is all there is, or the word is frequent and these are enough. Else it
    is rare, and the index names every entry that has it, or too many: then some of them are shown.
    """
    said = rules.clean(text)
    newest, is_enough = _among_newest(_HAS_WORDS, asked, by, {**values, "search": said})
    if is_enough:
        return newest
    named, is_part = _named(said)
    if narrowed:
        named = _those_of(named, asked, values)
    return newest if is_part and newest.seqs else _met(named, is_part=is_part)


def acted(names: list[str], asked: str, by: str, values: dict[str, Any], *, narrowed: bool) -> Met:
    """Entries by several actors among those asked for, in the log's scope, with as little work.

    First the newest are looked through; if that is not enough, the latest of each of these actors are.
    """
    newest, is_enough = _among_newest(_BY_ONE_OF_THESE, asked, by, {**values, "names": names})
    if is_enough:
        return newest
    each = NAMED_AT_MOST // len(names) + 1
    with connection.cursor() as cursor:
        cursor.execute(_LATEST_OF_EACH, {"log": values["log"], "names": names, "each": each})
        latest, most = cursor.fetchone()
    return _met(_those_of(latest, asked, values) if narrowed else latest, is_part=most == each)


def _among_newest(met: str, asked: str, by: str, values: dict[str, Any]) -> tuple[Met, bool]:
    """Those of the newest entries that are met, and whether these are all there are, or enough."""
    with connection.cursor() as cursor:
        limits = {"limit": LOOKED_THROUGH, "offset": 0}
        cursor.execute(_NEWEST.format(met=met, asked=asked, by=by), {**values, **limits})
        through, newest = cursor.fetchone()
    is_part = through == LOOKED_THROUGH
    return _met(newest, is_part=is_part), not is_part or len(newest) >= ENOUGH


def _those_of(seqs: list[int], asked: str, values: dict[str, Any]) -> list[int]:
    """Those of these entries that are among those asked for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT e.seq" + asked + _AMONG, {**values, "found": seqs})
        return [row[0] for row in cursor.fetchall()]


def concerning(subjects: Sequence[Subject], asked: str, values: dict[str, Any]) -> Met:
    """Entries, among those asked for, of which each of these is the actor or the target, in the log's scope."""
    met: set[int] | None = None
    is_part = False
    with connection.cursor() as cursor:
        for one in subjects:
            who: dict[str, Any] = {"kind": one.kind, "id": one.id, "limit": COUNT_LIMIT + 1}
            cursor.execute(_ABOUT.format(asked=asked), {**values, **who})
            found = set(cursor.fetchone()[0])
            met, is_part = found if met is None else met & found, is_part or len(found) > COUNT_LIMIT
    return _met(sorted(met or (), reverse=True)[:COUNT_LIMIT], is_part=is_part)


def with_words(among: Met, text: str, values: dict[str, Any]) -> Met:
    """Those of these entries that have the words, in the log's scope."""
    said, newest = rules.clean(text), among.seqs[:LOOKED_THROUGH]
    with connection.cursor() as cursor:
        cursor.execute(_OF_THESE, {"log": values["log"], "found": newest, "search": said})
        met = cursor.fetchone()[0]
    if len(newest) == len(among.seqs) or len(met) >= ENOUGH:
        return _met(met, is_part=among.is_part or len(newest) < len(among.seqs))
    named, is_part = _named(said)
    return _met([*met, *({*named} & {*among.seqs} - {*met})], is_part=is_part or among.is_part)


def _named(said: str) -> tuple[list[int], bool]:
    """What the index names, and whether there is more."""
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [said, NAMED_AT_MOST + 1])
        named: list[int] = cursor.fetchone()[0]
    return named[:NAMED_AT_MOST], len(named) > NAMED_AT_MOST


def _met(seqs: list[int], *, is_part: bool) -> Met:
    return Met(sorted(seqs, reverse=True), is_part)


def search(log: int, text: str) -> Sought:
    """The condition that entries of a log with these words meet, in its scope; for reading all of them, in any time."""
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
    named, is_more = _named(said)
    return None if is_more else named
