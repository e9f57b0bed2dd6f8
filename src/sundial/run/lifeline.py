"""A child never outlives the process that started it, however that process ended.

Linux tells the child itself (PR_SET_PDEATHSIG). Elsewhere a small companion holds the reading end of a pipe
whose other end only the parent has: when the parent is gone, the pipe ends, and the companion sends the signal.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
LINUX = sys.platform == "linux"
_libc = ctypes.CDLL(None, use_errno=True) if LINUX else None


def tied_to_parent(sent: signal.Signals) -> Callable[[], None] | None:
    """What the child runs before its program, to get `sent` when its parent dies; None where the system cannot.

    The system watches the *thread* that started the child, so children are started from the main thread only.
    """
    if _libc is None:
        return None
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("children are started from the main thread: their life hangs on the thread that starts them")
    prctl, number, parent = _libc.prctl, int(sent), os.getpid()

    def tie() -> None:
        prctl(_PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # the parent died in between: nobody would tell us
            os.kill(os.getpid(), number)

    return tie


def watch(pid: int, sent: signal.Signals) -> subprocess.Popen[bytes]:
    """The companion for systems without a parent-death signal: sends `sent` to `pid` once this process is gone."""
    return subprocess.Popen(
        [sys.executable, "-I", __file__, str(pid), str(int(sent))],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def release(companion: subprocess.Popen[bytes]) -> None:
    """End the companion without any signal to the one it watched."""
    companion.kill()
    if companion.stdin is not None:
        companion.stdin.close()
    companion.wait()


def _companion(pid: int, sent: int) -> None:
    sys.stdin.buffer.read()
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, sent)


if __name__ == "__main__":
    _companion(int(sys.argv[1]), int(sys.argv[2]))
