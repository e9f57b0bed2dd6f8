"""The machine that the agent runs on, and its clocks: the one door through which they are read."""

import platform
import socket
import sys
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

import psutil

from sundial.agent.config import Machine
from sundial.agent.core.sensing import Moment

if sys.platform == "win32":
    from sundial.agent.probes.windows.clocks import awake_s, since_boot_s
elif sys.platform == "darwin":
    from sundial.agent.probes.macos.clocks import awake_s, since_boot_s
else:

    def awake_s() -> float:
        """CLOCK_MONOTONIC stands still while the machine sleeps."""
        return time.monotonic()

    def since_boot_s() -> float:
        return time.clock_gettime(time.CLOCK_BOOTTIME)


LONGEST = 128
LINUX_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def moment() -> Moment:
    """Now, by three clocks."""
    return Moment(datetime.now(UTC), awake_s(), since_boot_s())  # noqa: TID251 - a door reads the clock, and hands it on


def this_machine(app_version: str) -> Machine:
    """As the server gets to know it."""
    return Machine(socket.gethostname()[:LONGEST], os_text(), app_version, boot_id())


def os_text() -> str:
    """For people: `Debian GNU/Linux 12 (bookworm)`, `Windows-11-10.0.22631-SP0`."""
    if sys.platform != "linux":
        return platform.platform()[:LONGEST]
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"][:LONGEST]
    except (OSError, KeyError):
        return platform.platform()[:LONGEST]


def boot_id(file: Path = LINUX_BOOT_ID) -> str:
    """The same until the machine starts again."""
    try:
        return str(uuid.UUID(file.read_text().strip()))
    except (OSError, ValueError):
        return derived_boot_id(socket.gethostname(), psutil.boot_time())


def derived_boot_id(hostname: str, booted_at: float) -> str:
    """Where the system gives none; to the minute, as the time of the start moves a little with the clock."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{hostname} {round(booted_at / 60)}"))
