"""Any PostgreSQL in place of our own: brought up to date by the login that owns it, or refused plainly."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
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


def owner_create(app: str, owner: str | None, folder: Path, email: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment = kept | {"DATABASE_URL": app, "SUNDIAL_DATA_DIR": str(folder / "var"), "SUNDIAL_MODE": "demo"}
    if owner is not None:
        environment["SUNDIAL_MIGRATE_URL"] = owner
    return subprocess.run(
        [str(SUNDIAL), "owner", "create", email],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


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


def test_without_the_owners_login_a_database_that_is_up_to_date_will_do(elsewhere: Cluster, tmp_path: Path) -> None:
    elsewhere.ensure_database("later")
    app, owner = elsewhere.app_dsn("later"), elsewhere.owner_dsn("later")
    before = owner_create(app, None, tmp_path, "a@example.test")
    assert before.returncode == 2
    assert "SUNDIAL_MIGRATE_URL" in before.stderr
    assert "Traceback" not in before.stderr
    assert owner_create(app, owner, tmp_path, "b@example.test").returncode == 0
    after = owner_create(app, None, tmp_path, "c@example.test")
    assert after.returncode == 0, after.stderr


def test_the_application_owns_no_table(elsewhere: Cluster, tmp_path: Path) -> None:
    elsewhere.ensure_database("owned")
    assert owner_create(elsewhere.app_dsn("owned"), elsewhere.owner_dsn("owned"), tmp_path, "a@b.test").returncode == 0
    with psycopg.connect(elsewhere.app_dsn("owned")) as connection:
        mine = "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole AND relkind IN ('r', 'p', 'S')"
        assert connection.execute(mine).fetchone() == (0,)
