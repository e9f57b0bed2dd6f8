"""Asks macOS through CoreGraphics and IOKit. Written from Apple's documentation, not run on such a machine.

Counts come from CGEventSourceCounterForEventType, which gives numbers and nothing else: no permission is needed, and no
key can be known.
"""

import ctypes
import os
import sys
from dataclasses import replace

from sundial.agent.core.sensing import Focused, Idled, Wanted
from sundial.agent.probes.counters import TWO_32, Totals
from sundial.agent.probes.macos import foundation as cf
from sundial.agent.probes.macos.front import Listed, in_front
from sundial.agent.probes.programs import program
from sundial.protocol.settings import Kind

assert sys.platform == "darwin"


class _Point(ctypes.Structure):
    _fields_ = (("x", ctypes.c_double), ("y", ctypes.c_double))


_cg = ctypes.CDLL("/System/Library/Frameworks/ApplicationServices.framework/ApplicationServices")
_iokit = ctypes.CDLL("/System/Library/Frameworks/IOKit.framework/IOKit")
_cg.CGEventSourceSecondsSinceLastEventType.restype = ctypes.c_double
_cg.CGEventSourceSecondsSinceLastEventType.argtypes = [ctypes.c_int32, ctypes.c_uint32]
_cg.CGEventSourceCounterForEventType.restype = ctypes.c_uint32
_cg.CGEventSourceCounterForEventType.argtypes = [ctypes.c_int32, ctypes.c_uint32]
_cg.CGWindowListCopyWindowInfo.restype = cf.Ref
_cg.CGWindowListCopyWindowInfo.argtypes = [ctypes.c_uint32, ctypes.c_uint32]
_cg.CGSessionCopyCurrentDictionary.restype = cf.Ref
_cg.CGEventCreate.restype = cf.Ref
_cg.CGEventCreate.argtypes = [cf.Ref]
_cg.CGEventGetLocation.restype = _Point
_cg.CGEventGetLocation.argtypes = [cf.Ref]
_cg.CGPreflightScreenCaptureAccess.restype = ctypes.c_bool
_iokit.IOPMCopyAssertionsStatus.restype = ctypes.c_int
_iokit.IOPMCopyAssertionsStatus.argtypes = [ctypes.POINTER(cf.Ref)]

HARDWARE, ANY_INPUT = 1, 0xFFFFFFFF  # kCGEventSourceStateHIDSystemState, kCGAnyInputEventType
KEY_UP, SCROLL = 11, 22  # a key that is held repeats going down, but goes up once
BUTTONS_DOWN = (1, 3, 25)  # left, right, other
ON_SCREEN, NO_DESKTOP = 1, 16


def not_allowed() -> dict[Kind, str]:
    """Without screen recording macOS gives pictures of the wallpaper alone, and no titles."""
    if _cg.CGPreflightScreenCaptureAccess():
        return {}
    return {"screenshots": "Screen recording is not allowed for Sundial in System Settings, Privacy & Security."}


class MacOS:
    """Nothing has to be opened: each question stands alone, and what is not wanted is not asked."""

    def __init__(self) -> None:
        self._wanted = Wanted()

    def open(self, wanted: Wanted) -> None:
        self._wanted = wanted

    def close(self) -> None:
        """Nothing was opened."""

    def focused(self) -> Focused:
        with cf.owned(_cg.CGWindowListCopyWindowInfo(ON_SCREEN | NO_DESKTOP, 0)) as array:
            seen = in_front((_listed(window) for window in cf.entries(array)), os.getpid())
        return replace(seen, exe=program(seen.pid)[1]) if seen.app else seen

    def idle(self) -> Idled:
        return Idled(float(_cg.CGEventSourceSecondsSinceLastEventType(HARDWARE, ANY_INPUT)), _display_kept_on())

    def locked(self) -> bool:
        with cf.owned(_cg.CGSessionCopyCurrentDictionary()) as session:
            return cf.true(cf.value(session, "CGSSessionScreenIsLocked"))

    def totals(self) -> Totals:
        keys = _counter(KEY_UP) if self._wanted.keyboard else 0
        if not self._wanted.mouse:
            return Totals(keys)
        clicks = sum(_counter(kind) for kind in BUTTONS_DOWN)
        return Totals(keys, clicks % TWO_32, _counter(SCROLL))

    def pointer(self) -> tuple[int, int]:
        with cf.owned(_cg.CGEventCreate(None)) as event:
            at = _cg.CGEventGetLocation(event)
            return int(at.x), int(at.y)


def _counter(kind: int) -> int:
    return int(_cg.CGEventSourceCounterForEventType(HARDWARE, kind))


def _display_kept_on() -> bool:
    """A video or a call asks that the display stays on."""
    status = cf.Ref()
    if _iokit.IOPMCopyAssertionsStatus(ctypes.byref(status)):
        return False
    with cf.owned(status.value) as assertions:
        return cf.number(cf.value(assertions, "PreventUserIdleDisplaySleep")) > 0


def _listed(window: int) -> Listed:
    return Listed(
        cf.number(cf.value(window, "kCGWindowLayer")),
        cf.number(cf.value(window, "kCGWindowOwnerPID")),
        cf.text(cf.value(window, "kCGWindowOwnerName")),
        cf.text(cf.value(window, "kCGWindowName")),
    )
