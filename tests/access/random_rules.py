"""Random rules, people and requests, well made and not: for properties, and beside Cedar."""

import random

from hypothesis import strategies as st

from sundial.access import Facts, Kind, Rule, from_tree
from sundial.access.types import All, Any, AtLeast, Clock, Compare, Has, Not
from sundial.access.words import RESERVED, ROLES, is_word

POOL = {
    "finance": Kind.FLAG,
    "audit": Kind.FLAG,
    "contractor": Kind.FLAG,
    "clearance": Kind.NUMBER,
    "floor": Kind.NUMBER,
    "site": Kind.WORD,
    "grade": Kind.WORD,
    "badge": Kind.VALUE,
}
GONE = "payroll"  # no attribute of the company, or no longer
OPS = ("=", "!=", "<", "<=", ">", ">=")
SITES = ("dhaka", "lima", "Dhaka", "São Paulo", 'a "quoted" \\ one', "and", "3")
NUMBERS = (-2, 0, 1, 2, 3, 10**14)
TEAMS = ("sales", "Night shift", "sales east")
MINUTES = (0, 539, 540, 541, 1439)
FACTS = ("role", "department", "team", "working", "enrolled", "time", "network")

words = st.text(min_size=1, max_size=20).filter(is_word)
names = st.from_regex(r"[a-z][a-z0-9_-]{0,12}", fullmatch=True).filter(lambda name: name not in RESERVED)
values = st.one_of(words, st.sampled_from(SITES), st.integers(-(10**15) + 1, 10**15 - 1))
values |= st.integers(0, 1439).map(Clock)
anything_named = st.one_of(names, st.sampled_from((*POOL, *FACTS)))
leaves = st.one_of(st.builds(Has, anything_named), st.builds(Compare, anything_named, st.sampled_from(OPS), values))


def _grouped(parts: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
    several = st.lists(parts, min_size=2, max_size=4).map(tuple)
    some = st.lists(parts, min_size=1, max_size=4).flatmap(
        lambda inside: st.builds(AtLeast, st.integers(1, len(inside)), st.just(tuple(inside)))
    )
    return st.one_of(st.builds(Not, parts), several.map(_all), several.map(_any), some)


def _all(parts: tuple[Rule, ...]) -> Rule:
    return All(tuple(inner for part in parts for inner in (part.parts if isinstance(part, All) else (part,))))


def _any(parts: tuple[Rule, ...]) -> Rule:
    return Any(tuple(inner for part in parts for inner in (part.parts if isinstance(part, Any) else (part,))))


rules = st.recursive(leaves, _grouped, max_leaves=12)


class Dice:
    """Rules and people drawn from one seed, so that a disagreement can be looked at again."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def rule(self) -> Rule:
        """A rule of one to about ten parts, often with something in it that does not fit."""
        return from_tree(self._tree(3))

    def _tree(self, deep: int) -> dict[str, object]:
        kind = self.random.choice(("leaf", "leaf", "not", "all", "any", "some")) if deep else "leaf"
        if kind == "leaf":
            return self._leaf()
        if kind == "not":
            return {"kind": "not", "part": self._tree(deep - 1)}
        parts = [self._tree(deep - 1) for _ in range(self.random.randint(2, 3))]
        return {"kind": kind, "parts": parts, "count": self.random.randint(1, len(parts))}

    def _leaf(self) -> dict[str, object]:
        name = self.random.choice((*POOL, GONE, *FACTS))
        flag = POOL.get(name) == Kind.FLAG or name in ("working", "enrolled", GONE)
        if flag != (self.random.random() < 0.1):
            return {"kind": "has", "name": name}
        return {"kind": "compare", "name": name, "op": self.random.choice(OPS), "value": self._value(name)}

    def _value(self, name: str) -> object:
        if self.random.random() < 0.1:
            return self.random.choice((*SITES, *NUMBERS, {"time": "09:00"}))
        if name == "time":
            minute = self.random.choice(MINUTES)
            return {"time": f"{minute // 60:02}:{minute % 60:02}"}
        if name == "role":
            return self.random.choice(ROLES)
        if name in ("team", "department", "network"):
            return self.random.choice(TEAMS)
        return self.random.choice(NUMBERS if POOL.get(name) == Kind.NUMBER else SITES)

    def facts(self) -> Facts:
        """Somebody who carries some of it: the wrong thing now and then, or nothing at all."""
        choice, known = self.random.choice, {name: kind for name, kind in POOL.items() if self.random.random() < 0.9}
        carried = {name: self._carried(kind) for name, kind in POOL.items() if self.random.random() < 0.6}
        return Facts(
            pool=known,
            attributes=carried,
            role=choice((*ROLES, None)),
            departments=self._some(TEAMS),
            teams=self._some(TEAMS),
            working=choice((True, False, None)),
            enrolled=choice((True, False, None)),
            minute_of_day=choice((*MINUTES, None)),
            networks=self._some(TEAMS),
        )

    def _carried(self, kind: Kind) -> str | int | bool:
        if self.random.random() < 0.1:
            return self.random.choice((True, False, *SITES, *NUMBERS))
        held = {Kind.FLAG: (True,), Kind.NUMBER: NUMBERS, Kind.WORD: SITES, Kind.VALUE: (*SITES, *NUMBERS)}
        return self.random.choice(held[kind])

    def _some(self, of: tuple[str, ...]) -> frozenset[str]:
        return frozenset(name for name in of if self.random.random() < 0.3)
