"""A rule beside what a company has: names that are not there, and values that do not fit."""

import difflib
from collections.abc import Collection, Iterator, Mapping

from sundial.access.printing import printed_value
from sundial.access.types import Clock, Compare, Has, Kind, Leaf, Problem, Rule, gettext_noop, leaves
from sundial.access.words import BUILT_IN, ROLES

_NOTHING: Mapping[str, Collection[str]] = {}
_EXAMPLE = {Kind.NUMBER: "3", Kind.WORD: '"words"', Kind.VALUE: "3", Kind.TIME: "09:00"}
_HOLDS: dict[str, tuple[type, ...]] = {
    Kind.NUMBER: (int,),
    Kind.WORD: (str,),
    Kind.VALUE: (int, str),
    Kind.TIME: (Clock,),
}
_HOLDING = {
    Kind.NUMBER: gettext_noop("{name} holds a number."),
    Kind.WORD: gettext_noop("{name} holds a word."),
    Kind.VALUE: gettext_noop("{name} holds a number or a word."),
    Kind.TIME: gettext_noop("{name} holds a time."),
}
_COMPARED = {
    Kind.NUMBER: gettext_noop("{name} holds a number: compare it, as {meant}."),
    Kind.WORD: gettext_noop("{name} holds a word: compare it, as {meant}."),
    Kind.VALUE: gettext_noop("{name} holds a number or a word: compare it, as {meant}."),
    Kind.TIME: gettext_noop("{name} holds a time: compare it, as {meant}."),
}
_NOT_THERE = {
    "role": gettext_noop("There is no role {value}."),
    "team": gettext_noop("There is no team {value}."),
    "department": gettext_noop("There is no department {value}."),
    "network": gettext_noop("There is no network {value}."),
}


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
        words = gettext_noop("There is no attribute {name}.")
        yield Problem(words, start, place, near[0] if near else "", {"name": leaf.name})
    elif isinstance(leaf, Has):
        if kind != Kind.FLAG:
            meant = f"{leaf.name} = {_EXAMPLE[Kind(kind)]}"
            yield Problem(_COMPARED[Kind(kind)], start, end, meant, {"name": leaf.name, "meant": meant})
    elif kind == Kind.FLAG:
        words = gettext_noop("{name} is had or not had: write it alone.")
        yield Problem(words, start, end, leaf.name, {"name": leaf.name})
    else:
        yield from _misfits(leaf, Kind(kind), known)


def _misfits(leaf: Compare, kind: Kind, known: Mapping[str, Collection[str]]) -> Iterator[Problem]:
    start, end = leaf.at
    value = leaf.value
    if not isinstance(value, _HOLDS[kind]):
        meant = f'{leaf.name} {leaf.op} "{value}"' if kind is Kind.WORD else ""
        yield Problem(_HOLDING[kind], start, end, meant, {"name": leaf.name})
    elif isinstance(value, str) and leaf.op not in ("=", "!="):
        words = gettext_noop("Words can be = or !=, not more or less.")
        yield Problem(words, start, end, f"{leaf.name} = {printed_value(value)}")
    elif isinstance(value, str) and leaf.name in known and value not in known[leaf.name]:
        near = difflib.get_close_matches(value.lower(), {name.lower(): name for name in known[leaf.name]}, 1, 0.6)
        named = {name.lower(): name for name in known[leaf.name]}
        meant = f"{leaf.name} {leaf.op} {printed_value(named[near[0]])}" if near else ""
        yield Problem(_NOT_THERE[leaf.name], start, end, meant, {"value": value})
