"""A rule as text, in the one form that is stored."""

import re
from collections.abc import Sequence
from dataclasses import replace

from sundial.access.types import All, Any, AtLeast, Clock, Compare, Has, Literal, Not, Rule, parts_of
from sundial.access.words import RESERVED, is_name

_ESCAPE = re.compile(r'(["\\])')


def printed(rule: Rule) -> str:
    """The text of a rule; whatever way it was written, the same rule is the same text."""
    return rule.text or joined(rule, [printed(part) for part in parts_of(rule)])


def with_texts(rule: Rule) -> Rule:
    """The same rule, whose parts know how they are printed."""
    if isinstance(rule, Has | Compare):
        return replace(rule, text=joined(rule, ()))
    if isinstance(rule, Not):
        inner = with_texts(rule.part)
        return replace(rule, part=inner, text=joined(rule, [inner.text]))
    parts = tuple(with_texts(part) for part in rule.parts)
    return replace(rule, parts=parts, text=joined(rule, [part.text for part in parts]))


def joined(rule: Rule, texts: Sequence[str]) -> str:
    """The text of a rule whose parts have these texts."""
    if isinstance(rule, Has):
        return rule.name
    if isinstance(rule, Compare):
        return f"{rule.name} {rule.op} {printed_value(rule.value)}"
    if isinstance(rule, Not):
        return f"not {texts[0]}" if isinstance(rule.part, Has | Not | AtLeast) else f"not ({texts[0]})"
    if isinstance(rule, AtLeast):
        return f"any {rule.count} of ({', '.join(texts)})"
    enclosed = [
        f"({text})" if isinstance(part, All | Any) else text for part, text in zip(rule.parts, texts, strict=True)
    ]
    return (" and " if isinstance(rule, All) else " or ").join(enclosed)


def printed_value(value: Literal) -> str:
    """A value as a rule names it; a word stands in quotes where it could be read as something else."""
    if isinstance(value, Clock | int) or (is_name(value) and value not in RESERVED):
        return str(value)
    return '"' + _ESCAPE.sub(r"\\\1", value) + '"'
