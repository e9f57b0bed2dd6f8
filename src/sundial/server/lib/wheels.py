"""The agent as a file to install: a Python wheel that lies in a folder, with its checksum."""

import functools
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_NAME = re.compile(r"sundial-[0-9A-Za-z_.!+]+-py3-none-any\.whl")


@dataclass(frozen=True)
class Wheel:
    """A wheel that can be handed out."""

    path: Path
    size: int
    sha256: str

    @property
    def name(self) -> str:
        """Its name, by which pip knows what is in it."""
        return self.path.name

    @property
    def version(self) -> str:
        """The version of the program in it."""
        return self.name.split("-")[1]


def newest(folders: Iterable[Path]) -> Wheel | None:
    """The wheel that was put into one of these last; None if there is none."""
    wheels = (one for folder in folders for one in folder.glob("sundial-*.whl"))
    found = [one for one in wheels if _NAME.fullmatch(one.name) and one.is_file()]
    if not found:
        return None
    last = max(found, key=lambda one: (one.stat().st_mtime_ns, one.name))
    about = last.stat()
    return Wheel(last, about.st_size, _checksum(last, about.st_mtime_ns, about.st_size))


@functools.lru_cache(maxsize=4)
def _checksum(path: Path, _changed_ns: int, _size: int) -> str:
    """Computed once for each state of the file."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
