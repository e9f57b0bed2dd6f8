"""The tables themselves: one company at a time."""

import psycopg
import pytest

from sundial.run.postgres import Cluster
from tests.cast import Cast
from tests.server.activity.plays import begin, span

TABLES = (
    "activity_worksession",
    "activity_span",
    "activity_usage",
    "activity_mark",
    "activity_screenshot",
    "activity_personkey",
)


@pytest.mark.parametrize("table", TABLES)
def test_without_a_company_in_scope_nothing_is_seen(cast: Cast, cluster: Cluster, table: str) -> None:
    span(begin(cast, at=cast.now), cast.now, 60)
    with psycopg.connect(cluster.app_dsn()) as connection:
        try:
            rows = connection.execute(f"SELECT * FROM {table}").fetchall()
        except psycopg.errors.InsufficientPrivilege:
            return
        assert rows == []


@pytest.mark.parametrize("table", TABLES)
def test_the_owner_s_role_sees_sums_and_no_names(cast: Cast, cluster: Cluster, table: str) -> None:
    with psycopg.connect(cluster.app_dsn()) as connection:
        connection.execute("SET ROLE sundial_across")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"SELECT user_id FROM {table}")


def test_a_partition_cannot_be_read_around_its_parent(cast: Cast, cluster: Cluster) -> None:
    with psycopg.connect(cluster.app_dsn()) as connection:
        connection.execute("SELECT set_config('app.company_id', %s, true)", [str(cast.company.pk)])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM activity_span_other")
