"""How long checking a million audit entries takes, beside what bounds it: reading them, and hashing alone.

    python -m bench.audit_verify [--entries 1000000]

Starts a PostgreSQL of its own, fills one log, writes a checkpoint, checks the log and its export.
"""

import argparse
import json
import os
import secrets
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

LOG = 1
FOLDER = Path(tempfile.mkdtemp(prefix="sundial-bench-"))
FOLDER.chmod(0o711)
os.environ |= {
    "SUNDIAL_DATA_DIR": str(FOLDER),
    "DATABASE_URL": "postgresql://unset@/unset",
    "DJANGO_SETTINGS_MODULE": "sundial.server.config.settings",
}

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from sundial.run.postgres import APP, Cluster  # noqa: E402
from sundial.server.audit import queries, rules  # noqa: E402
from sundial.server.audit.actions import signer, write_checkpoint  # noqa: E402
from sundial.server.audit.storage import Outside  # noqa: E402
from sundial.server.audit.verify import verify_live  # noqa: E402
from sundial.server.config import database  # noqa: E402
from sundial.server.lib import grants  # noqa: E402
from sundial.server.lib.merkle import Frontier, leaf_hash  # noqa: E402
from sundial.server.lib.scope import acting_for  # noqa: E402
from django.db import transaction  # noqa: E402

