"""One program a profile folder."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sundial.agent.keeping.instance import AlreadyRunning, Instance

HOLDS = """
import pathlib, signal, sys
from sundial.agent.keeping.instance import Instance
held = Instance(pathlib.Path(sys.argv[1]))
held.take()
print("held", flush=True)
signal.pause()
"""


def test_a_second_program_on_one_profile_is_refused(tmp_path: Path) -> None:
    first, second = Instance(tmp_path / "profile"), Instance(tmp_path / "profile")
    first.take()
    with pytest.raises(AlreadyRunning):
        second.take()
    first.release()
    second.take()
    second.release()


def test_a_killed_program_leaves_the_profile_free(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLDS, tmp_path], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    with pytest.raises(AlreadyRunning):
        Instance(tmp_path).take()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    again = Instance(tmp_path)
    again.take()
    again.release()


def test_a_folder_that_cannot_be_written_is_not_called_taken(tmp_path: Path) -> None:
    gone = Instance(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(OSError, match="could not be written"):
        gone.take()


def test_a_profile_folder_is_its_owners_alone(tmp_path: Path) -> None:
    Instance(tmp_path / "new" / "profile")
    assert (tmp_path / "new" / "profile").stat().st_mode & 0o777 == 0o700
