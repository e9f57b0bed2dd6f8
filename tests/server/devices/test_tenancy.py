"""The tables themselves: one company at a time; the crossing roles get what they need and no more."""

import psycopg
import pytest

from sundial.run.postgres import Cluster
from tests.cast import Cast
from tests.server.devices.plays import Agent, enrol

TABLES = (
    "devices_device",
    "devices_token",
    "devices_enrolment_code",
    "devices_enrolment_attempt",
    "devices_report",
    "devices_notice",
    "devices_acknowledgement",
)
Denied = psycopg.errors.InsufficientPrivilege


@pytest.mark.parametrize("table", TABLES)
def test_without_a_company_in_scope_a_query_fails(cast: Cast, cluster: Cluster, table: str) -> None:
    with psycopg.connect(cluster.app_dsn()) as connection, pytest.raises(Denied):
        connection.execute(f"SELECT * FROM {table}")


def test_a_row_cannot_name_a_device_of_another_company(cast: Cast, cluster: Cluster) -> None:
    device = enrol(cast)
    with psycopg.connect(cluster.app_dsn()) as connection:
        connection.execute("SELECT set_config('app.company_id', %s, true)", [str(cast.other.pk)])
        connection.execute(
            "INSERT INTO devices_notice (company_id, device_id, kind, body, made_at) "
            "VALUES (%s, %s, 'message', '{}', now())",
            [cast.other.pk, device.device_id],
        )
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            connection.commit()


def test_the_gateway_reads_tokens_of_every_company_and_writes_reports_alone(cast: Cast, cluster: Cluster) -> None:
    first, second = enrol(cast), enrol(cast, cast.admin)
    with psycopg.connect(cluster.app_dsn(), autocommit=True) as connection:
        connection.execute("SET ROLE sundial_gateway")
        ids = [first.device_id, second.device_id]
        rows = connection.execute("SELECT digest FROM devices_token WHERE device_id = ANY(%s)", [ids]).fetchall()
        assert len(rows) == 2
        connection.execute("UPDATE devices_report SET last_seen_at = now() WHERE device_id = ANY(%s)", [ids])
        for statement in (
            "UPDATE devices_token SET ended_at = NULL",
            "DELETE FROM devices_report",
            "SELECT * FROM devices_enrolment_code",
            "SELECT * FROM devices_acknowledgement",
            "INSERT INTO devices_device (company_id) VALUES (1)",
        ):
            with pytest.raises(Denied):
                connection.execute(statement)


def test_the_narrow_role_reads_whose_a_token_or_code_is_and_nothing_about_devices(cast: Cast, cluster: Cluster) -> None:
    enrol(cast)
    with psycopg.connect(cluster.app_dsn(), autocommit=True) as connection:
        connection.execute("SET ROLE sundial_across")
        assert connection.execute("SELECT company_id, device_id FROM devices_token WHERE digest IS NOT NULL").fetchone()
        assert connection.execute("SELECT company_id FROM devices_enrolment_code LIMIT 1").fetchone()
        for statement in (
            "SELECT user_id FROM devices_enrolment_code",
            "SELECT hostname FROM devices_device",
            "SELECT * FROM devices_report",
            "UPDATE devices_token SET ended_at = now()",
        ):
            with pytest.raises(Denied):
                connection.execute(statement)


@pytest.mark.parametrize(
    "statement", ["UPDATE devices_acknowledgement SET etag = 'x'", "DELETE FROM devices_acknowledgement"]
)
def test_an_acknowledgement_is_for_ever(cast: Cast, cluster: Cluster, statement: str) -> None:
    with psycopg.connect(cluster.app_dsn()) as connection:
        connection.execute("SELECT set_config('app.company_id', %s, true)", [str(cast.company.pk)])
        with pytest.raises(Denied):
            connection.execute(statement)


def test_a_device_hears_nothing_of_another_company(cast: Cast) -> None:
    mine, foreign = enrol(cast), enrol(cast, cast.stranger)
    assert Agent(mine.token).get("notices").body == Agent(foreign.token).get("notices").body
    assert (mine.company_id, foreign.company_id) == (cast.company.pk, cast.other.pk)
