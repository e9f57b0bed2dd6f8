"""What an attribute holds: how values are written, and what a person carries of their own and of what is lent."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sundial.access.words import LONGEST_WORD, is_word
from sundial.server.companies.types import AttributeKind, Carried, Held, Lent

Carries = dict[int, tuple[str, datetime | None]]  # attribute id → value, and until when

_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
_LOOSE = re.compile(r"[-+]?[0-9]{1,15}")


def as_stored(kind: str, value: str) -> str:
    """A value as it is kept: a number in its one spelling, everything else as it was written."""
    written = kind in (AttributeKind.NUMBER, AttributeKind.VALUE) and _LOOSE.fullmatch(value)
    return str(int(value)) if written else value


def value_problem(name: str, kind: str, value: str) -> str:
    """Why this attribute cannot hold this value; empty if it can."""
    if kind == AttributeKind.FLAG:
        return f"Write {name}: it takes no value." if value else ""
    if not value:
        return f"Write {name}=…: it needs a value."
    if kind == AttributeKind.NUMBER and _WHOLE.fullmatch(value) is None:
        return f"Write a whole number, as in {name}=3."
    if not is_word(value):
        return f"The value of {name} has at most {LONGEST_WORD} characters, all of which can be seen."
    return ""


def as_fact(kind: str, value: str) -> str | int | bool:
    """A value as rules read it; what does not fit its kind stays a word, which such rules do not open for."""
    if kind == AttributeKind.FLAG:
        return value or True
    if kind in (AttributeKind.NUMBER, AttributeKind.VALUE) and _WHOLE.fullmatch(value):
        return int(value)
    return value


def with_their_ends(wanted: Mapping[int, Held], before: Carries, now: datetime) -> dict[int, Held]:
    """The same, by attribute; what was carried with this value already ends when it did, unless that is over."""
    return {key: _with_its_end(one, before.get(key), now) for key, one in wanted.items()}


def _with_its_end(one: Held, before: tuple[str, datetime | None] | None, now: datetime) -> Held:
    if one.expires_at is not None or before is None or before[0] != one.value:
        return one
    end = before[1]
    return one if end is None or end <= now else replace(one, expires_at=end)


def as_carried(wanted: Mapping[int, Held]) -> Carries:
    """What a person carries who was given just these."""
    return {key: (one.value, one.expires_at) for key, one in wanted.items()}


def carried(own: Iterable[Held], lent: Sequence[Lent]) -> list[Carried]:
    """What a person carries, by name: their own, and what their teams and departments lend."""
    mine = {one.name: one for one in own}
    names = sorted({*mine, *(one.name for one in lent)})
    return [Carried(name, mine.get(name), tuple(one for one in lent if one.name == name)) for name in names]
