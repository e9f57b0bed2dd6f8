"""Our rules in Cedar: two policies a rule, one for true and one for false, each with guards for what may be missing.

Cedar knows no unknown: a policy that meets a missing or wrong fact is skipped. So every name is asked for before it is
read, what a person holds is sorted by its type, and unknown is where neither policy permits.
"""

from typing import Any as Whatever

import cedarpy

from sundial.access import BUILT_IN, Facts, Kind, Rule
from sundial.access.types import All, Any, Clock, Compare, Has, Literal, Not
from sundial.access.words import ROLES

NEVER = "false"
_SETS = {"department": "principal.departments", "team": "principal.teams", "network": "context.networks"}
_CEDAR_OP = {"=": "==", "!=": "!="}


def policies(rule: Rule) -> str:
    """Two policies: who may open, and who certainly may not."""
    sure, not_sure = both(rule)
    return (
        f'permit(principal, action == Action::"open", resource) when {{ {sure} }};\n'
        f'permit(principal, action == Action::"refuse", resource) when {{ {not_sure} }};'
    )


def both(rule: Rule) -> tuple[str, str]:
    """When a rule is true and when it is false."""
    if isinstance(rule, Has):
        return _has(rule.name)
    if isinstance(rule, Compare):
        return _compare(rule)
    if isinstance(rule, Not):
        return both(rule.part)[::-1]
    trues, falses = zip(*map(both, rule.parts), strict=True)
    if isinstance(rule, All):
        return _joined("&&", trues), _joined("||", falses)
    if isinstance(rule, Any):
        return _joined("||", trues), _joined("&&", falses)
    return _counted(trues, rule.count), _counted(falses, len(rule.parts) - rule.count + 1)


def _joined(joint: str, parts: tuple[str, ...]) -> str:
    return "(" + f" {joint} ".join(parts) + ")"


def _counted(parts: tuple[str, ...], least: int) -> str:
    return "(" + " + ".join(f"(if {part} then 1 else 0)" for part in parts) + f" >= {least})"


def _has(name: str) -> tuple[str, str]:
    if name in BUILT_IN:
        known = f"context has {name}" if BUILT_IN[name] is Kind.FLAG else NEVER
        return f"({known} && context.{name})", f"({known} && !context.{name})"
    pooled, held = _pooled(name, "flag"), f"principal.held has {_text(name)}"
    value = f"principal.held[{_text(name)}]"
    return f"({pooled} && {held} && {value} has b && {value}.b)", f"({pooled} && !({held}))"


def _compare(rule: Compare) -> tuple[str, str]:
    if isinstance(rule.value, str) and rule.op not in _CEDAR_OP:
        return NEVER, NEVER
    op = _CEDAR_OP.get(rule.op, rule.op)
    known, asked = _asked(rule.name, rule.value, op)
    return f"({known} && {asked})", f"({known} && !({asked}))"


def _asked(name: str, value: Literal, op: str) -> tuple[str, str]:
    """Whether something is known that can be compared with this value, and the comparison."""
    if name in _SETS and isinstance(value, str):
        owner, _, field = _SETS[name].partition(".")
        found = f"{_SETS[name]}.contains({_text(value)})"
        return f"{owner} has {field}", found if op == "==" else f"!{found}"
    if name == "role" and isinstance(value, str):
        return "principal has role", f"principal.role {op} {_text(value)}"
    if name == "time" and isinstance(value, Clock):
        return "context has minute", f"context.minute {op} {value.minute}"
    if name in BUILT_IN or isinstance(value, Clock):
        return NEVER, NEVER
    return _asked_of_attribute(name, value, op)


def _asked_of_attribute(name: str, value: int | str, op: str) -> tuple[str, str]:
    kind, field = ("word", "s") if isinstance(value, str) else ("number", "n")
    held = f"principal.held[{_text(name)}]"
    pooled = f"({_pooled(name, kind)} || {_pooled(name, 'value')})"
    known = f"{pooled} && principal.held has {_text(name)} && {held} has {field}"
    return known, f"{held}.{field} {op} {_text(value) if isinstance(value, str) else value}"


def _pooled(name: str, kind: str) -> str:
    return f"(resource.pool has {_text(name)} && resource.pool[{_text(name)}] == {_text(kind)})"


def _text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def entities(facts: Facts) -> list[dict[str, Whatever]]:
    """The person, and a file of their company."""
    person: dict[str, Whatever] = {"held": {name: _held(value) for name, value in facts.attributes.items()}}
    if facts.role in ROLES:
        person["role"] = facts.role
    person |= {key: sorted(found) for key in ("departments", "teams") if (found := getattr(facts, key))}
    pool = {name: str(kind) for name, kind in facts.pool.items()}
    return [
        {"uid": {"type": "User", "id": "u"}, "attrs": person, "parents": []},
        {"uid": {"type": "File", "id": "f"}, "attrs": {"pool": pool}, "parents": []},
    ]


def _held(value: object) -> dict[str, object]:
    return {{bool: "b", int: "n", str: "s"}[type(value)]: value}


def context(facts: Facts) -> dict[str, Whatever]:
    """What is so at the moment of asking."""
    found = {"working": facts.working, "enrolled": facts.enrolled, "minute": facts.minute_of_day}
    told = {name: value for name, value in found.items() if value is not None}
    return {**told, "networks": sorted(facts.networks)} if facts.networks else told


def answer(rule_policies: str, facts: Facts) -> str:
    """What Cedar says: true, false or unknown; an error in a policy is an error in the translation."""
    asked = {"principal": 'User::"u"', "resource": 'File::"f"', "context": context(facts)}
    requests = [{**asked, "action": f'Action::"{name}"'} for name in ("open", "refuse")]
    results = cedarpy.is_authorized_batch(requests, rule_policies, entities(facts))
    assert not any(result.diagnostics.errors for result in results), (rule_policies, results[0].diagnostics.errors)
    opened, refused = (result.decision is cedarpy.Decision.Allow for result in results)
    assert not (opened and refused)
    return "true" if opened else "false" if refused else "unknown"
