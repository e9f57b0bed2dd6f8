"""The supervisor, over small real children."""

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from sundial.run.processes import Supervisor, answers, sundial
from tests.run.scripts import Script, ends, reads
from tests.run.serving import served

SUPERVISOR = """
import os, sys, pathlib
from sundial.run import processes
from sundial.run.postgres import Cluster
from sundial.run.processes import Part, Supervisor

processes.STOP_WITHIN = 1.0
folder, *programs = sys.argv[1:]
cluster = Cluster(pathlib.Path(folder) / "pg", durable=False)
cluster.attach_or_start()
parts = [Part(f"part {n}", [sys.executable, "-c", text, folder]) for n, text in enumerate(programs)]
print("ready", flush=True)
try:
    Supervisor(parts, environment=dict(os.environ), cluster=cluster).run()
finally:
    cluster.stop()
print("left", flush=True)
"""

# Each child says its pid through the supervisor's own output, which it inherits.
STAYS = """
import os, signal, sys
print(os.getpid(), flush=True)
signal.pause()
"""
LINGERS = """
import os, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(os.getpid(), flush=True)
signal.pause()
"""
FAILS = """
import contextlib
import os
print(os.getpid(), flush=True)
os._exit(3)
"""
SERVES = """
import sys, pathlib
from sundial.run.postgres import Cluster
cluster = Cluster(pathlib.Path(sys.argv[1]) / "pg", durable=False)
cluster.start()
print("ready", flush=True)
sys.stdin.read()
cluster.stop()
"""


def supervised(script: Script, folder: Path, *programs: str) -> "subprocess.Popen[str]":
    return script(SUPERVISOR, folder, *map(textwrap.dedent, programs))


def server_of(process: "subprocess.Popen[str]") -> psutil.Process | None:
    """The PostgreSQL that this process runs."""
    for child in psutil.Process(process.pid).children():
        with contextlib.suppress(psutil.NoSuchProcess):
            # Between fork and exec, and once it is dead, a process has no command line.
            if child.status() != psutil.STATUS_ZOMBIE and "pginstall" in "".join(child.cmdline()[:1]):
                return child
    return None


def awaited_server(process: "subprocess.Popen[str]", other_than: int = 0) -> psutil.Process:
    """The PostgreSQL that it runs in place of another, looked for until it is there."""
    looking = subprocess.Popen(["sleep", "20"])
    try:
        while looking.poll() is None:
            found = server_of(process)
            if found is not None and found.pid != other_than:
                return found
            os.sched_yield()
    finally:
        looking.kill()
        looking.wait()
    raise AssertionError("no database came")


def test_a_killed_part_is_started_again(script: Script, open_dir: Path) -> None:
    supervisor = supervised(script, open_dir, STAYS)
    first = int(reads(supervisor))
    os.kill(first, signal.SIGKILL)
    assert int(reads(supervisor)) != first


def test_a_part_that_fails_at_once_is_tried_ever_more_rarely(script: Script, open_dir: Path) -> None:
    supervisor = supervised(script, open_dir, FAILS)
    begun = psutil.Process(supervisor.pid).create_time()
    pids = [int(reads(supervisor)) for _ in range(4)]
    assert len(set(pids)) == 4
    assert time.time() - begun > 0.2 + 0.4 + 0.8 - 0.1


def test_a_signal_ends_every_part_and_then_the_supervisor(script: Script, open_dir: Path) -> None:
    supervisor = supervised(script, open_dir, STAYS, STAYS)
    parts = [int(reads(supervisor)) for _ in range(2)]
    supervisor.send_signal(signal.SIGTERM)
    assert reads(supervisor) == "left"
    assert all(ends(pid) for pid in parts)
    assert supervisor.wait(10) == 0


def test_a_part_that_will_not_end_is_killed_in_time(script: Script, open_dir: Path) -> None:
    supervisor = supervised(script, open_dir, LINGERS)
    part = int(reads(supervisor))
    supervisor.send_signal(signal.SIGINT)
    assert reads(supervisor) == "left"
    assert ends(part)


def test_parts_and_database_do_not_outlive_a_killed_supervisor(script: Script, open_dir: Path) -> None:
    supervisor = supervised(script, open_dir, STAYS)
    part, server = int(reads(supervisor)), awaited_server(supervisor)
    supervisor.kill()
    assert ends(part)
    assert ends(server.pid)


def test_a_killed_database_is_started_again(script: Script, open_dir: Path) -> None:
    supervisor = supervised(script, open_dir, STAYS)
    first = awaited_server(supervisor)
    first.kill()
    assert awaited_server(supervisor, other_than=first.pid).is_running()


def test_a_database_that_cannot_start_is_tried_until_it_can(script: Script, open_dir: Path) -> None:
    supervisor = supervised(script, open_dir, STAYS)
    first = awaited_server(supervisor)
    version = open_dir / "pg" / "PG_VERSION"
    right = version.read_text()
    version.write_text("9.6")
    first.kill()
    assert ends(first.pid)
    # Another part's death and return shows that the supervisor has been round, database and all.
    part = int(reads(supervisor))
    os.kill(part, signal.SIGKILL)
    reads(supervisor)
    assert server_of(supervisor) is None
    version.write_text(right)
    assert awaited_server(supervisor).is_running()


def test_a_database_run_by_a_command_is_taken_over_when_the_command_ends(script: Script, open_dir: Path) -> None:
    command = script(SERVES, open_dir)
    supervisor = supervised(script, open_dir, STAYS)
    assert server_of(supervisor) is None
    command.communicate("")
    assert awaited_server(supervisor).is_running()


def test_parts_run_in_the_environment_of_the_supervisor() -> None:
    assert sundial("serve")[:3] == [sys.executable, "-m", "sundial.run"]


@pytest.mark.parametrize(("status", "ready"), [(200, True), (503, False)])
def test_it_is_told_ready_when_the_server_says_so(status: int, ready: bool) -> None:
    async def application(scope: object, receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    with served(application) as server:
        assert answers("127.0.0.1", server.port) is ready
    assert answers("127.0.0.1", 1) is False


def test_a_supervisor_that_was_stopped_before_it_began_starts_and_ends_in_order() -> None:
    supervisor = Supervisor([], environment={})
    supervisor.stopping.set()
    supervisor.run()
