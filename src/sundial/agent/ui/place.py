"""Where a window stood, kept in the profile: two numbers in a small file, of no use to anybody else."""

import contextlib
from pathlib import Path

from PySide6.QtCore import QPoint

LONGEST = 64


class Place:
    """Without a file it forgets; a file that cannot be read or written is as good as none."""

    def __init__(self, file: Path | None) -> None:
        self._file = file

    def kept(self) -> QPoint | None:
        """Where it stood last."""
        if self._file is None:
            return None
        try:
            x, y = (int(word) for word in self._file.read_text(encoding="ascii")[:LONGEST].split())
            return QPoint(x, y)
        except (OSError, ValueError, OverflowError):
            return None

    def keep(self, at: QPoint) -> None:
        """It stands there now."""
        if self._file is None:
            return
        with contextlib.suppress(OSError):
            fresh = self._file.with_suffix(".new")
            fresh.write_text(f"{at.x()} {at.y()}", encoding="ascii")
            fresh.replace(self._file)
