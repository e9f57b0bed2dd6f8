"""Files are whole or not there, whatever happens to whoever writes them."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sundial.server.lib.files import destroy, drafted, settle, write_new, write_whole, writing

OLD, NEW = b"old" * 1000, b"new" * 1_000_000

KILLED_HALF_WAY = """
import signal, sys
from pathlib import Path
from sundial.server.lib.files import writing
with writing(Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    print("half", flush=True)
    signal.pause()
"""
WRITES_ON_AND_ON = """
import itertools, sys
from pathlib import Path
from sundial.server.lib.files import write_whole
for letter in itertools.cycle(b"xyz"):
    write_whole(Path(sys.argv[1]), bytes([letter]) * 500_000)
    print("wrote", flush=True)
"""
# What the system refuses beyond this size is refused in the middle of a write, as on a disk that is full.
FULL_DISK = """
import resource, sys
from pathlib import Path
from sundial.server.lib.files import write_new, write_whole
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
for write in (write_whole, write_new):
    try:
        write(Path(sys.argv[1]), b"n" * 1_000_000)
    except OSError:
        print("refused", flush=True)
"""


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def started(program: str, path: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True)


def killed(program: "subprocess.Popen[str]", lines: int) -> None:
    """Killed once it said so many lines."""
    assert program.stdout is not None
    with program:
        assert all(program.stdout.readline() for _ in range(lines))
        program.kill()


def test_the_new_content_takes_the_place_of_the_old_and_no_draft_stays(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "file"
    write_whole(path, OLD)
    write_whole(path, NEW)
    assert path.read_bytes() == NEW
    assert names(path.parent) == {"file"}


def test_killed_half_way_it_leaves_the_old_content_and_a_draft_that_has_no_name(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_whole(path, OLD)
    killed(started(KILLED_HALF_WAY, path), 1)
    assert path.read_bytes() == OLD
    (draft,) = names(tmp_path) - {"file"}
    assert draft.startswith(".file.")


@pytest.mark.parametrize("after", [1, 2, 5, 9])
def test_killed_anywhere_it_leaves_a_whole_file(tmp_path: Path, after: int) -> None:
    path = tmp_path / "file"
    killed(started(WRITES_ON_AND_ON, path), after)
    content = path.read_bytes()
    assert content == content[:1] * 500_000


def test_a_disk_that_is_full_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for there in (b"", OLD):
        if there:
            write_whole(path, there)
        said = subprocess.run([sys.executable, "-c", FULL_DISK, str(path)], capture_output=True, text=True, check=True)
        assert said.stdout == "refused\n" * 2
        assert names(tmp_path) == ({"file"} if there else set())
    assert path.read_bytes() == OLD


def test_a_block_that_fails_leaves_the_old_content(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_whole(path, OLD)
    with pytest.raises(ZeroDivisionError), writing(path) as file:
        file.writelines(b"half" * (1 // count) for count in (1, 0))
    assert path.read_bytes() == OLD
    assert names(tmp_path) == {"file"}


def test_of_many_who_write_a_new_file_one_does(tmp_path: Path) -> None:
    path, start, ours = tmp_path / "folder" / "file", threading.Barrier(8), []

    def write(number: int) -> None:
        start.wait()
        if write_new(path, b"%d" % number):
            ours.append(b"%d" % number)

    writers = [threading.Thread(target=write, args=[number]) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert ours == [path.read_bytes()]
    assert names(path.parent) == {"file"}


def test_private_is_for_its_owner_alone_and_the_rest_as_the_system_has_it(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write_whole(tmp_path / "private" / "file", OLD)
        write_new(tmp_path / "new" / "file", OLD)
        write_whole(tmp_path / "open" / "file", OLD, private=False)
    finally:
        os.umask(before)
    modes = {name: (_mode(tmp_path / name), _mode(tmp_path / name / "file")) for name in ("private", "new", "open")}
    assert modes == {"private": (0o700, 0o600), "new": (0o700, 0o600), "open": (0o755, 0o644)}


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_drafted_can_be_read_again_and_goes_away(tmp_path: Path) -> None:
    with drafted(tmp_path / "file") as (draft, file):
        file.write(OLD)
        file.seek(0)
        assert file.read() == OLD
        assert draft.exists()
    assert names(tmp_path) == set()


def test_destroyed_means_overwritten_and_gone_under_every_name(tmp_path: Path) -> None:
    path, other = tmp_path / "secret", tmp_path / "other name"
    write_whole(path, b"secret")
    os.link(path, other)
    destroy(path)
    destroy(path)  # again is no fault
    assert not path.exists()
    assert other.read_bytes() == bytes(6)


def test_a_folder_that_cannot_be_synced_is_left_to_the_file_but_a_missing_one_is_an_error(tmp_path: Path) -> None:
    settle(Path("/proc/self"))  # the kernel syncs nothing there and says so
    with pytest.raises(FileNotFoundError):
        settle(tmp_path / "nowhere")
