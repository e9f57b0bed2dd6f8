"""Two machines that begin at once on a PostgreSQL that is not Sundial's to start."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sundial.run.postgres import Cluster
from tests.running import SUNDIAL, open_folder


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Cluster]:
    """A PostgreSQL that is not Sundial's to start."""
    with open_folder() as folder:
        one = Cluster(folder / "pg", durable=False)
        one.start()
        yield one
        one.stop()


def test_two_machines_that_begin_at_once_migrate_one_after_the_other(elsewhere: Cluster, tmp_path: Path) -> None:
    elsewhere.ensure_database("twice")
    app, owner = elsewhere.app_dsn("twice"), elsewhere.owner_dsn("twice")
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    both = [
        subprocess.Popen(
            [str(SUNDIAL), "owner", "create", f"owner{number}@example.test"],
            env=kept
            | {"DATABASE_URL": app, "SUNDIAL_MIGRATE_URL": owner, "SUNDIAL_DATA_DIR": str(tmp_path / str(number))},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(2)
    ]
    said = [process.communicate(timeout=200) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
