"""What a rule is made of, and what is known of a person when it is read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

LANGUAGE = 1  # stored with every rule; what a text means in a language never changes

Span = tuple[int, int]  # where something stands in the text: characters, from and to
_NOWHERE: Span = (0, 0)


class Kind(StrEnum):
    """What an attribute or a fact holds; a VALUE is a number or a word, whichever was written."""

    FLAG = "flag"
    NUMBER = "number"
    WORD = "word"
    VALUE = "value"
    TIME = "time"


class Outcome(StrEnum):
    """What came of a part of a rule."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


def gettext_noop(words: str) -> str:
    """Mark words for the tools of translators; whoever shows them translates them before they get their values."""
    return words


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a text or a part of a rule, and where; `suggestion` may have been meant in its place.

    `words` hold names for `values` in braces; `message` is both, in English.
    """

    words: str
    start: int = 0
    end: int = 0
    suggestion: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """What is wrong, in English."""
        return self.words.format(**self.values)


class RuleError(ValueError):
    """This text is no rule: `problem` says why and where."""

    def __init__(self, words: str, start: int = 0, end: int = 0, suggestion: str = "", **values: object) -> None:
        self.problem = Problem(words, start, end, suggestion, values)
        super().__init__(self.problem.message)


@dataclass(frozen=True, slots=True, order=True)
class Clock:
    """A time of day, in minutes after midnight."""

    minute: int

    def __str__(self) -> str:
        return f"{self.minute // 60:02}:{self.minute % 60:02}"


Literal = int | str | Clock

# `text` of a part is how it is printed, once it has been read: decisions say it again and again.


@dataclass(frozen=True, slots=True)
class Has:
    """A flag that the person carries, or a fact that holds for them."""

    name: str
    at: Span = field(default=_NOWHERE, compare=False, repr=False)
    text: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """A value of the person, or a fact about them, beside one that the rule names."""

    name: str
    op: str
    value: Literal
    at: Span = field(default=_NOWHERE, compare=False, repr=False)
    text: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a part; of unknown it is unknown."""

    part: "Rule"
    text: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class All:
    """Every part, at least two."""

    parts: tuple["Rule", ...]
    text: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Any:
    """One of the parts, at least two."""

    parts: tuple["Rule", ...]
    text: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """So many of the parts."""

    count: int
    parts: tuple["Rule", ...]
    text: str = field(default="", compare=False, repr=False)


Leaf = Has | Compare
Rule = Leaf | Not | All | Any | AtLeast


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a person at one moment; None, or an empty set of names, is not known and opens nothing.

    `pool` says which attributes the company has, `attributes` which this person carries: a flag as True.
    `departments` are the person's own and those above it, `minute_of_day` is in the company's time zone.
    """

    pool: Mapping[str, str]
    attributes: Mapping[str, str | int | bool]
    role: str | None = None
    departments: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    working: bool | None = None
    enrolled: bool | None = None
    minute_of_day: int | None = None
    networks: frozenset[str] = frozenset()


def parts_of(rule: Rule) -> tuple[Rule, ...]:
    """What a part is put together from; nothing for a name or a comparison."""
    if isinstance(rule, Not):
        return (rule.part,)
    return () if isinstance(rule, Has | Compare) else rule.parts


def leaves(rule: Rule) -> Iterator[Leaf]:
    """The names and comparisons of a rule, in their order."""
    if isinstance(rule, Has | Compare):
        yield rule
    for part in parts_of(rule):
        yield from leaves(part)


def depth(rule: Rule) -> int:
    """How many parts lie within one another."""
    return 1 + max(map(depth, parts_of(rule)), default=0)
