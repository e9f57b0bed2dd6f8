"""What the operating system lets itself be asked: `open_desk` chooses the probes of this machine."""

import sys
from collections.abc import Mapping

from sundial.agent.core.sensing import CannotSee, Desk
from sundial.agent.probes.asked_desk import AskedDesk
from sundial.agent.probes.empty import EmptyDesk
from sundial.agent.probes.wayland import WaylandDesk
from sundial.agent.probes.x11 import X11Desk

if sys.platform == "win32":
    from sundial.agent.probes.windows.system import Windows
elif sys.platform == "darwin":
    from sundial.agent.probes.macos.system import MacOS, not_allowed

__all__ = ["open_desk"]

NO_DISPLAY = "There is no display here: nothing can be recorded."


def open_desk(environ: Mapping[str, str]) -> Desk:
    """Chosen once at the start; never fails: where nothing can be seen, the desk says why."""
    if sys.platform == "win32":
        return AskedDesk(Windows, {})
    if sys.platform == "darwin":
        return AskedDesk(MacOS, not_allowed())
    if _is_wayland(environ):
        return WaylandDesk()
    return _x11_desk(environ)


def _is_wayland(environ: Mapping[str, str]) -> bool:
    """By the session's type; one begun in a text terminal has another, and then the displays tell."""
    kind = environ.get("XDG_SESSION_TYPE", "")
    return kind == "wayland" or (kind != "x11" and bool(environ.get("WAYLAND_DISPLAY")))


def _x11_desk(environ: Mapping[str, str]) -> Desk:
    if not environ.get("DISPLAY"):
        return EmptyDesk(NO_DISPLAY)
    try:
        return X11Desk(environ["DISPLAY"], environ.get("DBUS_SESSION_BUS_ADDRESS"))
    except CannotSee as error:
        return EmptyDesk(str(error))
