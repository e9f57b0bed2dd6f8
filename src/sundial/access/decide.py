"""A decision about one person, with what came of each part and why."""

from collections.abc import Iterator
from typing import NamedTuple

from sundial.access.explain import THEY, Voice, why
from sundial.access.printing import printed
from sundial.access.truth import Lack, Truth, leaf, opposite, together
from sundial.access.types import All, Compare, Facts, Has, Not, Outcome, Rule, parts_of

_MOST_SENTENCES = 3
_LONGEST_TEXT = 160


class Part(NamedTuple):
    """A part of a rule as it is written, what came of it for this person, and why."""

    text: str
    outcome: Outcome
    why: str
    parts: tuple["Part", ...] = ()


class Decision(NamedTuple):
    """Whether the file opens, why in a sentence or three, and the rule part by part."""

    allowed: bool
    reason: str
    parts: Part


def decide(rule: Rule, facts: Facts, voice: Voice = THEY) -> Decision:
    """Whether the rule opens for this person; unknown does not, and the reason says what is missing."""
    part, found = _judged(rule, facts, voice)
    return (
        Decision(True, voice.say("met"), part) if found is True else Decision(False, _reason(rule, part, voice), part)
    )


def _judged(rule: Rule, facts: Facts, voice: Voice) -> tuple[Part, Truth]:
    if isinstance(rule, Has | Compare):
        found = leaf(rule, facts)
        truth = None if isinstance(found, Lack) else found
        return Part(printed(rule), _OUTCOMES[truth], why(rule, found, facts, voice)), truth
    if isinstance(rule, Not):
        inner, came = _judged(rule.part, facts, voice)
        truth = opposite(came)
        return Part(printed(rule), _OUTCOMES[truth], inner.why, (inner,)), truth
    judged = [_judged(part, facts, voice) for part in rule.parts]
    truths = [came for _part, came in judged]
    truth, count = together(rule, truths), truths.count(True)
    told = voice.say("hold", count, all=len(judged))
    return Part(printed(rule), _OUTCOMES[truth], told, tuple([part for part, _came in judged])), truth


def _reason(rule: Rule, part: Part, voice: Voice) -> str:
    """What is missing, one sentence for each part that everybody needs."""
    each = zip(rule.parts, part.parts, strict=True) if isinstance(rule, All) else [(rule, part)]
    needed = [(one, came) for one, came in each if came.outcome is not Outcome.TRUE]
    told = [
        voice.say("needs", rule=_short(came.text), why=_missing(one, came, voice))
        for one, came in needed[:_MOST_SENTENCES]
    ]
    more = len(needed) - _MOST_SENTENCES
    return " ".join([*told, voice.say("more missing", more)] if more > 0 else told)


def _missing(rule: Rule, part: Part, voice: Voice) -> str:
    """What the names and comparisons beneath say, the first few, without those that are as the rule wants them."""
    whys = list(dict.fromkeys(_in_the_way(rule, part, wanted=Outcome.TRUE)))
    told = ", ".join(whys[:_MOST_SENTENCES])
    return voice.say("and so on", why=told) if len(whys) > _MOST_SENTENCES else told


def _in_the_way(rule: Rule, part: Part, *, wanted: Outcome) -> Iterator[str]:
    if part.outcome is wanted:
        return
    if not part.parts:
        yield part.why
    turned = _OPPOSITE[wanted] if isinstance(rule, Not) else wanted
    for one, came in zip(parts_of(rule), part.parts, strict=True):
        yield from _in_the_way(one, came, wanted=turned)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"


_OUTCOMES = {True: Outcome.TRUE, False: Outcome.FALSE, None: Outcome.UNKNOWN}
_OPPOSITE = {Outcome.TRUE: Outcome.FALSE, Outcome.FALSE: Outcome.TRUE}
