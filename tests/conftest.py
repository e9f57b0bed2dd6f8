"""What every test may ask for: a real PostgreSQL, a database that keeps its commits, and a small cast of people.

Append-only tables refuse TRUNCATE, so nothing is flushed: each test founds companies of its own. What looks at every
company there is asks for a database of its own.
"""

from collections.abc import Iterator

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from hypothesis import HealthCheck, settings
from pytest_django.plugin import DjangoDbBlocker

from sundial.run.postgres import APP, Cluster
from sundial.server.config import database
from sundial.server.lib import grants
from tests.cast import Cast, make_cast
from tests.environment import DATA

# How quickly examples are drawn says something of the machine only.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

SHARED, EMPTY, OWN = "sundial", "sundial_empty", "sundial_own"


class Databases(Cluster):
    """One server with several databases; its addresses lead to the one in use."""

    used = SHARED

    def owner_dsn(self, dbname: str = "") -> str:
        return super().owner_dsn(dbname or self.used)

    def app_dsn(self, dbname: str = "") -> str:
        return super().app_dsn(dbname or self.used)

    def copy(self, name: str, *, to: str) -> None:
        """Make a database like this one, to which nobody may be connected meanwhile."""
        self._as_owner(f"CREATE DATABASE {to} TEMPLATE {name}")

    def drop(self, name: str) -> None:
        """Whoever is still connected is cut off."""
        self._as_owner(f"DROP DATABASE {name} WITH (FORCE)")

    def _as_owner(self, statement: str) -> None:
        with psycopg.connect(self.owner_dsn("postgres"), autocommit=True) as connection:
            connection.execute(statement)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Databases]:
    """One PostgreSQL for the whole run."""
    running = Databases(DATA / "pg", {"max_connections": "200"}, durable=False)
    running.start()
    running.ensure_database(SHARED)
    yield running
    running.stop()


def _use(cluster: Databases, name: str = SHARED) -> None:
    connection = connections["default"]
    connection.close()
    if connection.pool is not None:
        connection.close_pool()
    cluster.used = name
    connection.settings_dict.update(database.settings_from(cluster.app_dsn(), pool_size=8))


@pytest.fixture(scope="session")
def django_db_setup(cluster: Databases, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Migrate as the owner of the tables, then be the application, which owns nothing."""
    with django_db_blocker.unblock():
        owner = database.settings_from(cluster.owner_dsn(), pool_size=0)
        connections["default"].close()
        connections["default"].settings_dict.update(owner)
        call_command("migrate", verbosity=0, interactive=False)
        grants.apply(cluster.owner_dsn(), APP)
        connections["default"].close()
        cluster.copy(SHARED, to=EMPTY)
        _use(cluster)
        yield
        _use(cluster)


@pytest.fixture(scope="module")
def own_database(cluster: Databases, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """An empty database for one file: for jobs that go from company to company, of which others found thousands."""
    with django_db_blocker.unblock():
        cluster.copy(EMPTY, to=OWN)
        _use(cluster, OWN)
        yield
        _use(cluster)
        cluster.drop(OWN)


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database as users meet it: what is committed stays, other threads and processes see it."""
    with django_db_blocker.unblock():
        yield
        connections["default"].close()


@pytest.fixture
def cast(committed_db: None) -> Cast:
    """An owner, an admin, a manager, an employee of one company, and a stranger from another."""
    return make_cast()
