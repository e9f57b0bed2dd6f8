"""One connection to an X display; what is wrong with python-xlib is put right here and nowhere else."""

import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from Xlib import X, error
from Xlib.display import Display
from Xlib.ext import ge, xinput
from Xlib.support import connect

from sundial.agent.core.sensing import CannotSee

# At each connection python-xlib 0.33 puts RandR's error classes in the place of these codes. They lack the fields of
# a plain error: the AttributeError leaves the answer unread, and the next call spins for ever.
PLAIN_ERRORS = {0: error.XError, 1: error.BadRequest, 2: error.BadValue}

RAW_KEY_PRESS: int = xinput.RawKeyPress
RAW_BUTTON_PRESS: int = xinput.RawButtonPress
_PROPERTY_WORDS = 1024  # four bytes each: a title of ten thousand characters is cut on the server's side


class Lost(Exception):
    """The display is gone: the person logged out, or the server ended."""


class _Unread:
    """Takes an event's contents away before anyone can look: which key it was is never known."""

    structcode = None

    def parse_binary(self, _data: Any, _display: Any) -> tuple[None, bytes]:
        return None, b""


class _ButtonOnly:
    """Of a button's event only which button it was, to tell a click from a turn of the wheel."""

    structcode = None

    def parse_binary(self, data: Any, _display: Any) -> tuple[int, bytes]:
        return int.from_bytes(bytes(data[6:10]), "little"), b""


class Connection:
    """Asks and listens; an X error while asking is an answer like any other: None."""

    def __init__(self, name: str | None) -> None:
        try:
            _must_listen(name)
            self._display: Any = Display(name)
        except Exception as problem:  # the library raises its own errors, OSError, and what a broken name makes of it
            raise CannotSee(f"The display {name or ''} cannot be reached: {problem}") from problem
        self._display.display.error_classes.update(PLAIN_ERRORS)
        self._refused = 0
        self._display.set_error_handler(self._refuse)
        self.root: Any = self._display.screen().root

    def _refuse(self, _error: Any, _request: Any) -> None:
        self._refused += 1

    def fileno(self) -> int:
        return int(self.asking(self._display.fileno))

    def close(self) -> None:
        """A connection that is lost cannot be closed properly, and need not."""
        try:
            self._display.close()
        except Exception:  # whatever it raises, nothing can be done with it any more
            return

    def asking(self, call: Callable[..., Any], *args: Any) -> Any:
        """The answer; None if the server refuses, as it does when a window has vanished. Raises Lost."""
        try:
            return call(*args)
        except (error.ConnectionClosedError, OSError) as problem:
            raise Lost(str(problem)) from problem
        except error.XError:
            return None
        except (AttributeError, TypeError, ValueError) as problem:
            if self._usable():
                return None  # a window said something that its library cannot read
            raise Lost(str(problem)) from problem  # closed connections fail like this too: their queues are None

    def _usable(self) -> bool:
        """An error while an answer was read leaves the library waiting for its own thread: the next call would hang."""
        inner = self._display.display
        return inner.socket_error is None and not inner.recv_active and not inner.send_active

    def extension(self, name: str) -> bool:
        return bool(self.asking(self._display.has_extension, name))

    def atom(self, name: str) -> int:
        return int(self.asking(self._display.intern_atom, name))

    def window(self, number: int) -> Any:
        return self._display.create_resource_object("window", number)

    def property(self, window: Any, atom: int) -> Any:
        """Whatever type it has: `.value` and `.property_type`; None if it is not there."""
        return self.asking(window.get_property, atom, X.AnyPropertyType, 0, _PROPERTY_WORDS)

    def listen(self, window: Any) -> None:
        """Its properties' changes are told from now on; a window that has just vanished tells nothing."""
        self.asking(lambda: window.change_attributes(event_mask=X.PropertyChangeMask))

    def deafen(self, window: Any) -> None:
        """Its changes are of no more interest."""
        self.asking(lambda: window.change_attributes(event_mask=0))

    def listen_to_input(self, *, keys: bool, buttons: bool) -> None:
        """Raw presses, and of those only what is asked for: the server sends nothing else. Raises CannotSee."""
        if not self.extension("XInputExtension") or not self.asking(self._speak_xi2):
            raise CannotSee("This display does not tell about input.")
        mask = (xinput.RawKeyPressMask if keys else 0) | (xinput.RawButtonPressMask if buttons else 0)
        opcode = self._display.display.get_extension_major(xinput.extname)
        self._display.ge_add_event_data(opcode, RAW_KEY_PRESS, _Unread())
        self._display.ge_add_event_data(opcode, RAW_BUTTON_PRESS, _ButtonOnly())
        self._select(mask)

    def _speak_xi2(self) -> Any:
        """2.1, not the library's 2.0, which is told nothing while a menu is open."""
        opcode = self._display.display.get_extension_major(xinput.extname)
        return xinput.XIQueryVersion(display=self._display.display, opcode=opcode, major_version=2, minor_version=1)

    def _select(self, mask: int) -> None:
        before = self._refused
        self.asking(self.root.xinput_select_events, [(xinput.AllMasterDevices, mask)])
        self.sync()
        if self._refused != before:
            raise CannotSee("This display does not let input be counted.")

    def client_pid(self, window: Any) -> int:
        """Which process the window's connection comes from, as the server knows it; 0 if it does not."""
        if not self.extension("X-Resource"):
            return 0
        answer = self.asking(self._display.res_query_client_ids, [{"client": window.id, "mask": 2}])
        found = [entry.value[0] for entry in answer.ids if entry.value] if answer else []
        return int(found[0]) if found else 0

    def idle_seconds(self) -> float:
        """Since the last input of any kind."""
        answer = self.asking(self.root.screensaver_query_info)
        return float(answer.idle) / 1000 if answer else 0.0

    def sync(self) -> None:
        """All that the server had to tell before this has come."""
        self.asking(self._display.sync)

    def pointer(self) -> tuple[int, int]:
        answer = self.asking(self.root.query_pointer)
        return (answer.root_x, answer.root_y) if answer else (0, 0)

    def waiting(self) -> bool:
        """Whether events have come; to be asked before each wait, as answers bring events along."""
        return bool(self.asking(self._display.pending_events))

    def events(self) -> Iterator[Any]:
        """What has come so far."""
        for _one in range(self.asking(self._display.pending_events) or 0):
            yield self.asking(self._display.next_event)


def _must_listen(name: str | None) -> None:
    """Asked first, as python-xlib leaves a socket open for each display that it does not reach. Raises OSError."""
    _, protocol, host, number, _ = connect.get_display(name)
    path = Path(f"/tmp/.X11-unix/X{number}")  # noqa: S108 - where X servers listen
    if sys.platform == "win32" or protocol == "tcp" or host not in {None, "", "unix"}:
        return
    with socket.socket(socket.AF_UNIX) as probe:
        probe.connect(str(path) if path.exists() else f"\0{path}")


def is_property(event: Any) -> bool:
    return bool(event.type == X.PropertyNotify)


def is_raw(event: Any) -> bool:
    return bool(event.type == ge.GenericEventCode)
