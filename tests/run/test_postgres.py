"""The embedded PostgreSQL, started, shared, killed and started again for real."""

import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sundial.run.errors import PostgresFailed
from sundial.run.postgres import Cluster, PostgresTaken
from sundial.run.postgres_account import Account, Unreachable, open_to
from tests.run.scripts import Script, ends, reads

HOLD = """
import sys, pathlib
from sundial.run.postgres import Cluster
cluster = Cluster(pathlib.Path(sys.argv[1]), durable=False)
cluster.attach_or_start()
print("ready", flush=True)
print(cluster.process.pid if cluster.process else 0, flush=True)
sys.stdin.read()
cluster.stop()
"""


@pytest.fixture
def cluster(open_dir: Path) -> Iterator[Cluster]:
    one = Cluster(open_dir / "pg", durable=False)
    one.start()
    yield one
    one.stop()


def did(dsn: str, statement: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute(statement.encode())


def said(dsn: str, question: str) -> object:
    with psycopg.connect(dsn, autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


def test_the_application_signs_in_as_itself_and_owns_nothing(cluster: Cluster) -> None:
    cluster.ensure_database("sundial")
    assert said(cluster.app_dsn(), "SELECT current_user") == "sundial_app"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        said(cluster.app_dsn(), "CREATE TABLE mine (id int)")


def test_the_narrow_roles_are_lent_only_by_name(cluster: Cluster) -> None:
    inherits = "SELECT bool_or(inherit_option) FROM pg_auth_members WHERE member = 'sundial_app'::regrole"
    assert said(cluster.owner_dsn("postgres"), inherits) is False
    cluster.ensure_database("sundial")
    with psycopg.connect(cluster.app_dsn()) as connection:
        for role in ("sundial_across", "sundial_gateway"):
            connection.execute(f"SET ROLE {role}".encode())
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SET ROLE postgres")


def test_the_passwords_are_in_files_that_only_their_owner_reads(
    cluster: Cluster,
) -> None:
    for name in ("pg.owner", "pg.app", "pg.log"):
        assert stat.S_IMODE((cluster.data.parent / name).stat().st_mode) == 0o600


def test_nobody_comes_in_without_a_password(cluster: Cluster) -> None:
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(f"host={cluster.data} user=postgres dbname=postgres password=wrong")


def test_it_reads_by_its_indexes_as_disks_of_today_do(cluster: Cluster) -> None:
    assert said(cluster.app_dsn("postgres"), "SHOW random_page_cost") == "1.1"


def test_a_database_is_made_once(cluster: Cluster) -> None:
    cluster.ensure_database("sundial")
    cluster.ensure_database("sundial")
    assert said(cluster.app_dsn(), "SELECT current_database()") == "sundial"


def test_a_stop_and_a_start_keep_the_data(cluster: Cluster) -> None:
    did(cluster.owner_dsn("postgres"), "CREATE TABLE kept AS SELECT 7 AS n")
    cluster.stop()
    cluster.start()
    assert said(cluster.owner_dsn("postgres"), "SELECT n FROM kept") == 7


def test_a_second_start_in_the_same_process_changes_nothing(cluster: Cluster) -> None:
    process = cluster.process
    cluster.start()
    assert cluster.process is process


def test_a_lost_application_password_is_replaced(cluster: Cluster) -> None:
    cluster.stop()
    (cluster.data.parent / "pg.app").unlink()
    cluster.start()
    assert said(cluster.app_dsn("postgres"), "SELECT 1") == 1


def test_a_start_beside_a_running_one_is_refused_and_names_it(open_dir: Path, script: Script) -> None:
    holder = script(HOLD, open_dir / "pg")
    with pytest.raises(PostgresTaken, match=f"pid {holder.pid}"):
        Cluster(open_dir / "pg").start()


def test_others_attach_and_leave_it_running(open_dir: Path, script: Script) -> None:
    script(HOLD, open_dir / "pg")
    guest = Cluster(open_dir / "pg")
    guest.attach_or_start()
    assert not guest.ours
    guest.stop()
    assert said(guest.owner_dsn("postgres"), "SELECT 1") == 1


def test_it_does_not_outlive_a_killed_parent_and_loses_nothing(open_dir: Path, script: Script) -> None:
    holder = script(HOLD, open_dir / "pg")
    server = int(reads(holder))
    after = Cluster(open_dir / "pg", durable=False)
    did(after.owner_dsn("postgres"), "CREATE TABLE kept AS SELECT 7 AS n")
    holder.kill()
    after.attach_or_start()
    try:
        assert ends(server)
        assert after.ours
        assert said(after.owner_dsn("postgres"), "SELECT n FROM kept") == 7
    finally:
        after.stop()


def test_a_killed_server_is_started_again_with_everything_committed(open_dir: Path) -> None:
    cluster = Cluster(open_dir / "pg")
    cluster.start()
    try:
        did(cluster.owner_dsn("postgres"), "CREATE TABLE kept AS SELECT generate_series(1, 100000) AS n")
        killed = cluster.process
        assert killed is not None
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait()
        cluster.start()
        assert said(cluster.owner_dsn("postgres"), "SELECT count(*) FROM kept") == 100000
    finally:
        cluster.stop()


def test_a_start_that_was_cut_short_is_begun_afresh(open_dir: Path) -> None:
    (open_dir / "pg.new").mkdir()
    (open_dir / "pg.new" / "PG_VERSION").write_text("half")
    cluster = Cluster(open_dir / "pg", durable=False)
    cluster.start()
    cluster.stop()
    assert not (open_dir / "pg.new").exists()


def test_data_of_another_version_is_refused_by_name(cluster: Cluster) -> None:
    cluster.stop()
    (cluster.data / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(PostgresFailed, match=r"PostgreSQL 9\.6"):
        cluster.start()


def test_a_server_that_cannot_start_says_what_it_said(open_dir: Path) -> None:
    cluster = Cluster(open_dir / "pg", {"no_such_setting": "1"}, durable=False)
    with pytest.raises(PostgresFailed, match="no_such_setting"):
        cluster.start()
    assert not cluster.ours


def test_a_path_too_long_for_a_socket_gets_a_short_one(open_dir: Path) -> None:
    cluster = Cluster(open_dir / ("long" * 25) / "pg", durable=False)
    cluster.start()
    try:
        assert cluster.socket_dir != cluster.data
        assert said(cluster.app_dsn("postgres"), "SELECT 1") == 1
    finally:
        cluster.stop()


def test_a_folder_that_the_servers_account_may_not_enter_is_named(
    open_dir: Path,
) -> None:
    closed = open_dir / "closed"
    closed.mkdir(mode=0o700)
    (closed / "data").mkdir(mode=0o711)
    stranger = Account(uid=54321, gid=54321, name="nobody", changes=True)
    with pytest.raises(Unreachable, match=f"nobody, who may not enter {closed} "):
        open_to(stranger, [closed / "data"])
