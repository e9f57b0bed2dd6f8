"""What others wrote, made fit to be drawn: it stays text, on its own line, in its own direction."""

import re
import unicodedata

LONGEST = 300
LONG_WORD = re.compile(r"(\S{24})(?=\S)")
TOO_MANY_MARKS = re.compile(r"([\u0300-\u036f]{8})[\u0300-\u036f]+")
ISOLATE, END_ISOLATE = "\u2068", "\u2069"
BREAK_HERE = "\u200b"
# What is invisible but joins what stands beside it; everything else of its kind goes, also what turns the direction.
JOINERS = frozenset("\u200c\u200d")


def clean(text: str, longest: int = LONGEST) -> str:
    """One line without anything invisible that could act: no controls, no turns of direction, nothing endless."""
    start = text[: longest * 4]
    line = " ".join("".join(map(_drawable, start)).split())
    line = TOO_MANY_MARKS.sub(r"\1", line)
    if len(line) <= longest and len(start) == len(text):
        return line
    return line[:longest].rstrip() + "…"


def isolated(text: str) -> str:
    """Clean text that cannot turn what stands before and after it."""
    return f"{ISOLATE}{text}{END_ISOLATE}" if text else ""


def wrapping(text: str) -> str:
    """The same text with places to break a word that is longer than any line."""
    return LONG_WORD.sub(rf"\1{BREAK_HERE}", text)


def paragraphs(text: str, longest: int = 4000) -> list[str]:
    """Each line clean by itself, empty ones left out."""
    lines = (clean(line, longest) for line in text.splitlines())
    return [line for line in lines if line]


def _drawable(character: str) -> str:
    match unicodedata.category(character):
        case "Cc" | "Zl" | "Zp":
            return " "
        case "Cs":
            return "\ufffd"
        case "Cf":
            return character if character in JOINERS else ""
    return character
