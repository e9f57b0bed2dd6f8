"""A PostgreSQL of the host's own, made ready with deploy/postgresql.sql: Sundial's logins there are no superusers."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import psycopg
import pytest

from sundial.run.postgres import APP, NARROW_ROLES, Cluster
from tests.running import SUNDIAL, Platform, free_port, open_folder, start_platform, stop_platform

ROLES = (Path(__file__).resolve().parents[2] / "deploy" / "postgresql.sql").read_text()
OWNER = "sundial_owner"
AN_OWNER_WHO_MAKES_THE_ROLES = f"""
CREATE ROLE {OWNER} LOGIN CREATEROLE PASSWORD 'change-this-owner-password';
SET ROLE {OWNER};
CREATE ROLE {APP} LOGIN PASSWORD 'change-this-app-password';
RESET ROLE;
CREATE DATABASE sundial OWNER {OWNER} TEMPLATE template0;
"""


def statements(script: str) -> list[str]:
    """The statements of a script, one by one: CREATE DATABASE stands no company."""
    bare = re.sub(r"--.*", "", script)
    return [one.strip() for one in bare.split(";") if one.strip()]


@dataclass
class External:
    """A server of its own, and the environment that leads Sundial there."""

    cluster: Cluster
    folder: Path

    def dsn(self, login: str, password: str) -> str:
        place = quote(str(self.cluster.socket_dir), safe="")
        return f"postgresql://{login}:{password}@/sundial?host={place}&port=5432"

    @property
    def app(self) -> str:
        return self.dsn(APP, "change-this-app-password")

    @property
    def settings(self) -> dict[str, str]:
        owner = self.dsn(OWNER, "change-this-owner-password")
        return {"DATABASE_URL": self.app, "SUNDIAL_MIGRATE_URL": owner}

    def as_administrator(self, query: str, dbname: str = "sundial") -> list[tuple[object, ...]]:
        with psycopg.connect(self.cluster.owner_dsn(dbname), autocommit=True) as connection:
            done = connection.execute(query.encode())
            return done.fetchall() if done.description else []


@pytest.fixture(scope="module", params=[ROLES, AN_OWNER_WHO_MAKES_THE_ROLES], ids=["roles-made-for-it", "createrole"])
def external(request: pytest.FixtureRequest) -> Iterator[External]:
    with open_folder() as folder:
        cluster = Cluster(folder / "pg", durable=False)
        cluster.start()
        made = External(cluster, folder)
        for role in (APP, *NARROW_ROLES):  # the embedded server brings its own
            made.as_administrator(f"DROP ROLE {role}", "postgres")
        with psycopg.connect(cluster.owner_dsn("postgres"), autocommit=True) as connection:
            for statement in statements(request.param):
                connection.execute(statement.encode())
        yield made
        cluster.stop()


@pytest.fixture(scope="module")
def platform(external: External) -> Iterator[Platform]:
    """The program on that server, its demo seeded through the application's login."""
    running = start_platform(external.folder / "var", demo=False, settings=external.settings)
    assert running.run("demo").returncode == 0
    yield running
    stop_platform(running)


def test_the_program_serves_on_it(platform: Platform) -> None:
    assert not (platform.data / "pg").exists()
    with httpx.Client(base_url=platform.base_url) as client:
        assert client.get("/readyz").json()["checks"]["database"] is True
        assert client.get("/login/").status_code == 200


def test_the_applications_login_owns_nothing_and_is_bound_by_row_level_security(
    external: External, platform: Platform
) -> None:
    owners = external.as_administrator(
        "SELECT DISTINCT relowner::regrole::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    )
    assert owners == [(OWNER,)]
    bound = "SELECT rolname FROM pg_roles WHERE rolname LIKE 'sundial%' AND (rolsuper OR rolbypassrls)"
    assert external.as_administrator(bound) == []
    loose = "SELECT relname FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity"
    assert external.as_administrator(loose) == []
    with psycopg.connect(external.app) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT * FROM companies_membership")


def test_crossing_companies_takes_a_set_role(external: External, platform: Platform) -> None:
    with psycopg.connect(external.app) as connection:
        connection.execute("SET ROLE sundial_across")
        assert connection.execute("SELECT count(*) FROM companies_company").fetchone() == (2,)


def test_once_migrated_it_runs_without_the_owners_login(platform: Platform) -> None:
    environment = platform.environment | {"SUNDIAL_MIGRATE_URL": ""}
    bare = Platform(platform.process, platform.data, platform.base_url, environment)
    assert bare.run("demo").returncode == 0


def test_a_database_that_nobody_migrated_is_refused_without_the_owners_login(external: External) -> None:
    external.as_administrator(f"CREATE DATABASE empty OWNER {OWNER}", "postgres")
    done = refused(DATABASE_URL=external.app.replace("/sundial?", "/empty?"))
    assert "SUNDIAL_MIGRATE_URL" in done.stderr


def test_one_login_for_both_is_refused(external: External) -> None:
    done = refused(DATABASE_URL=external.app, SUNDIAL_MIGRATE_URL=external.app)
    assert "name one login" in done.stderr


def test_a_superuser_is_refused_as_the_applications_login(external: External, platform: Platform) -> None:
    done = refused(DATABASE_URL=external.cluster.owner_dsn())
    assert "superuser" in done.stderr


def refused(**settings: str) -> subprocess.CompletedProcess[str]:
    """What `sundial serve` says; it must end by itself, without a traceback."""
    with open_folder() as folder:
        environment = {"SUNDIAL_DATA_DIR": str(folder / "var"), "SUNDIAL_PORT": str(free_port()), **settings}
        done = subprocess.run(
            [str(SUNDIAL), "serve"], env=environment, capture_output=True, text=True, timeout=60, check=False
        )
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    return done
