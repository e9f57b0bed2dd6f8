"""What other apps make and may be put straight into the vault: each says by a plain function how it is made."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotFound


@dataclass(frozen=True)
class Made:
    """A file that was made: its name, its length, its bytes some at a time, and what lets go of it afterwards."""

    name: str
    length: int
    pieces: Iterable[bytes]
    release: Callable[[], None] = lambda: None


MakeFile = Callable[[Acting, Mapping[str, str], datetime], Made]
_SOURCES: dict[str, tuple[Promise, MakeFile]] = {}


def register_source(kind: str, what: Promise, make: MakeFile) -> None:
    """`make(acting, asked, now)` makes the file of this kind that somebody asks for, or refuses; `what` is its name."""
    _SOURCES[kind] = (what, make)


def source_words(kind: str) -> str:
    """What a file of this kind is, as people call it; NotFound for a kind that there is not."""
    if kind not in _SOURCES:
        raise NotFound
    return str(_SOURCES[kind][0])


def make_file(kind: str, *, acting: Acting, asked: Mapping[str, str], now: datetime) -> Made:
    """The file that is asked for; NotFound for a kind that there is not."""
    if kind not in _SOURCES:
        raise NotFound
    return _SOURCES[kind][1](acting, asked, now)
