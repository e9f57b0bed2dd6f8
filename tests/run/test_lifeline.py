"""Children end with the process that started them."""

import signal
import subprocess
import sys
import threading

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
