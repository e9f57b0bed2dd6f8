"""A rule beside what a company has: names that are not there, and values that do not fit."""

import difflib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from sundial.access.printing import printed_value
from sundial.access.types import Clock, Compare, Has, Kind, Leaf, Rule, leaves
from sundial.access.words import BUILT_IN, ROLES

_NOTHING: Mapping[str, Collection[str]] = {}
_EXAMPLE = {Kind.NUMBER: "3", Kind.WORD: '"words"', Kind.VALUE: "3", Kind.TIME: "09:00"}
_HOLDS: dict[str, tuple[type, ...]] = {
    Kind.NUMBER: (int,),
    Kind.WORD: (str,),
    Kind.VALUE: (int, str),
    Kind.TIME: (Clock,),
}
_CALLED = {Kind.NUMBER: "a number", Kind.WORD: "a word", Kind.VALUE: "a number or a word", Kind.TIME: "a time"}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a part of a rule can be true of nobody; `suggestion` is what may have been meant in its place."""

    message: str
    start: int
    end: int
    suggestion: str = ""


def check(rule: Rule, pool: Mapping[str, str], names: Mapping[str, Collection[str]] = _NOTHING) -> tuple[Problem, ...]:
    """What is wrong, in the order of the text; `names` are the departments, teams and networks that there are."""
    known = {"role": ROLES, **names}
    return tuple(problem for leaf in leaves(rule) for problem in _problems(leaf, pool, known))


def _problems(leaf: Leaf, pool: Mapping[str, str], known: Mapping[str, Collection[str]]) -> Iterator[Problem]:
    kind = BUILT_IN.get(leaf.name) or pool.get(leaf.name)
    start, end = leaf.at
    if kind is None:
        near = difflib.get_close_matches(leaf.name, [*pool, *BUILT_IN], 1, 0.6)
        place = start + len(leaf.name) if end else 0
        yield Problem(f"There is no attribute {leaf.name}.", start, place, near[0] if near else "")
    elif isinstance(leaf, Has):
        if kind != Kind.FLAG:
            meant = f"{leaf.name} = {_EXAMPLE[Kind(kind)]}"
            yield Problem(f"{leaf.name} holds {_CALLED[Kind(kind)]}: compare it, as {meant}.", start, end, meant)
    elif kind == Kind.FLAG:
        yield Problem(f"{leaf.name} is had or not had: write it alone.", start, end, leaf.name)
    else:
        yield from _misfits(leaf, Kind(kind), known)


def _misfits(leaf: Compare, kind: Kind, known: Mapping[str, Collection[str]]) -> Iterator[Problem]:
    start, end = leaf.at
    value = leaf.value
    if not isinstance(value, _HOLDS[kind]):
        meant = f'{leaf.name} {leaf.op} "{value}"' if kind is Kind.WORD else ""
        yield Problem(f"{leaf.name} holds {_CALLED[kind]}.", start, end, meant)
    elif isinstance(value, str) and leaf.op not in ("=", "!="):
        yield Problem("Words can be = or !=, not more or less.", start, end, f"{leaf.name} = {printed_value(value)}")
    elif isinstance(value, str) and leaf.name in known and value not in known[leaf.name]:
        near = difflib.get_close_matches(value.lower(), {name.lower(): name for name in known[leaf.name]}, 1, 0.6)
        named = {name.lower(): name for name in known[leaf.name]}
        meant = f"{leaf.name} {leaf.op} {printed_value(named[near[0]])}" if near else ""
        yield Problem(f"There is no {leaf.name} {value}.", start, end, meant)
