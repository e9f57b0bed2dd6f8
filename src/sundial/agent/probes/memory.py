"""Memory that a picture took, given back to the system: the allocator would keep it for the next one."""

import ctypes
import sys
from collections.abc import Callable

KEEP_NOTHING = 0  # bytes beyond what is in use


def _found() -> Callable[[int], int] | None:
    """The C library's own word for it, which only glibc has."""
    if sys.platform != "linux":
        return None
    trim: Callable[[int], int] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim


_trim = _found()


def give_back() -> None:
    """Milliseconds, in any thread; nothing where the system's allocator does so itself."""
    if _trim is not None:
        _trim(KEEP_NOTHING)
