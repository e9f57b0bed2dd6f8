"""Why a part of a rule is true, false or unknown of a person, in plain words."""

from dataclasses import dataclass

from sundial.access.truth import Lack, values_of
from sundial.access.types import Compare, Facts, Has, Leaf

_FLAGS = {
    ("working", True): "{they} are working now",
    ("working", False): "{they} are not working now",
    ("enrolled", True): "{they} have an enrolled device",
    ("enrolled", False): "{they} have no enrolled device",
}
_NOT_KNOWN = {
    "working": "it is not known whether {they} are working",
    "enrolled": "it is not known whether {they} have an enrolled device",
    "role": "{their} role is not known",
    "department": "{they} are in no department",
    "team": "{they} are in no team",
    "network": "{they} are on no network that has a name",
    "time": "the time is not known",
}


@dataclass(frozen=True, slots=True)
class Voice:
    """How the person whom a decision is about is called."""

    they: str
    their: str

    def say(self, words: str) -> str:
        """These words, about the person."""
        return words.format(they=self.they, their=self.their)


THEY = Voice("they", "their")  # to somebody else
YOU = Voice("you", "your")  # to the person
_MOST_VALUES = 5


def why(rule: Leaf, found: bool | Lack, facts: Facts, voice: Voice) -> str:
    """What this person has that makes a name or a comparison what it is."""
    if found is Lack.GONE:
        return f"there is no attribute {rule.name}"
    if found is Lack.VALUE:
        return voice.say(_NOT_KNOWN.get(rule.name) or f"{{they}} have no {rule.name}")
    if found is Lack.TYPE:
        return f"{rule.name} cannot be asked like this"
    if isinstance(rule, Has):
        known = _FLAGS.get((rule.name, found))
        return voice.say(known) if known else f"{voice.they} {'have' if found else 'do not have'} {rule.name}"
    return _value(rule, facts, voice)


def _value(rule: Compare, facts: Facts, voice: Voice) -> str:
    values = values_of(rule.name, facts)
    told = "" if isinstance(values, Lack) else _listed(sorted(map(str, values)))
    return f"it is {told}" if rule.name == "time" else f"{voice.their} {rule.name} is {told}"


def _listed(values: list[str]) -> str:
    more = len(values) - _MOST_VALUES
    return ", ".join(values[:_MOST_VALUES]) + (f" and {more} more" if more > 0 else "")
