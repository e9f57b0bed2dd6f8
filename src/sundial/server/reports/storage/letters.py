"""The letters of PDF files: those of the pages, as Vite built them, one file for each part of the alphabet."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from fontTools.ttLib import TTFont

_FIRST = "inter-latin-wght-normal"


@dataclass(frozen=True)
class Letters:
    """A font file and the letters that it has."""

    path: Path
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
    fonts = sorted(name for name in built if name.endswith("-normal.woff2"))
    in_order = sorted(fonts, key=lambda name: (_FIRST not in name, name))
    return tuple(_read(manifest.parent / built[name]["file"]) for name in in_order)


def _read(path: Path) -> Letters:
    with TTFont(path, lazy=True) as font:
        return Letters(path, frozenset(font.getBestCmap()))
