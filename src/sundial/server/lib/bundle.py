"""A ZIP of parts that are kept as they are: made while it is read, one part at a time, its length known before."""

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

# What a ZIP without compression, extra fields and parts above 4 GiB has around each part, and at its end.
_BEFORE, _BEHIND, _LISTED, _END = 30, 16, 46, 22
MOST_BYTES = 2 << 30  # of all parts: every place in the file is then named by 32 bits


@dataclass(frozen=True, slots=True)
class Part:
    """A file within the bundle: its plain name, its length, when it is from, and how it is read, once."""

    name: str
    size: int
    at: datetime
    read: Callable[[], bytes]


class Bundle:
    """The ZIP as a file that is read from its beginning to its end; never more than one part is in memory."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._waiting, self._made = list(reversed(parts)), _Made()
        self._zip: zipfile.ZipFile | None = zipfile.ZipFile(self._made, "w", zipfile.ZIP_STORED)
        self.length = _END + sum(_length(part) for part in parts)

    def read(self, size: int = -1) -> bytes:
        """The next bytes, none at the end."""
        while self._zip is not None and (size < 0 or len(self._made.bytes) < size):
            self._go_on(self._zip)
        taken = bytes(self._made.bytes[: size if size >= 0 else None])
        del self._made.bytes[: len(taken)]
        return taken

    def close(self) -> None:
        """Let go of what was not read."""
        self._waiting.clear()
        self._zip = None
        self._made.bytes.clear()

    def _go_on(self, whole: zipfile.ZipFile) -> None:
        if not self._waiting:
            whole.close()
            self._zip = None
            return
        part = self._waiting.pop()
        whole.writestr(zipfile.ZipInfo(part.name, part.at.timetuple()[:6]), part.read())


class _Made:
    """Where the ZIP writes to; it cannot be gone back in."""

    def __init__(self) -> None:
        self.bytes = bytearray()

    def write(self, piece: bytes, /) -> int:
        self.bytes += piece
        return len(piece)

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """It is let go of by whoever reads."""


def _length(part: Part) -> int:
    return _BEFORE + _BEHIND + _LISTED + 2 * len(part.name.encode()) + part.size
