"""Children end with the process that started them."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from sundial.run import lifeline
from tests.run.scripts import Script, ends, reads

PARENT_WITH_COMPANION = """
import signal, subprocess, sys
from sundial.run import lifeline
child = subprocess.Popen(["sleep", "600"])
lifeline.watch(child.pid, signal.SIGTERM)
print("ready", flush=True)
print(child.pid, flush=True)
sys.stdin.read()
"""

# Killed by its own child, before or after that is tied to it; as the supervisor it has a handler of its own.
DIES_WHILE_IT_STARTS_A_CHILD = """
import os, signal, subprocess, sys
from sundial.run import lifeline
signal.signal(signal.SIGTERM, lambda number, frame: None)
parent, tie, moment = os.getpid(), lifeline.tied_to_parent(signal.SIGTERM), sys.argv[1]

def parent_dies():
    os.kill(parent, signal.SIGKILL)
    while os.getppid() == parent:
        os.sched_yield()

def starting():
    os.write(1, b"%d\\n" % os.getpid())
    if moment == "before":
        parent_dies()
    tie()
    if moment == "after":
        parent_dies()

print("ready", flush=True)
subprocess.Popen(["sleep", "600"], preexec_fn=starting)
"""
# Nothing but itself ends the part: no signal is asked of the system.
PARENT_OF_A_PART = """
import os, subprocess, sys
from sundial.run import lifeline
print("ready", flush=True)
subprocess.Popen([sys.executable, "-c", *sys.argv[1:]], env={**os.environ, **lifeline.named_for_children()})
sys.stdin.read()
"""
PART = """
import os, signal, sys
from sundial.run import lifeline
lifeline.LOOK_EVERY, lifeline.END_WITHIN = 0.05, 0.1
if sys.argv[1] == "hangs":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
lifeline.end_with_supervisor()
print(os.getpid(), flush=True)
while True:
    signal.pause()
"""


@pytest.fixture
def mourned() -> Iterator[Callable[[int], bool]]:
    """Whether a process ended by itself; whatever the answer, it is gone afterwards."""
    seen: list[int] = []

    def ended(pid: int) -> bool:
        seen.append(pid)
        return ends(pid, 30)

    yield ended
    for pid in seen:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_parent_that_dies_before_the_childs_program_begins_takes_it_along(
    script: Script, moment: str, mourned: Callable[[int], bool]
) -> None:
    assert mourned(int(reads(script(DIES_WHILE_IT_STARTS_A_CHILD, moment))))


@pytest.mark.parametrize("part", ["ends in order", "hangs"])
def test_a_part_that_no_signal_reaches_ends_with_its_supervisor(
    script: Script, part: str, mourned: Callable[[int], bool]
) -> None:
    supervisor = script(PARENT_OF_A_PART, PART, part)
    pid = int(reads(supervisor))
    supervisor.kill()
    assert mourned(pid)


def test_nobodys_part_just_goes_on() -> None:
    program = """
import threading
from sundial.run import lifeline
lifeline.end_with_supervisor()
print(threading.active_count())
"""
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout == "1\n"


def test_the_companion_ends_the_child_of_a_killed_parent(script: Script) -> None:
    parent = script(PARENT_WITH_COMPANION)
    child = int(reads(parent))
    parent.kill()
    assert ends(child)


def test_a_released_companion_leaves_the_child_alone() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    companion = lifeline.watch(child.pid, signal.SIGKILL)
    lifeline.release(companion)
    child.communicate(b"\n")
    assert child.returncode == 0


def test_children_are_started_from_the_main_thread_only() -> None:
    caught: list[BaseException] = []

    def elsewhere() -> None:
        try:
            lifeline.tied_to_parent(signal.SIGINT)
        except RuntimeError as error:
            caught.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    if lifeline.LINUX:
        assert "main thread" in str(caught[0])


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGKILL])
def test_the_companion_can_send_any_signal(sent: signal.Signals) -> None:
    child = subprocess.Popen(["sleep", "600"])
    companion = lifeline.watch(child.pid, sent)
    assert companion.stdin is not None
    companion.stdin.close()
    assert child.wait(10) == -sent
    companion.wait(10)
