"""Names of files and folders. They come from strangers' computers: what could mislead a reader is taken out."""

import unicodedata

from sundial.server.vault.types import NAME_LIMIT

_ENDS = ". \u00a0"
_SHAPES_LETTERS = "\u200c\u200d"  # joiners: Bangla and Persian words need them, and no name is told apart by them
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # controls, marks that turn the text around, what is no character


class BadName(Exception):
    """This cannot be the name of a file or folder; the text says why."""


def cleaned(text: str) -> str:
    """The name that is meant: composed, without controls and unseen marks, without dots and spaces at its ends."""
    seen = "".join(" " if one in "\t\n\r" else one for one in text if _stays(one))
    name = unicodedata.normalize("NFC", " ".join(seen.split(" "))).strip(_ENDS)
    name = " ".join(name.split())
    if "/" in name or "\\" in name:
        raise BadName("A name cannot contain / or \\.")
    if not name:
        raise BadName("Write a name with at least one letter or digit.")
    if len(name) > NAME_LIMIT:
        raise BadName(f"At most {NAME_LIMIT} characters.")
    return name


def _stays(letter: str) -> bool:
    return letter in _SHAPES_LETTERS or letter in "\t\n\r" or unicodedata.category(letter) not in _UNSEEN


def folded(name: str) -> str:
    """The name as it is compared: capitals and joiners make no difference."""
    plain = "".join(one for one in name if one not in _SHAPES_LETTERS)
    return unicodedata.normalize("NFC", plain.casefold())


def numbered(name: str, number: int) -> str:
    """The same name told apart: `plan.pdf` as `plan (2).pdf`."""
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending) > 10:
        stem, dot, ending = name, "", ""
    mark = f" ({number})"
    return f"{stem[: NAME_LIMIT - len(mark) - len(dot) - len(ending)]}{mark}{dot}{ending}"
