"""Follows the active window and its title: by events, and with a look now and then for what no event told."""

from collections.abc import Callable
from typing import Any

from Xlib import Xatom

from sundial.agent.core.sensing import Focused, Sense
from sundial.agent.probes.x11.connection import Connection, is_property
from sundial.agent.probes.x11.windows import NONE, Windows

HOLD_S = 0.5


class Focus:
    """Tells each change once. Between two windows there is often none for a moment: that is not told."""

    def __init__(self, connection: Connection, heard: Callable[[Sense], None]) -> None:
        self._x = connection
        self._heard = heard
        self._windows = Windows(connection)
        self._told: Focused | None = None
        self._followed = 0
        self._none_since: float | None = None
        self._changes = {self._windows.active_atom, self._windows.title_atom, Xatom.WM_NAME}
        connection.listen(connection.root)

    def event(self, event: Any) -> bool:
        """Whether to look again."""
        return is_property(event) and event.atom in self._changes

    def another(self) -> bool:
        """Whether another window is in front, one short question; its title may have changed all the same."""
        return self._windows.active() != self._followed

    def look(self, now: float) -> None:
        """Read what is in front, and tell it if it is something else."""
        number = self._windows.active()
        self._follow(number)
        seen = self._windows.look(number) if number else None
        if seen is not None:
            self._none_since = None
            self._tell(seen)
            return
        if self._none_since is None:
            self._none_since = now
        if now >= self._none_since + HOLD_S:
            self._tell(NONE)

    def due(self) -> float | None:
        """When to look without being told: at the end of a moment without a window."""
        return None if self._none_since is None or self._told == NONE else self._none_since + HOLD_S

    def _follow(self, number: int) -> None:
        if number == self._followed:
            return
        if self._followed:
            self._x.deafen(self._x.window(self._followed))
        if number:
            self._x.listen(self._x.window(number))
        self._followed = number
        self._windows.forget_all_but(number)

    def _tell(self, seen: Focused) -> None:
        if seen != self._told:
            self._told = seen
            self._heard(seen)
