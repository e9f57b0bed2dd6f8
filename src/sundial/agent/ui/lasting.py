"""A guard against PySide6 6.12, which is built for a Python whose constants last for ever: those before 3.12 do not.

There it takes a reference from None, True or False at every call that returns one of them, and after some thousand
calls Python ends itself with "deallocating None". The fault is measured, not guessed by version; where it is there,
the constants are made as lasting as Python 3.12 makes them.
"""

import ctypes
import sys

from PySide6.QtCore import QObject

CONSTANTS = (None, True, False, NotImplemented, Ellipsis)
CALLS = 200
FOR_EVER = 1 << 48


def guard_constants() -> bool:
    """Whether the fault is here, and the constants were guarded against it."""
    before = sys.getrefcount(None)
    probe = QObject()
    for _ in range(CALLS):
        probe.setObjectName("")
    if before - sys.getrefcount(None) < CALLS // 2:
        return False
    for constant in CONSTANTS:
        ctypes.c_ssize_t.from_address(id(constant)).value += FOR_EVER
    return True
