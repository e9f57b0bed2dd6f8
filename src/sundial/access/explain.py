"""Why a part of a rule is true, false or unknown of a person: what is to be said, and how a voice says it.

What is said has a code, a count and values; a voice has the words for each code. Ours speak English; whoever asks may
bring voices of other languages, with words for every code of `ENGLISH`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sundial.access.truth import Lack, values_of
from sundial.access.types import Compare, Facts, Has, Leaf

# The words of each code to somebody else and to the person; two of them where they count: of one, and of more.
ENGLISH: dict[str, tuple[str, str]] = {
    "gone": ("there is no attribute {name}",) * 2,
    "type": ("{name} cannot be asked like this",) * 2,
    "has": ("they have {name}", "you have {name}"),
    "has not": ("they do not have {name}", "you do not have {name}"),
    "no value": ("they have no {name}", "you have no {name}"),
    "value": ("their {name} is {value}", "your {name} is {value}"),
    "time": ("it is {value}",) * 2,
    "working": ("they are working now", "you are working now"),
    "not working": ("they are not working now", "you are not working now"),
    "enrolled": ("they have an enrolled device", "you have an enrolled device"),
    "not enrolled": ("they have no enrolled device", "you have no enrolled device"),
    "unknown working": ("it is not known whether they are working", "it is not known whether you are working"),
    "unknown enrolled": (
        "it is not known whether they have an enrolled device",
        "it is not known whether you have an enrolled device",
    ),
    "unknown role": ("their role is not known", "your role is not known"),
    "unknown department": ("they are in no department", "you are in no department"),
    "unknown team": ("they are in no team", "you are in no team"),
    "unknown network": ("they are on no network that has a name", "you are on no network that has a name"),
    "unknown time": ("the time is not known",) * 2,
    "more values": ("{value} and {n} more",) * 2,
    "met": ("Every part that is needed is true.",) * 2,
    "needs": ("It needs {rule}, but {why}.",) * 2,
    "and so on": ("{why}, and so on",) * 2,
}
COUNTED: dict[str, tuple[str, str]] = {
    "hold": ("{n} of {all} holds", "{n} of {all} hold"),
    "more missing": ("And {n} more is missing.", "And {n} more are missing."),
}


@dataclass(frozen=True, slots=True)
class Voice:
    """How a person is spoken of or to; `words` are those of a code, for this count where they differ by it."""

    words: Callable[[str, int], str]

    def say(self, code: str, n: int = 0, **values: object) -> str:
        """The words of this code, with these values."""
        return self.words(code, n).format(n=n, **values)


def _english(to: int) -> Voice:
    return Voice(lambda code, n: COUNTED[code][n != 1] if code in COUNTED else ENGLISH[code][to])


THEY = _english(0)  # to somebody else
YOU = _english(1)  # to the person
_MOST_VALUES = 5
_FACTS = frozenset(("working", "not working", "enrolled", "not enrolled"))


def why(rule: Leaf, found: bool | Lack, facts: Facts, voice: Voice) -> str:
    """What this person has that makes a name or a comparison what it is."""
    if found is Lack.VALUE:
        known = f"unknown {rule.name}"
        return voice.say(known) if known in ENGLISH else voice.say("no value", name=rule.name)
    if isinstance(found, Lack):
        return voice.say("gone" if found is Lack.GONE else "type", name=rule.name)
    if isinstance(rule, Compare):
        return _value(rule, facts, voice)
    return _flag(rule, voice, has=found)


def _flag(rule: Has, voice: Voice, *, has: bool) -> str:
    known = rule.name if has else f"not {rule.name}"
    return voice.say(known) if known in _FACTS else voice.say("has" if has else "has not", name=rule.name)


def _value(rule: Compare, facts: Facts, voice: Voice) -> str:
    values = values_of(rule.name, facts)
    told = "" if isinstance(values, Lack) else _listed(sorted(map(str, values)), voice)
    return voice.say("time" if rule.name == "time" else "value", name=rule.name, value=told)


def _listed(values: list[str], voice: Voice) -> str:
    told, more = ", ".join(values[:_MOST_VALUES]), len(values) - _MOST_VALUES
    return voice.say("more values", more, value=told) if more > 0 else told
