"""Which window is active, and whose it is."""

import os
import socket
from typing import Any

from Xlib import Xatom

from sundial.agent.core.sensing import Focused
from sundial.agent.probes.programs import program
from sundial.agent.probes.x11.connection import Connection
from sundial.agent.probes.x11.titles import decoded

NONE = Focused("")


class Windows:
    """Reads the active window; who owns it is asked once a window."""

    def __init__(self, connection: Connection, own_pid: int | None = None) -> None:
        self._x = connection
        self._own_pid = own_pid or os.getpid()
        self.active_atom, self.title_atom, self._pid_atom, self._kind = (
            connection.atom(name) for name in ("_NET_ACTIVE_WINDOW", "_NET_WM_NAME", "_NET_WM_PID", "UTF8_STRING")
        )
        self._compound = connection.atom("COMPOUND_TEXT")
        self._owners: dict[int, Focused] = {}

    def active(self) -> int:
        """The window that the window manager calls active; 0 for none."""
        found = self._x.property(self._x.root, self.active_atom)
        return int(found.value[0]) if found and len(found.value) else 0

    def look(self, number: int) -> Focused | None:
        """What is in front; None if that window has vanished meanwhile. Our own windows have no name."""
        window = self._x.window(number)
        if self._x.asking(window.get_attributes) is None:
            self._owners.pop(number, None)
            return None
        owner = self._owner(number, window)
        if owner.pid == self._own_pid:
            return Focused("", pid=owner.pid)
        return Focused(owner.app, self._title(window), owner.exe, owner.pid)

    def forget_all_but(self, number: int) -> None:
        """Numbers of windows are used again: an owner is known only as long as the window is active."""
        self._owners = {known: owner for known, owner in self._owners.items() if known == number}

    def _title(self, window: Any) -> str:
        found = self._x.property(window, self.title_atom) or self._x.property(window, Xatom.WM_NAME)
        if not found:
            return ""
        kinds = {Xatom.STRING: "STRING", self._compound: "COMPOUND_TEXT"}
        return decoded(found.value, kinds.get(found.property_type, "UTF8_STRING"))

    def _owner(self, number: int, window: Any) -> Focused:
        if number not in self._owners:
            self._owners[number] = self._asked_owner(window)
        return self._owners[number]

    def _asked_owner(self, window: Any) -> Focused:
        pid = self._pid(window)
        name, exe = program(pid)
        return Focused(name or self._class(window), exe=exe, pid=pid)

    def _pid(self, window: Any) -> int:
        """0 for a window of another machine: its number means another process here."""
        host = self._x.property(window, Xatom.WM_CLIENT_MACHINE)
        if host and decoded(host.value, "STRING") not in {"", "localhost", socket.gethostname()}:
            return 0
        found = self._x.property(window, self._pid_atom)
        return int(found.value[0]) if found and len(found.value) else self._x.client_pid(window)

    def _class(self, window: Any) -> str:
        names = self._x.asking(window.get_wm_class)
        return str(names[1] or names[0]) if names else "Unknown"
