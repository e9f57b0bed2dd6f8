"""Whether a rule is true of a person: true, false, or unknown, which opens nothing."""

import operator
from collections.abc import Callable
from enum import StrEnum

from sundial.access.types import All, Any, AtLeast, Clock, Compare, Facts, Has, Kind, Leaf, Literal, Not, Rule
from sundial.access.words import BUILT_IN, ROLES

Truth = bool | None


class Lack(StrEnum):
    """Why a part is unknown."""

    GONE = "gone"  # no such attribute in the company
    TYPE = "type"  # it holds something else than the rule asks for
    VALUE = "value"  # the person has none, or it is not known


def opens(rule: Rule, facts: Facts) -> bool:
    """Whether the rule is true of this person, without saying why."""
    return truth(rule, facts) is True


def truth(rule: Rule, facts: Facts) -> Truth:
    """True, False, or None for unknown."""
    if isinstance(rule, (Has, Compare)):
        found = leaf(rule, facts)
        return found if found is True or found is False else None
    if isinstance(rule, Not):
        return opposite(truth(rule.part, facts))
    return together(rule, [truth(part, facts) for part in rule.parts])


def opposite(found: Truth) -> Truth:
    """Unknown stays unknown."""
    return None if found is None else not found


def together(rule: Rule, found: list[Truth]) -> Truth:
    """What a group comes to when this came of its parts."""
    return _TOGETHER[type(rule)](rule, found)


def _all(_rule: Rule, found: list[Truth]) -> Truth:
    if False in found:
        return False
    return None if None in found else True


def _any(_rule: Rule, found: list[Truth]) -> Truth:
    if True in found:
        return True
    return None if None in found else False


def _at_least(rule: Rule, found: list[Truth]) -> Truth:
    assert isinstance(rule, AtLeast)
    sure = found.count(True)
    if sure >= rule.count:
        return True
    return False if sure + found.count(None) < rule.count else None


_TOGETHER: dict[type, Callable[[Rule, list[Truth]], Truth]] = {All: _all, Any: _any, AtLeast: _at_least}


def leaf(rule: Leaf, facts: Facts) -> bool | Lack:
    """What came of a name or a comparison, or why nothing did."""
    return _has(rule.name, facts) if isinstance(rule, Has) else _compare(rule, facts)


def _has(name: str, facts: Facts) -> bool | Lack:
    if name in BUILT_IN:
        return _fact(name, facts)
    kind = facts.pool.get(name)
    if kind is None:
        return Lack.GONE
    if kind != Kind.FLAG:
        return Lack.TYPE
    if name not in facts.attributes:
        return False
    return True if facts.attributes[name] is True else Lack.TYPE


def _fact(name: str, facts: Facts) -> bool | Lack:
    if BUILT_IN[name] is not Kind.FLAG:
        return Lack.TYPE
    found = facts.working if name == "working" else facts.enrolled
    return found if found is True or found is False else Lack.VALUE


def _compare(rule: Compare, facts: Facts) -> bool | Lack:
    found = values_of(rule.name, facts)
    if isinstance(found, Lack):
        return found
    wanted = rule.value
    if any(type(value) is not type(wanted) for value in found):
        return Lack.TYPE
    if rule.op == "=":
        return wanted in found
    if rule.op == "!=":
        return wanted not in found
    if type(wanted) is str:  # words have no order
        return Lack.TYPE
    return _ORDER[rule.op](next(iter(found)), wanted)


def values_of(name: str, facts: Facts) -> frozenset[str] | tuple[Literal] | Lack:
    """What a person has under this name, at least one, or why there is none."""
    if name in _FACTS:
        return _FACTS[name](facts) or Lack.VALUE
    kind = facts.pool.get(name)
    if name in BUILT_IN or kind == Kind.FLAG:
        return Lack.TYPE
    if kind is None:
        return Lack.GONE
    value = facts.attributes.get(name)
    if value is None:
        return Lack.VALUE
    return (value,) if type(value) in _HOLDS.get(kind, ()) else Lack.TYPE


def _clock(minute: int | None) -> tuple[Clock] | tuple[()]:
    return (Clock(minute),) if type(minute) is int and 0 <= minute < _DAY else ()


_DAY = 24 * 60
_HOLDS: dict[str, tuple[type, ...]] = {Kind.NUMBER: (int,), Kind.WORD: (str,), Kind.VALUE: (int, str)}
_FACTS: dict[str, Callable[[Facts], frozenset[str] | tuple[Literal] | tuple[()]]] = {
    "role": lambda facts: () if facts.role is None or facts.role not in ROLES else (facts.role,),
    "department": lambda facts: facts.departments,
    "team": lambda facts: facts.teams,
    "network": lambda facts: facts.networks,
    "time": lambda facts: _clock(facts.minute_of_day),
}
# The two are of one type here, and no words.
_ORDER: dict[str, Callable[[Literal, Literal], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
