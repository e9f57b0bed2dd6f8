"""However often Qt is called, the constants of Python stay: a program that runs all day must not end by that."""

import subprocess
import sys

BUSY = """
import sys
from PySide6.QtCore import QObject
from sundial.agent.ui.lasting import guard_constants
guard_constants()
one = QObject()
for number in range(60_000):
    one.setObjectName("x")
    one.blockSignals(False)
    one.setProperty("known", True)
    one.isWidgetType()
print("whole", min(map(sys.getrefcount, (None, True, False))) > 0)
"""


def test_a_quarter_of_a_million_calls_leave_none_and_the_truth_alone() -> None:
    done = subprocess.run([sys.executable, "-c", BUSY], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "whole True\n", "")
