"""The words of the language: which there are, and a text cut into them with their places."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from sundial.access.types import Kind, RuleError, gettext_noop

KEYWORDS = ("and", "or", "not", "any", "of")
ROLES = ("admin", "manager", "employee")
# What the server itself knows of everybody; no attribute may be called so.
BUILT_IN: dict[str, Kind] = {
    "role": Kind.WORD,
    "department": Kind.WORD,
    "team": Kind.WORD,
    "working": Kind.FLAG,
    "enrolled": Kind.FLAG,
    "time": Kind.TIME,
    "network": Kind.WORD,
}
RESERVED = frozenset((*KEYWORDS, *BUILT_IN))
LONGEST_NAME = 40
LONGEST_WORD = 80
LONGEST_NUMBER = 15  # digits: exact in every language that reads our answers

_NAME = re.compile(rf"[a-z][a-z0-9_-]{{0,{LONGEST_NAME - 1}}}")
_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r\n]+)
      | (?P<time>[0-9]+:[0-9]*)
      | (?P<decimal>-?[0-9]+[.][0-9]*)
      | (?P<number>-?[0-9]+(?!\w))
      | (?P<quoted>"(?:[^"\\]|\\.)*")
      | (?P<op><=|>=|!=|==|<>|[=<>])
      | (?P<mark>[(),])
      | (?P<run>\w[\w-]*)
      | (?P<stray>&&|\|\||(?s:.))""",
    re.VERBOSE,
)
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_ESCAPED = re.compile(r"\\(.)")
# What people write who know another language, or whose editor knows better.
_MEANT = {"==": "=", "<>": "!=", "&&": "and", "||": "or", "&": "and", "|": "or", "!": "not", ";": ",", "≥": ">="}
_MEANT |= {"≤": "<=", "≠": "!=", "“": '"', "”": '"', "„": '"', "'": '"', "‘": '"', "’": '"', "\u00a0": " ", "[": "("}
_MEANT |= {"]": ")", "{": "(", "}": ")"}
# Letters of other scripts that look like ours, in the order of what they look like; accents go by themselves.
_ALIKE = str.maketrans("аӓәсԁеёғһіїјӏԛорѕтуѵԝхαβεγικνορτυχωıɑɡ", "aaecdeefhiijlqopstyvwxabeyiknoptuxwiag")
_BAD_CATEGORIES = frozenset(("Cc", "Cs", "Zl", "Zp"))
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u200b")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, what it stands for, and where it is; the last of every text has no text."""

    kind: str  # name, keyword, number, time, quoted, op, mark, end
    text: str
    start: int
    end: int


def is_name(text: str) -> bool:
    """True for what may stand for an attribute."""
    return _NAME.fullmatch(text) is not None


def is_free_name(text: str) -> bool:
    """True for what a company may call an attribute: a name that means nothing else in a rule."""
    return is_name(text) and text not in RESERVED


def is_word(text: str) -> bool:
    """True for a value that a rule can name: 1 to 80 characters, none of which hides or turns others."""
    return 0 < len(text) <= LONGEST_WORD and not any(_is_bad(letter) for letter in text)


def _is_bad(letter: str) -> bool:
    return letter in _BIDI or unicodedata.category(letter) in _BAD_CATEGORIES


def words_of(text: str) -> list[Word]:
    """The words of a text in their order, and the end; raises RuleError at what is none."""
    return [*_cut(text), Word("end", "", len(text), len(text))]


def _cut(text: str) -> Iterator[Word]:
    for found in _TOKEN.finditer(text):
        kind = str(found.lastgroup)
        if kind != "blank":
            yield _READ.get(kind, _as_it_is)(Word(kind, found[0], found.start(), found.end()))


def _as_it_is(word: Word) -> Word:
    if word.kind == "stray" or word.text in _MEANT:
        raise _stray(word)
    return word


def _run(word: Word) -> Word:
    if word.text in KEYWORDS:
        return Word("keyword", word.text, word.start, word.end)
    if is_name(word.text):
        return Word("name", word.text, word.start, word.end)
    why = gettext_noop(
        "Names are small letters a to z, digits, - and _, and begin with a letter; put other words in quotes."
    )
    if is_name(word.text[:LONGEST_NAME]) and len(word.text) > LONGEST_NAME:
        why = gettext_noop("A name has at most {most} characters; put other words in quotes.")
    raise RuleError(why, word.start, word.end, _plainly(word.text), most=LONGEST_NAME)


def _number(word: Word) -> Word:
    if len(word.text.lstrip("-0")) > LONGEST_NUMBER:
        words = gettext_noop("A number has at most {most} digits.")
        raise RuleError(words, word.start, word.end, most=LONGEST_NUMBER)
    return word


def _decimal(word: Word) -> Word:
    raise RuleError(gettext_noop("Numbers are whole here."), word.start, word.end)


def _time(word: Word) -> Word:
    if _TIME.fullmatch(word.text) is None:
        padded = word.text.zfill(5)
        meant = padded if _TIME.fullmatch(padded) else ""
        raise RuleError(gettext_noop("Write a time as 09:00, from 00:00 to 23:59."), word.start, word.end, meant)
    return word


def _quoted(word: Word) -> Word:
    inside = word.text[1:-1]
    if any(escaped[1] not in '"\\' for escaped in _ESCAPED.finditer(inside)):
        words = gettext_noop('In quotes, \\ stands only before " or another \\.')
        raise RuleError(words, word.start, word.end)
    value = _ESCAPED.sub(r"\1", inside)
    if not is_word(value):
        words = gettext_noop("Between quotes stand 1 to {most} characters, and none that cannot be seen.")
        raise RuleError(words, word.start, word.end, most=LONGEST_WORD)
    return Word("quoted", value, word.start, word.end)


def _stray(word: Word) -> RuleError:
    meant = _MEANT.get(word.text, "")
    if word.text == '"':
        return RuleError(gettext_noop("This quote is not closed."), word.start, word.end)
    if not meant.strip():
        return RuleError(gettext_noop("This cannot stand in a rule."), word.start, word.end, meant)
    return RuleError(gettext_noop("Write {meant} for this."), word.start, word.end, meant, meant=meant)


def _plainly(text: str) -> str:
    """The name that a look-alike, or one in capitals, stands for; empty if there is none."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_ALIKE))
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter)).translate(_ALIKE)
    return plain if is_name(plain) else ""


_READ = {"run": _run, "number": _number, "decimal": _decimal, "time": _time, "quoted": _quoted}
