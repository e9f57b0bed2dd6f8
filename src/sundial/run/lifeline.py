"""A child never outlives the process that started it, however that process ended.

Linux tells the child itself (PR_SET_PDEATHSIG). Elsewhere a small companion holds the reading end of a pipe
whose other end only the parent has: when the parent is gone, the pipe ends, and the companion sends the signal.

A part that is a program of ours sees to it itself, too: the signal does not reach an interpreter that was given rights
of its own (file capabilities, to listen on port 80), nor a program that hangs.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

LOOK_EVERY = 1.0  # seconds
END_WITHIN = 5.0  # seconds that a part has to end in order
_PR_SET_PDEATHSIG = 1
SUPERVISOR = "SUNDIAL_SUPERVISOR"  # the variable by which a part knows who started it
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
        # Until its program begins, the child has the parent's own handler, which would take the signal and lose it.
        signal.signal(sent, signal.SIG_DFL)
        prctl(_PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # the parent died in between: nobody would tell us
            os.kill(os.getpid(), number)

    return tie


def named_for_children() -> dict[str, str]:
    """What the environment of a part says of the process that starts it."""
    return {SUPERVISOR: str(os.getpid())}


def end_with_supervisor() -> None:
    """From now on this process ends soon after the one that started it as a part; nobody's part just goes on."""
    supervisor = os.environ.pop(SUPERVISOR, None)  # what this process starts in turn is no part
    if supervisor is not None:
        threading.Thread(target=_end_after, args=[int(supervisor)], name="lifeline", daemon=True).start()


def _end_after(supervisor: int) -> None:
    asleep = threading.Event()
    while os.getppid() == supervisor:
        asleep.wait(LOOK_EVERY)
    os.kill(os.getpid(), signal.SIGTERM)
    asleep.wait(END_WITHIN)
    os._exit(1)


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
