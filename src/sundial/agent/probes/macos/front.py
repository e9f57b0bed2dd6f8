"""Which window of a list is in front. Pure; from the documentation of CGWindowList, not run on such a machine."""

from collections.abc import Iterable
from dataclasses import dataclass

from sundial.agent.core.sensing import Focused

NORMAL_LAYER = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """One window, as CGWindowListCopyWindowInfo tells it; it has a title only if screen recording is allowed."""

    layer: int
    pid: int
    owner: str
    title: str = ""


def in_front(windows: Iterable[Listed], own_pid: int) -> Focused:
    """The list comes from front to back; menus, panels and the dock have other layers. Our own have no name."""
    for window in windows:
        if window.layer == NORMAL_LAYER and window.pid == own_pid:
            return Focused("", pid=own_pid)
        if window.layer == NORMAL_LAYER:
            return Focused(window.owner or "Unknown", window.title, pid=window.pid)
    return Focused("")
