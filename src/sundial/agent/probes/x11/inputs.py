"""Counts of what the hands do: how often, never what."""

from collections.abc import Callable
from typing import Any

from sundial.agent.core.sensing import Counted, Sense
from sundial.agent.probes.x11.connection import RAW_BUTTON_PRESS, RAW_KEY_PRESS, Connection, is_raw

WHEEL = range(4, 8)  # up, down, left, right, each turn a press of such a button


class Inputs:
    """Key and button presses by events, the pointer by a look every second."""

    def __init__(self, connection: Connection, heard: Callable[[Sense], None], *, keys: bool, mouse: bool) -> None:
        self._x = connection
        self._heard = heard
        self._mouse = mouse
        self._keys = self._clicks = self._scrolls = 0
        connection.listen_to_input(keys=keys, buttons=mouse)
        self._pointer = connection.pointer() if mouse else (0, 0)

    def event(self, event: Any) -> None:
        if not is_raw(event):
            return
        if event.evtype == RAW_KEY_PRESS:
            self._keys += 1
        elif event.evtype == RAW_BUTTON_PRESS and event.data in WHEEL:
            self._scrolls += 1
        elif event.evtype == RAW_BUTTON_PRESS:
            self._clicks += 1

    def look(self) -> None:
        """Tell what was counted since the last look, if anything was."""
        counted = Counted(self._keys, self._clicks, self._scrolls, self._moved())
        self._keys = self._clicks = self._scrolls = 0
        if counted != Counted():
            self._heard(counted)

    def _moved(self) -> int:
        if not self._mouse:
            return 0
        before, self._pointer = self._pointer, self._x.pointer()
        return int(before != self._pointer)
