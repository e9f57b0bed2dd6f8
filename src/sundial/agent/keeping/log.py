"""The agent's log: plain lines, kept in the profile folder and, in the foreground, written to the terminal."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TextIO

LARGEST = 1_000_000  # bytes; then a second file takes what was there
ONE_LINE = str.maketrans({"\n": " ", "\r": " ", "\x00": " ", "\x1b": " "})


class Log:
    """`line` never raises: a full disk must not end the program that it is about."""

    def __init__(self, folder: Path, now: Callable[[], datetime], terminal: TextIO | None = None) -> None:
        self._path = path_in(folder)
        self._now = now
        self._terminal = terminal

    def line(self, text: str) -> None:
        """Write one line, with its time."""
        made = f"{self._now().isoformat(timespec='seconds').replace('+00:00', 'Z')} {text.translate(ONE_LINE)}\n"
        for write in (self._to_terminal, self._to_file):
            try:
                write(made)
            except OSError:
                continue

    def _to_terminal(self, made: str) -> None:
        if self._terminal is not None:
            self._terminal.write(made)
            self._terminal.flush()

    def _to_file(self, made: str) -> None:
        if self._path.exists() and self._path.stat().st_size > LARGEST:
            self._path.replace(self._path.with_suffix(".log.1"))
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8", errors="replace") as file:
            file.write(made)


def path_in(folder: Path) -> Path:
    """The log of this profile."""
    return folder / "agent.log"


def last_lines(folder: Path, count: int) -> Iterator[str]:
    """The newest lines, oldest first; none if there is no log."""
    path = path_in(folder)
    if path.exists():
        with path.open(encoding="utf-8", errors="replace") as file:
            yield from (line.rstrip("\n") for line in deque(file, maxlen=count))
