"""The letters of PDF files: those of the pages, as Vite built them, one file for each part of the alphabet."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from fontTools.ttLib import TTFont

_FIRST = "inter-latin-wght-normal"
_REGULAR, _BOLD = "-400-normal.woff2", "-600-normal.woff2"  # of fonts with a file for each weight
_EVERY_WEIGHT = "-wght-normal.woff2"


@dataclass(frozen=True)
class Letters:
    """A font file and the letters that it has; `bold` is another file, or None where this one has every weight."""

    path: Path
    bold: Path | None
    has: frozenset[int]


def letters_for(text: str) -> list[Letters]:
    """The files that this text needs, Latin first and always; letters that no file has need none."""
    missing = {ord(one) for one in text}
    found: list[Letters] = []
    for one in _all():
        if not found or missing & one.has:
            found.append(one)
            missing -= one.has
    return found


@cache
def _all() -> tuple[Letters, ...]:
    manifest = Path(str(settings.DJANGO_VITE["default"]["manifest_path"]))
    built = json.loads(manifest.read_text(encoding="utf-8"))
    files = {name: manifest.parent / facts["file"] for name, facts in built.items()}
    regular = [name for name in files if name.endswith((_EVERY_WEIGHT, _REGULAR))]
    in_order = sorted(regular, key=lambda name: (_FIRST not in name, name))
    return tuple(_read(files[name], files.get(name.replace(_REGULAR, _BOLD))) for name in in_order)


def _read(path: Path, bold: Path | None) -> Letters:
    with TTFont(path, lazy=True) as font:
        return Letters(path, None if bold == path else bold, frozenset(font.getBestCmap()))
