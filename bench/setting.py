"""A data directory of this run's own, Django set up for it, and a PostgreSQL there that is migrated as ours is.

Whoever imports this has Django set up; it is to be the first import from `bench` or `sundial`.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="sundial-bench-"))
FOLDER.chmod(0o711)  # PostgreSQL runs as another account when we are root
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
os.environ |= {
    "SUNDIAL_DATA_DIR": str(FOLDER),
    "SUNDIAL_MODE": "demo",
    "DATABASE_URL": "postgresql://unset@/unset",
    "DJANGO_SETTINGS_MODULE": "sundial.server.config.settings",
}

import django

django.setup()

from django.core.management import call_command
from django.db import connection

from sundial.run.postgres import APP, Cluster
from sundial.server.config import database
from sundial.server.lib import grants


def prepare(cluster: Cluster, *, pool_size: int) -> None:
    """Migrate as the owner, then be the application."""
    cluster.ensure_database("sundial")
    connection.settings_dict.update(database.settings_from(cluster.owner_dsn(), pool_size=0))
    call_command("migrate", verbosity=0, interactive=False)
    grants.apply(cluster.owner_dsn(), APP)
    connection.close()
    connection.settings_dict.update(database.settings_from(cluster.app_dsn(), pool_size=pool_size))
