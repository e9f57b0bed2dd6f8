"""A text as a rule, or an error that says where and why."""

import difflib
import functools
from collections.abc import Callable, Sequence
from typing import TypeVar

from sundial.access.printing import with_texts
from sundial.access.types import (
    LANGUAGE,
    All,
    Any,
    AtLeast,
    Clock,
    Compare,
    Has,
    Literal,
    Not,
    Rule,
    RuleError,
    depth,
    gettext_noop,
)
from sundial.access.words import RESERVED, Word, words_of

LONGEST_RULE = 4000  # characters, as it was written and as it is printed
MOST_TERMS = 200
DEEPEST = 32
_DEEPEST_WRITTEN = 2 * DEEPEST  # brackets that say nothing count here, and only here
WRONG_COUNT = gettext_noop("Choose from 1 to {most}: there are so many parts.")
_OPEN = gettext_noop("A bracket is not closed.")

Read = TypeVar("Read")


def parse(text: str, language: int = LANGUAGE) -> Rule:
    """The rule that a text says; raises RuleError for one that says none, and for a language that is not known."""
    if language != LANGUAGE:
        words = gettext_noop("This rule is written in language {language}, which is not known here.")
        raise RuleError(words, 0, len(text), language=language)
    if len(text) > LONGEST_RULE:
        words = gettext_noop("A rule has at most {most} characters.")
        raise RuleError(words, LONGEST_RULE, len(text), most=LONGEST_RULE)
    return _parsed(text)


@functools.lru_cache(maxsize=4096)  # a list of files asks for the same few rules again and again
def _parsed(text: str) -> Rule:
    found = _Reader(words_of(text)).whole()
    if depth(found) > DEEPEST:
        raise RuleError(gettext_noop("Parts lie within one another at most {most} deep."), 0, len(text), most=DEEPEST)
    rule = with_texts(found)
    if len(rule.text) > LONGEST_RULE:
        words = gettext_noop("Written out, this rule has more than {most} characters.")
        raise RuleError(words, 0, len(text), most=LONGEST_RULE)
    return rule


class _Reader:
    """Reads words one after another; each method takes what it names."""

    def __init__(self, words: list[Word]) -> None:
        self._words, self._place, self._terms, self._depth = words, 0, 0, 0

    def whole(self) -> Rule:
        if self._next.kind == "end":
            raise RuleError(gettext_noop("Write a rule: without one, nobody can open the file."))
        rule = self._several(",", All, self._either)
        if self._next.kind != "end":
            words = gettext_noop("Write and, or, or a comma between two parts.")
            raise self._unexpected(words, ("and", "or"))
        return rule

    def _either(self) -> Rule:
        return self._several("or", Any, self._both)

    def _both(self) -> Rule:
        return self._several("and", All, self._opposite)

    def _several(self, joint: str, group: type[All] | type[Any], one: Callable[[], Rule]) -> Rule:
        parts = [one()]
        while self._took(joint):
            parts.append(one())
        if len(parts) == 1:
            return parts[0]
        flat = (inner for part in parts for inner in (part.parts if isinstance(part, group) else (part,)))
        return group(tuple(flat))

    def _opposite(self) -> Rule:
        if not self._took("not"):
            return self._single()
        return Not(self._inside(self._opposite))

    def _single(self) -> Rule:
        if self._took("("):
            rule = self._inside(lambda: self._several(",", All, self._either))
            self._must(")", _OPEN)
            return rule
        if self._took("any"):
            return self._some()
        return self._leaf()

    def _some(self) -> Rule:
        number = self._next
        if number.kind != "number":
            raise self._unexpected(gettext_noop("Write how many: any 2 of (…)."))
        self._place += 1
        self._must("of", gettext_noop("Write of after the number: any 2 of (…)."))
        self._must("(", gettext_noop("Write the parts in brackets: any 2 of (a, b, c)."))
        parts = self._inside(self._listed)
        self._must(")", _OPEN)
        if not 1 <= int(number.text) <= len(parts):
            raise RuleError(WRONG_COUNT, number.start, number.end, most=len(parts))
        return AtLeast(int(number.text), parts)

    def _listed(self) -> tuple[Rule, ...]:
        parts = [self._either()]
        while self._took(","):
            parts.append(self._either())
        return tuple(parts)

    def _leaf(self) -> Rule:
        name = self._next
        if name.kind != "name":
            raise self._unexpected(gettext_noop("An attribute is missing here."))
        self._terms += 1
        if self._terms > MOST_TERMS:
            words = gettext_noop("A rule has at most {most} parts.")
            raise RuleError(words, name.start, name.end, most=MOST_TERMS)
        self._place += 1
        if self._next.kind != "op":
            return Has(name.text, (name.start, name.end))
        op = self._next.text
        self._place += 1
        value, end = self._value()
        return Compare(name.text, op, value, (name.start, end))

    def _value(self) -> tuple[Literal, int]:
        word = self._next
        if word.kind == "name" and word.text not in RESERVED:
            value: Literal = word.text
        elif word.kind == "quoted":
            value = word.text
        elif word.kind == "number":
            value = int(word.text)
        elif word.kind == "time":
            value = Clock(int(word.text[:2]) * 60 + int(word.text[3:]))
        else:
            raise self._no_value(word)
        self._place += 1
        return value, word.end

    @staticmethod
    def _no_value(word: Word) -> RuleError:
        if word.text in RESERVED:
            why = gettext_noop("{word} has a meaning of its own: put it in quotes.")
            return RuleError(why, word.start, word.end, f'"{word.text}"', word=word.text)
        why = gettext_noop('A value is missing here: a number, a word, or words in "quotes".')
        return RuleError(why, word.start, word.end)

    def _inside(self, read: Callable[[], Read]) -> Read:
        self._depth += 1
        if self._depth > _DEEPEST_WRITTEN:
            raise self._unexpected(gettext_noop("Brackets lie within one another at most {most} deep."), most=DEEPEST)
        found = read()
        self._depth -= 1
        return found

    @property
    def _next(self) -> Word:
        return self._words[self._place]

    def _took(self, text: str) -> bool:
        word = self._next
        if word.kind not in ("keyword", "mark") or word.text != text:
            return False
        self._place += 1
        return True

    def _must(self, text: str, why: str) -> None:
        if not self._took(text):
            raise self._unexpected(why, (text,))

    def _unexpected(self, why: str, wanted: Sequence[str] = (), **values: object) -> RuleError:
        word = self._next
        near = difflib.get_close_matches(word.text, wanted, 1, 0.5) if word.kind == "name" else []
        return RuleError(why, word.start, word.end, near[0] if near else "", **values)
