"""The clocks of macOS. Written from the documentation of clock_gettime, not run on such a machine."""

import sys
import time

assert sys.platform == "darwin"


def awake_s() -> float:
    """Stands still while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_UPTIME_RAW)


def since_boot_s() -> float:
    """On this system CLOCK_MONOTONIC goes on while it sleeps."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)
