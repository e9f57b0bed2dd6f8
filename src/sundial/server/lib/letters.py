"""The letters of PDF files: as Vite built them, one file for each part of an alphabet and weight."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from fontTools.ttLib import TTFont

_FIRST = "inter-latin-400"
_REGULAR, _BOLD = "-400-normal.woff2", "-600-normal.woff2"


@dataclass(frozen=True)
class Letters:
    """A font in two weights, a file each, and the letters that it has."""

    path: Path
    bold: Path
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
    regular = [name for name in files if name.endswith(_REGULAR)]
    in_order = sorted(regular, key=lambda name: (_FIRST not in name, name))
    return tuple(_read(files[name], files[name.replace(_REGULAR, _BOLD)]) for name in in_order)


def _read(path: Path, bold: Path) -> Letters:
    with TTFont(path, lazy=True) as font:
        return Letters(path, bold, frozenset(font.getBestCmap()))
