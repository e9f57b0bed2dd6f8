"""Memory: threads share one pool, where the C library knows of pools."""

import subprocess
import sys

THREADS_THAT_TAKE_MEMORY = """
import ctypes, sys, threading
from sundial.agent.probes.memory import keep_together

if sys.argv[1] == "together":
    keep_together()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
all_there = threading.Barrier(4)

def take():
    all_there.wait()
    libc.malloc(1000)
    all_there.wait()

threads = [threading.Thread(target=take) for _ in range(4)]
for one in threads:
    one.start()
for one in threads:
    one.join()
told = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, told)
libc.fflush(told)
"""


def pools(how: str) -> int:
    """How many pools four threads of a fresh program take their memory from."""
    command = [sys.executable, "-c", THREADS_THAT_TAKE_MEMORY, how]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.count("<heap nr=")


def test_all_threads_take_their_memory_from_one_pool() -> None:
    assert pools("apart") > 1
    assert pools("together") == 1
