"""A checkout that nobody else may enter, run as root: the database lives elsewhere, behind a link."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sundial.run.postgres import Cluster
from sundial.run.postgres_account import account_for
from sundial.run.postgres_elsewhere import ELSEWHERE, home, may_reach, programs

AS_ROOT = os.geteuid() == 0


@pytest.fixture
def closed_dir() -> Iterator[Path]:
    """A folder that only we may enter."""
    with tempfile.TemporaryDirectory(prefix="sundial-closed-") as name:
        yield Path(name)


def test_the_database_runs_where_others_may_not_enter_and_is_found_again(closed_dir: Path) -> None:
    for _ in range(2):
        cluster = Cluster(closed_dir / "var" / "pg", durable=False)
        cluster.start()
        try:
            cluster.ensure_database("here")
            with psycopg.connect(cluster.app_dsn("here")) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)
        finally:
            cluster.stop()
    data = closed_dir / "var" / "pg"
    assert data.is_symlink() is AS_ROOT
    assert (data.resolve() / "PG_VERSION").exists()
    if AS_ROOT:
        shutil.rmtree(data.resolve().parent)


def test_programs_are_copied_once_where_their_account_could_not_reach_them(closed_dir: Path) -> None:
    install = closed_dir / "package" / "install"
    (install / "bin").mkdir(parents=True)
    (install / "bin" / "postgres").write_text("program")
    account = account_for(Path("/"))
    first, second = programs(install, account), programs.__wrapped__(install, account)
    assert first == second
    assert (first / "bin" / "postgres").read_text() == "program"
    assert may_reach(first, account)
    assert first.is_relative_to(ELSEWHERE) is AS_ROOT
    if AS_ROOT:
        shutil.rmtree(first.parents[1])


def test_data_stays_where_it_is_if_it_can_be_reached(tmp_path: Path) -> None:
    account = account_for(Path("/"))
    with tempfile.TemporaryDirectory(prefix="sundial-open-") as name:
        Path(name).chmod(0o711)
        assert home(Path(name) / "pg", account) == Path(name) / "pg"
