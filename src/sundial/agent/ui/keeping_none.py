"""A guard against PySide6 6.12: before Python 3.12 it takes one reference from None at every call that returns nothing.

After some thousand calls Python ends itself with "deallocating None". The fault is measured, not guessed by version;
where it is there, None is made as lasting as Python 3.12 makes it.
"""

import ctypes
import sys

from PySide6.QtCore import QObject

CALLS = 200
FOR_EVER = 1 << 48


def guard_none() -> bool:
    """Whether the fault is here, and None was guarded against it."""
    before = sys.getrefcount(None)
    probe = QObject()
    for _ in range(CALLS):
        probe.setObjectName("")
    if before - sys.getrefcount(None) < CALLS // 2:
        return False
    ctypes.c_ssize_t.from_address(id(None)).value += FOR_EVER
    return True
