"""The clocks of Windows. Written from the documentation of kernel32, not run on such a machine."""

import ctypes
import sys

assert sys.platform == "win32"

_kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
_kernel32.GetTickCount64.restype = ctypes.c_uint64


def awake_s() -> float:
    """QueryUnbiasedInterruptTime leaves out what the machine slept; Python's own monotonic clock does not."""
    ticks = ctypes.c_uint64()
    _kernel32.QueryUnbiasedInterruptTime(ctypes.byref(ticks))
    return ticks.value / 10_000_000


def since_boot_s() -> float:
    """GetTickCount64 counts on while it sleeps."""
    return float(_kernel32.GetTickCount64()) / 1000
