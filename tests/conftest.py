"""What every test may ask for: a real PostgreSQL, a database that keeps its commits, and a small cast of people.

Append-only tables refuse TRUNCATE, so nothing is flushed: each test founds companies of its own.
"""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connections
from pytest_django.plugin import DjangoDbBlocker

from sundial.run.postgres import APP, Cluster
from sundial.server.config import database
from sundial.server.lib import grants
from tests.cast import Cast, make_cast
from tests.environment import DATA


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One PostgreSQL for the whole run."""
    running = Cluster(DATA / "pg", {"max_connections": "200"}, durable=False)
    running.start()
    running.ensure_database("sundial")
    yield running
    running.stop()


def _use(dsn: str) -> None:
    connection = connections["default"]
    connection.close()
    if connection.pool is not None:
        connection.close_pool()
    connection.settings_dict.update(database.settings_from(dsn, pool_size=8))


@pytest.fixture(scope="session")
def django_db_setup(cluster: Cluster, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Migrate as the owner of the tables, then be the application, which owns nothing."""
    with django_db_blocker.unblock():
        owner = database.settings_from(cluster.owner_dsn(), pool_size=0)
        connections["default"].close()
        connections["default"].settings_dict.update(owner)
        call_command("migrate", verbosity=0, interactive=False)
        grants.apply(cluster.owner_dsn(), APP)
        _use(cluster.app_dsn())
        yield
        _use(cluster.app_dsn())


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
