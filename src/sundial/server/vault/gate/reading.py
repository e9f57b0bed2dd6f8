"""Bytes on their way out: asked about again while they go, and cut when the answer turns."""

import threading
import time
from collections.abc import Callable

from django.db import connection

from sundial.server.vault.storage import Reader

AGAIN = 0.5  # seconds after which a reading is judged again, if nobody else has asked meanwhile


class Closed(Exception):
    """The rule is not true any more: what is being read ends here."""


class Reading:
    """A part of a file, as a server reads it to send it; `still_open` may be asked from another thread.

    A server that knows of `still_open` asks it while a slow client takes nothing; `read` asks by itself.
    """

    def __init__(self, reader: Reader, start: int, stop: int, judge: Callable[[], bool]) -> None:
        self._reader, self._left, self._judge = reader, stop - start, judge
        self._asking, self._asked_at, self._stands = threading.Lock(), time.monotonic(), True
        reader.seek(start)

    def read(self, size: int = -1) -> bytes:
        """The next bytes, none at the end; Closed once the rule is not true any more."""
        if self._left and not self._stood_within(AGAIN):
            raise Closed("this person may not read the file any more")
        wanted = self._left if size < 0 else min(size, self._left)
        piece = self._reader.read(wanted)
        self._left -= len(piece)
        return piece

    def still_open(self) -> bool:
        """Whether the rule is still true now; no is for good."""
        return self._stood_within(0.0)

    def _stood_within(self, seconds: float) -> bool:
        """Whether the rule is true, asked of the database unless that was done within so many seconds."""
        with self._asking:
            if self._stands and time.monotonic() - self._asked_at >= seconds:
                self._stands = self._ask()
                self._asked_at = time.monotonic()
            return self._stands

    def close(self) -> None:
        """Let go."""
        self._reader.close()

    def _ask(self) -> bool:
        try:
            return self._judge()
        finally:
            if not connection.in_atomic_block:
                connection.close()  # this thread belongs to a server, which would keep it
