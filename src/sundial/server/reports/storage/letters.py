"""The letters of PDF files: those of the pages, as Vite built them, one file for each part of the alphabet."""

import json
from functools import cache
from pathlib import Path

from django.conf import settings

_FIRST = "inter-latin-wght-normal"


@cache
def letters() -> tuple[Path, ...]:
    """Font files, the one of Latin letters first; others stand in for what it lacks."""
    manifest = Path(str(settings.DJANGO_VITE["default"]["manifest_path"]))
    built = json.loads(manifest.read_text(encoding="utf-8"))
    fonts = sorted(name for name in built if name.endswith("-normal.woff2"))
    in_order = sorted(fonts, key=lambda name: (_FIRST not in name, name))
    return tuple(manifest.parent / built[name]["file"] for name in in_order)
