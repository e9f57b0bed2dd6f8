"""The text of a window's title, in the encodings that X programs use."""

import codecs
import re

_UTF8_PART = re.compile(rb"\x1b%G(.*?)(?:\x1b%@|$)", re.DOTALL)
_ESCAPE = re.compile(rb"\x1b[\x20-\x2f]*[\x30-\x7e]")


def decoded(value: object, kind: str) -> str:
    """Never fails: what cannot be read is replaced, a character cut in two is left out."""
    if isinstance(value, str):
        return value
    if not isinstance(value, bytes):
        return ""
    return _compound(value) if kind == "COMPOUND_TEXT" else _latin(value) if kind == "STRING" else _utf8(value)


def _utf8(value: bytes) -> str:
    return codecs.getincrementaldecoder("utf-8")("replace").decode(value)


def _latin(value: bytes) -> str:
    """By the letter of the standard it is Latin-1; many programs write UTF-8 all the same."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _compound(value: bytes) -> str:
    """Latin-1, with parts in UTF-8 between their marks; marks of older character sets are left out."""
    parts = _UTF8_PART.split(value)
    plain = (_ESCAPE.sub(b"", part).decode("latin-1") for part in parts[::2])
    unicode = [*map(_utf8, parts[1::2]), ""]
    return "".join(before + after for before, after in zip(plain, unicode, strict=True))
