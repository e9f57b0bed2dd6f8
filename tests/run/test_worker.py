"""The worker, a real process over a real database, with jobs of its own."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sundial.run.postgres import Cluster
from tests.run.scripts import Script, ends, reads
from tests.running import SUNDIAL, open_folder

JOBS = """
import os, sys
os.environ["DATABASE_URL"], os.environ["DJANGO_SETTINGS_MODULE"] = sys.argv[1], "sundial.server.config.settings"
import django
django.setup()
from django.db import connection, transaction
from procrastinate.contrib.django import app
from sundial.run import worker

@app.task(name="tests.say")
def say(text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", [text])
        print(cursor.fetchone()[0], flush=True)

@app.task(name="tests.hang", lock="hanging", queueing_lock="hanging")
def hang(at):
    print("hangs", flush=True)
    os.close(os.open(at, os.O_RDONLY))
    print("hung", flush=True)
"""
WORK = (
    JOBS
    + """
worker.HEARTBEAT, worker.DEAD_AFTER, worker.RESCUE_EVERY, worker.GRACE = 0.2, 1.0, 0.2, 0.5
worker.MOST_ATTEMPTS = 2
print("ready", flush=True)
worker.run()
"""
)
DEFER = (
    JOBS
    + """
def defer(name, **arguments):
    app.configure_task(name).defer(**arguments)

print("ready", flush=True)
for line in sys.stdin:
    try:
        with transaction.atomic():
            exec(line)
    except KeyError:
        pass
    print("done", flush=True)
"""
)


@pytest.fixture(scope="module")
def prepared() -> Iterator[Path]:
    """A data directory whose database is up to date."""
    with open_folder() as folder:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        environment = kept | {"SUNDIAL_DATA_DIR": str(folder / "var"), "SUNDIAL_MODE": "demo"}
        subprocess.run([str(SUNDIAL), "manage", "migrate"], env=environment, check=True, capture_output=True)
        yield folder / "var" / "pg"


@pytest.fixture
def database(prepared: Path) -> Iterator[Cluster]:
    one = Cluster(prepared)
    one.start()
    with psycopg.connect(one.owner_dsn()) as connection:
        connection.execute("DELETE FROM procrastinate_jobs")
    yield one
    one.stop()


class Gate:
    """A named pipe: who reads it waits until the test has opened it, then and ever after nobody does."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self._held: list[int] = []

    def open(self) -> None:
        self._held.append(os.open(self.path, os.O_RDWR))  # for reading, too: so it waits for no reader

    def close(self) -> None:
        for held in self._held:
            os.close(held)


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    one = Gate(tmp_path / "gate")
    yield one
    one.close()


class Deferring:
    """A program that defers jobs in transactions of its own."""

    def __init__(self, script: Script, database: Cluster) -> None:
        self._process = script(DEFER, database.app_dsn())

    def __call__(self, statement: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(statement + "\n")
        self._process.stdin.flush()
        assert reads(self._process) == "done"


def test_a_job_exists_exactly_if_the_change_does(script: Script, database: Cluster) -> None:
    worker, run = script(WORK, database.app_dsn()), Deferring(script, database)
    run('defer("tests.say", text="never"); raise KeyError')
    run('defer("tests.say", text="one")')
    run('defer("tests.say", text="two")')
    assert sorted([reads(worker), reads(worker)]) == ["one", "two"]


def test_a_restart_of_the_database_only_pauses_the_worker(script: Script, database: Cluster) -> None:
    worker, run = script(WORK, database.app_dsn()), Deferring(script, database)
    run('defer("tests.say", text="before")')
    assert reads(worker) == "before"
    server = database.process
    assert server is not None
    server.kill()
    server.wait()
    database.start()
    Deferring(script, database)('defer("tests.say", text="after")')
    # Killed before the first job was written down as done, the database lets it be done once more.
    said = reads(worker)
    assert (reads(worker) if said == "before" else said) == "after"


def test_a_signal_ends_an_idle_worker(script: Script, database: Cluster) -> None:
    worker = script(WORK, database.app_dsn())
    Deferring(script, database)('defer("tests.say", text="here")')
    assert reads(worker) == "here"
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(10) == 0


def test_what_a_killed_worker_was_doing_is_begun_again_and_its_lock_is_free(
    script: Script, database: Cluster, gate: Gate
) -> None:
    worker, run = script(WORK, database.app_dsn()), Deferring(script, database)
    run(f'defer("tests.hang", at="{gate.path}")')
    assert reads(worker) == "hangs"
    worker.kill()
    assert ends(worker.pid)
    other = script(WORK, database.app_dsn())
    assert reads(other) == "hangs"
    gate.open()
    assert reads(other) == "hung"
    run(f'defer("tests.hang", at="{gate.path}")')
    assert [reads(other), reads(other)] == ["hangs", "hung"]


def test_a_killed_job_whose_successor_waits_makes_way_for_it(script: Script, database: Cluster, gate: Gate) -> None:
    worker, run = script(WORK, database.app_dsn()), Deferring(script, database)
    run(f'defer("tests.hang", at="{gate.path}")')
    assert reads(worker) == "hangs"
    run(f'defer("tests.hang", at="{gate.path}")')
    worker.kill()
    assert ends(worker.pid)
    gate.open()
    other = script(WORK, database.app_dsn())
    assert [reads(other), reads(other)] == ["hangs", "hung"]
    run('defer("tests.say", text="and nothing else")')
    assert reads(other) == "and nothing else"


def test_a_job_that_does_not_end_does_not_hold_the_worker_and_is_begun_again(
    script: Script, database: Cluster, gate: Gate
) -> None:
    worker, run = script(WORK, database.app_dsn()), Deferring(script, database)
    run(f'defer("tests.hang", at="{gate.path}")')
    assert reads(worker) == "hangs"
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(10) == 0
    gate.open()
    assert [reads(script(WORK, database.app_dsn()))] == ["hangs"]


def test_a_job_that_kills_every_worker_is_given_up(script: Script, database: Cluster) -> None:
    deadly = WORK.replace(
        '@app.task(name="tests.say")',
        '@app.task(name="tests.die")\ndef die():\n    os.kill(os.getpid(), 9)\n\n@app.task(name="tests.say")',
    )
    run = Deferring(script, database)
    run('app.tasks["tests.die"] = app.task(name="tests.die")(lambda: None); defer("tests.die")')
    for _ in range(3):
        assert ends(script(deadly, database.app_dsn()).pid, 20)
    last = script(deadly, database.app_dsn())
    run('defer("tests.say", text="alive")')
    assert reads(last) == "alive"
    last.send_signal(signal.SIGTERM)
    assert last.wait(10) == 0
