"""Memory that a picture took, given back to the system: the allocator would keep it for the next one."""

import ctypes
import sys
from collections.abc import Callable

KEEP_NOTHING = 0  # bytes beyond what is in use
ARENAS, ONE = -8, 1  # mallopt's name for how many pools of memory threads spread over
APART, LARGE = -3, 1 << 17  # and from how many bytes on a block lies apart, and goes back as soon as it is let go

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None
_trim: Callable[[int], int] | None = getattr(_libc, "malloc_trim", None)  # only glibc has either
_option: Callable[[int, int], int] | None = getattr(_libc, "mallopt", None)


def keep_together() -> None:
    """Let all threads share one pool of memory, before any of them begins, and no picture ever lie in it.

    Left to itself the allocator gives each thread a pool, and after the first picture keeps room for more.
    """
    if _option is not None:
        _option(ARENAS, ONE)
        _option(APART, LARGE)


def give_back() -> None:
    """Milliseconds, in any thread; nothing where the system's allocator does so itself."""
    if _trim is not None:
        _trim(KEEP_NOTHING)
