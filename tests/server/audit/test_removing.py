"""What the database itself lets leave the log: an archived, attested, year-old beginning, and nothing else."""

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from psycopg import errors

from sundial.run.postgres import Cluster
from sundial.server.audit import queries
from sundial.server.audit.actions.archiving import write_archive
from sundial.server.audit.types import Archive
from sundial.server.lib import clock
from sundial.server.lib.merkle import Frontier
from sundial.server.lib.scope import acting_for
from tests.server.audit.archives import Past, live_through
from tests.server.audit.conftest import Notary
from tests.server.audit.plays import NOW, fill, fresh_log, note
from tests.server.audit.tampering import Row

COUNT = 12


@pytest.fixture
def past(notary: Notary) -> Past:
    """A log with a few entries long ago and a few of today, attested."""
    made = Past(fresh_log(), notary)
    live_through(made.log, COUNT)
    fill(made.log, 3)
    notary.attest(made.log)
    return made


def write(past: Past, last: int = COUNT) -> Archive:
    """Write an archive and have the log say so; its entries are still in the table."""
    made = write_archive(past.desk, Frontier(), last, 1, NOW)
    past.notary.attest(past.log)
    return made


def remove(past: Past, number: int = 1, checkpoint: str | None = None) -> int:
    said = checkpoint or past.notary.note(past.log)
    with acting_for(past.log), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT audit_remove_archived(%s, %s)", [number, said])
        return int(cursor.fetchone()[0])


def test_an_archive_that_is_told_of_and_attested_may_go(past: Past) -> None:
    write(past)
    assert remove(past) == COUNT
    assert past.notary.report(past.log).exit_code == 0


def test_it_goes_once(past: Past) -> None:
    write(past)
    remove(past)
    with pytest.raises(DatabaseError, match="not the beginning of the log"):
        remove(past)


def test_not_without_a_checkpoint_of_the_log_s_very_end(past: Past) -> None:
    early = past.notary.note(past.log)
    write(past)
    stranger = Past(fresh_log(), past.notary)
    fill(stranger.log, 16)
    past.notary.attest(stranger.log)
    forged = past.notary.note(past.log).replace("\n16\n", "\n17\n")
    for checkpoint in (early, forged, past.notary.note(stranger.log), "", "a\nb\nc\n"):
        with pytest.raises(DatabaseError, match="no checkpoint covers"):
            remove(past, checkpoint=checkpoint or "nothing")
    note(past.log)
    with pytest.raises(DatabaseError, match="no checkpoint covers"):
        remove(past)


def test_not_what_is_younger_than_a_year(past: Past) -> None:
    young = Past(fresh_log(), past.notary)
    live_through(young.log, COUNT, since=clock.now() - timedelta(days=300))
    past.notary.attest(young.log)
    write(young)
    with pytest.raises(DatabaseError, match="younger than a year"):
        remove(young)


def test_not_what_only_a_row_claims_to_be_archived(past: Past) -> None:
    end = queries.end_of(past.log)
    assert end.frontier is not None
    with acting_for(past.log), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_archive (company_id, number, first, last, first_at, last_at, made_at, length, sha256, "
            "frontier, recorded) VALUES (%s, 1, 1, 12, now(), now(), now(), 1, %s, %s, 13)",
            [past.log, bytes(32), end.frontier.to_bytes()],
        )
    with pytest.raises(DatabaseError, match="no entry of the log says"):
        remove(past)


def test_not_entries_that_are_not_those_of_the_archive(past: Past, owner: psycopg.Connection[Row]) -> None:
    write(past)
    said = owner.execute("SELECT leaf_hash FROM audit_entry WHERE company_id = %s AND seq = 4", [past.log]).fetchone()
    assert said is not None
    set_hash = "UPDATE audit_entry SET leaf_hash = %s WHERE company_id = %s AND seq = 4"
    owner.execute(set_hash, [bytes(32), past.log])
    # The triggers of the log's own tables are out of the way here; the one that judges a removal is not.
    with pytest.raises(DatabaseError, match="not those of the archive"):
        remove(past)
    owner.execute(set_hash, [said["leaf_hash"], past.log])
    assert remove(past) == COUNT


@pytest.fixture
def as_owner(committed_db: None, cluster: Cluster) -> Iterator[psycopg.Connection]:
    """The owner of the tables, for whom replication mode skips what triggers it can."""
    with psycopg.connect(cluster.owner_dsn(), autocommit=True) as connected:
        connected.execute("SET session_replication_role = replica")
        yield connected


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_entry WHERE company_id = %(log)s",
        "DELETE FROM audit_personal WHERE company_id = %(log)s",
        "UPDATE audit_archive SET sha256 = '' WHERE company_id = %(log)s",
        "DELETE FROM audit_archive WHERE company_id = %(log)s",
        "TRUNCATE audit_archive",
        "UPDATE audit_removal SET last = 15 WHERE company_id = %(log)s",
        "DELETE FROM audit_removal WHERE company_id = %(log)s",
        "TRUNCATE audit_removal",
        "INSERT INTO audit_removal VALUES (%(log)s, 2, 15, now(), '')",
    ],
)
def test_an_archive_opens_no_door_to_what_came_after_it(
    past: Past, as_owner: psycopg.Connection, statement: str
) -> None:
    write(past)
    remove(past)
    with pytest.raises(errors.InsufficientPrivilege):
        as_owner.execute(statement, {"log": past.log})
    assert past.notary.report(past.log).exit_code == 0


def test_the_application_cannot_become_the_role_that_removes(as_owner: psycopg.Connection) -> None:
    member = as_owner.execute("SELECT pg_has_role('sundial_app', 'sundial_archivist', 'MEMBER')").fetchone()
    assert member == (False,)
    login = as_owner.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'sundial_archivist'").fetchone()
    assert login == (False,)
