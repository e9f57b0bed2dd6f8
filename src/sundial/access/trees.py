"""A rule as a tree of JSON, which the rule builder edits."""

from typing import Any as Whatever

from sundial.access.parse import DEEPEST, WRONG_COUNT, parse
from sundial.access.printing import printed
from sundial.access.types import All, Any, AtLeast, Clock, Compare, Has, Literal, Not, Rule, RuleError, gettext_noop
from sundial.access.words import KEYWORDS, LONGEST_NUMBER, is_name, is_word

_OPS = ("=", "!=", "<", "<=", ">", ">=")
NO_TREE = gettext_noop("This is not a rule.")


def as_tree(rule: Rule) -> dict[str, Whatever]:
    """A rule as JSON: each part is an object with its `kind`, and `parts` where it is put together from others."""
    if isinstance(rule, Has):
        return {"kind": "has", "name": rule.name}
    if isinstance(rule, Compare):
        value: Whatever = {"time": str(rule.value)} if isinstance(rule.value, Clock) else rule.value
        return {"kind": "compare", "name": rule.name, "op": rule.op, "value": value}
    if isinstance(rule, Not):
        return {"kind": "not", "part": as_tree(rule.part)}
    parts = [as_tree(part) for part in rule.parts]
    if isinstance(rule, AtLeast):
        return {"kind": "some", "count": rule.count, "parts": parts}
    return {"kind": "all" if isinstance(rule, All) else "any", "parts": parts}


def from_tree(tree: object) -> Rule:
    """The rule that a tree says, with places in its printed text; raises RuleError."""
    return parse(printed(_rule(tree, 1)))


def _rule(tree: object, deep: int) -> Rule:
    if not isinstance(tree, dict) or deep > DEEPEST:
        raise RuleError(NO_TREE)
    kind = tree.get("kind")
    if kind in ("has", "compare"):
        return _leaf(tree)
    if kind == "not":
        return Not(_rule(tree.get("part"), deep + 1))
    if kind not in ("all", "any", "some"):
        raise RuleError(NO_TREE)
    return _group(kind, tree.get("count"), _parts(tree.get("parts"), deep))


def _parts(parts: object, deep: int) -> tuple[Rule, ...]:
    if not isinstance(parts, list) or not parts:
        raise RuleError(gettext_noop("A group is empty: put something into it, or take it away."))
    return tuple(_rule(part, deep + 1) for part in parts)


def _group(kind: str, count: object, parts: tuple[Rule, ...]) -> Rule:
    if kind == "some":
        if type(count) is not int or not 1 <= count <= len(parts):
            raise RuleError(WRONG_COUNT, most=len(parts))
        return AtLeast(count, parts)
    if len(parts) == 1:
        return parts[0]
    return All(parts) if kind == "all" else Any(parts)


def _leaf(tree: dict[str, Whatever]) -> Rule:
    name = tree.get("name")
    if not isinstance(name, str) or not is_name(name) or name in KEYWORDS:
        raise RuleError(gettext_noop("Choose an attribute."))
    if tree["kind"] == "has":
        return Has(name)
    op = tree.get("op")
    if op not in _OPS:
        raise RuleError(gettext_noop("Choose how to compare."))
    return Compare(name, op, _value(name, tree.get("value")))


def _value(name: str, value: object) -> Literal:
    if isinstance(value, dict):
        found = parse(f"time = {value.get('time')}") if isinstance(value.get("time"), str) else None
        if isinstance(found, Compare) and isinstance(found.value, Clock):
            return found.value
    elif (type(value) is int and abs(value) < 10**LONGEST_NUMBER) or (isinstance(value, str) and is_word(value)):
        return value
    raise RuleError(gettext_noop("Give {name} a value."), name=name)
