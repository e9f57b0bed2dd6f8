"""The tables themselves: one company at a time, versions for ever, heads for the gateway."""

import psycopg
import pytest

from sundial.run.postgres import Cluster
from tests.cast import Cast

TABLES = ("tracking_policy_version", "tracking_policy_head", "tracking_key_endorsement")


@pytest.mark.parametrize("table", TABLES)
def test_without_a_company_in_scope_a_query_fails(cast: Cast, cluster: Cluster, table: str) -> None:
    with (
        psycopg.connect(cluster.app_dsn()) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(f"SELECT * FROM {table}")


def test_a_company_sees_its_own_versions_and_heads_only(cast: Cast, cluster: Cluster) -> None:
    with psycopg.connect(cluster.app_dsn()) as connection:
        connection.execute("SELECT set_config('app.company_id', %s, true)", [str(cast.company.pk)])
        for table in TABLES[:2]:
            rows = connection.execute(f"SELECT DISTINCT company_id FROM {table}").fetchall()
            assert rows == [(cast.company.pk,)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tracking_policy_version SET version = 7",
        "DELETE FROM tracking_policy_version",
        "TRUNCATE tracking_policy_version",
        "DELETE FROM tracking_key_endorsement",
    ],
)
def test_versions_and_endorsements_are_for_ever(cast: Cast, cluster: Cluster, statement: str) -> None:
    with psycopg.connect(cluster.app_dsn()) as connection:
        connection.execute("SELECT set_config('app.company_id', %s, true)", [str(cast.company.pk)])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)


def test_the_gateway_reads_every_head_and_writes_none(cast: Cast, cluster: Cluster) -> None:
    companies = [cast.company.pk, cast.other.pk]
    with psycopg.connect(cluster.app_dsn(), autocommit=True) as connection:
        connection.execute("SET ROLE sundial_gateway")
        found = connection.execute(
            "SELECT company_id, document, config_json FROM tracking_policy_head WHERE company_id = ANY(%s)", [companies]
        ).fetchall()
        assert sorted(row[0] for row in found) == sorted(companies)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("UPDATE tracking_policy_head SET version = 7")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM tracking_policy_version")
