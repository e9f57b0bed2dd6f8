"""What the database itself holds against rewriting, read from its catalogue and tried by its owner."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from psycopg import errors

from sundial.run.postgres import APP, Cluster
from sundial.server.lib.scope import acting_for
from tests.server.audit.plays import fill, fresh_log

pytestmark = pytest.mark.usefixtures("committed_db")

RIGHTS = """
SELECT privilege_type FROM information_schema.role_table_grants WHERE table_name = %s AND grantee = %s
"""
TRIGGERS = """
SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled = 'A' AND NOT tgisinternal ORDER BY 1
"""


@pytest.fixture
def as_owner(cluster: Cluster) -> Iterator[psycopg.Connection]:
    """The owner of the tables, for whom replication mode skips what triggers it can."""
    with psycopg.connect(cluster.owner_dsn(), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


def test_the_application_may_add_and_read_entries_and_nothing_else(as_owner: psycopg.Connection) -> None:
    rights = {row[0] for row in as_owner.execute(RIGHTS, ["audit_entry", APP])}
    assert rights == {"SELECT", "INSERT"}


def test_the_application_does_not_own_the_tables(as_owner: psycopg.Connection) -> None:
    owners = as_owner.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE tablename LIKE 'audit%'").fetchall()
    assert APP not in {row[0] for row in owners}


@pytest.mark.parametrize("table", ["audit_head", "audit_entry", "audit_personal"])
def test_row_level_security_is_forced(as_owner: psycopg.Connection, table: str) -> None:
    found = as_owner.execute(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", [table]
    ).fetchone()
    assert found == (True, True)


@pytest.mark.parametrize(
    ("table", "names"),
    [
        ("audit_entry", ["append_only", "append_only_truncate"]),
        ("audit_personal", ["erase_only", "erase_only_truncate"]),
    ],
)
def test_triggers_fire_always(as_owner: psycopg.Connection, table: str, names: list[str]) -> None:
    assert [row[0] for row in as_owner.execute(TRIGGERS, [table])] == names


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET action = 'NOTHING_HAPPENED' WHERE company_id = %(log)s",
        "DELETE FROM audit_entry WHERE company_id = %(log)s",
        "TRUNCATE audit_entry",
        "TRUNCATE audit_entry, audit_personal CASCADE",
        "DELETE FROM audit_personal WHERE company_id = %(log)s",
        "TRUNCATE audit_personal",
        "UPDATE audit_personal SET actor = 'somebody else' WHERE company_id = %(log)s",
        "UPDATE audit_personal SET description = '' WHERE company_id = %(log)s",
        "UPDATE audit_personal SET actor = NULL WHERE company_id = %(log)s",
        "UPDATE audit_personal SET actor_salt = about_salt WHERE company_id = %(log)s",
        "UPDATE audit_personal SET seq = seq + 100 WHERE company_id = %(log)s",
        "UPDATE audit_personal SET company_id = 1 WHERE company_id = %(log)s",
        "UPDATE audit_personal SET actor = NULL, ip = NULL, actor_salt = NULL, target = 'x' WHERE company_id = %(log)s",
    ],
)
def test_not_even_the_owner_in_replication_mode_rewrites_the_log(as_owner: psycopg.Connection, statement: str) -> None:
    log = fresh_log()
    fill(log, 3)
    with pytest.raises(errors.InsufficientPrivilege, match=r"append-only|only be erased"):
        as_owner.execute(statement, {"log": log})


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entry SET action = 'X'", "DELETE FROM audit_entry", "TRUNCATE audit_entry", "TRUNCATE audit_head"],
)
def test_the_application_is_refused(statement: str) -> None:
    log = fresh_log()
    fill(log, 1)
    with pytest.raises(DatabaseError), acting_for(log), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_without_a_company_in_scope_the_log_shows_nothing() -> None:
    with pytest.raises(DatabaseError, match="no company"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_entry")


def test_a_company_sees_only_its_own_log() -> None:
    ours, theirs = fresh_log(), fresh_log()
    fill(theirs, 3)
    with acting_for(ours), transaction.atomic(), connection.cursor() as cursor:
        for table in ("audit_entry", "audit_personal", "audit_head"):
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone() == (0,)


def test_nobody_writes_into_another_companys_log() -> None:
    ours, theirs = fresh_log(), fresh_log()
    with pytest.raises(DatabaseError), acting_for(ours), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO audit_head VALUES (%s, 0, '')", [theirs])
