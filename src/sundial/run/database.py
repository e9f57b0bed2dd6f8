"""Where the database is, and bringing it up to date: our own embedded one, or any PostgreSQL that is named."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import django
import psycopg
from django.core.management import call_command
from django.db import ProgrammingError, connections
from django.db.migrations.executor import MigrationExecutor

from sundial.run.errors import CannotRun
from sundial.run.postgres import Cluster
from sundial.server.config import database as django_database
from sundial.server.config.env import Environment
from sundial.server.lib import grants

OLDEST = 150000
NAME = "sundial"
MIGRATING = 0x73756E6469616C  # the number of our advisory lock: "sundial"


@dataclass(frozen=True)
class Database:
    """Two ways into one database: the application's login and the one that owns the tables."""

    app_dsn: str
    owner_dsn: str | None
    cluster: Cluster | None = None

    @property
    def app_login(self) -> str:
        """The name of the application's login."""
        return str(psycopg.conninfo.conninfo_to_dict(self.app_dsn).get("user", ""))


@contextmanager
def opened(env: Environment) -> Iterator[Database]:
    """The database for the time of a command: started if nobody runs it, shared if somebody does."""
    if env.database_url:
        yield Database(env.database_url, env.migrate_url)
        return
    cluster = Cluster(env.data / "pg")
    cluster.attach_or_start()
    try:
        cluster.ensure_database(NAME)
        yield Database(cluster.app_dsn(NAME), cluster.owner_dsn(NAME), cluster)
    finally:
        cluster.stop()


def set_up_django(database: Database) -> None:
    """Load Django with the application's login; what imports models comes after this."""
    os.environ["DATABASE_URL"] = database.app_dsn
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sundial.server.config.settings")
    django.setup()


def bring_up_to_date(database: Database) -> None:
    """Migrate under the owner's login, then give the application its rights; needs Django set up.

    Where the owner's login is not given, only see that there is nothing to migrate.
    """
    dsn = database.owner_dsn or None
    _require_version(dsn or database.app_dsn)
    if dsn is None:
        return _require_migrated()
    if psycopg.conninfo.conninfo_to_dict(dsn).get("user") == database.app_login:
        raise CannotRun("DATABASE_URL and SUNDIAL_MIGRATE_URL name one login; the application's must own nothing.")
    with psycopg.connect(dsn, autocommit=True) as guard:
        guard.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])  # another machine may be starting, too
        try:
            _migrate(dsn)
            grants.apply(dsn, database.app_login)
        except (psycopg.errors.InsufficientPrivilege, ProgrammingError) as failure:
            raise CannotRun(f"The login of SUNDIAL_MIGRATE_URL cannot do its work: {failure}") from failure
    return None


def _migrate(dsn: str) -> None:
    ours = dict(connections["default"].settings_dict)
    _use(django_database.settings_from(dsn, pool_size=0))
    try:
        if _behind():
            grants.loosen(dsn)
            call_command("migrate", verbosity=0, interactive=False)
    finally:
        _use(ours)


def _behind() -> bool:
    executor = MigrationExecutor(connections["default"])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _require_migrated() -> None:
    if _behind():
        raise CannotRun(
            "The database is not up to date, and only the login that owns the tables may change that: "
            "set SUNDIAL_MIGRATE_URL to it."
        )


def _use(settings: dict[str, object]) -> None:
    connection = connections["default"]
    connection.close()
    connection.settings_dict.update(settings)


def _require_version(dsn: str) -> None:
    try:
        with psycopg.connect(dsn, connect_timeout=10) as connection:
            version = connection.info.server_version
    except psycopg.OperationalError as failure:
        raise CannotRun(f"The database does not answer: {str(failure).strip()}") from failure
    if version < OLDEST:
        raise CannotRun(f"PostgreSQL {version // 10000} is too old: Sundial needs 15 or newer.")
