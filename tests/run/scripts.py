"""Programs run beside the test, and watching processes come to their end."""

import os
import select
import subprocess
from collections.abc import Callable

import psutil

Script = Callable[..., "subprocess.Popen[str]"]


def ends(pid: int, limit: float = 10.0) -> bool:
    """Whether the process, not necessarily a child of ours, ends within the limit (a zombie has ended)."""
    if not hasattr(os, "pidfd_open"):
        return psutil.wait_procs([psutil.Process(pid)], timeout=limit)[1] == [] if psutil.pid_exists(pid) else True
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], limit)[0])
    finally:
        os.close(handle)


def reads(process: "subprocess.Popen[str]") -> str:
    """The next line that the process says."""
    assert process.stdout is not None
    return process.stdout.readline().strip()
