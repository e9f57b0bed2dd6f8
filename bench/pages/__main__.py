"""Every list, report and page of the large demo: how long the server takes, how often it asks, whether it reads spans.

    python -m bench.pages [--data DIR] [--only /reports/] [--times 5]

Without `--data` it seeds a platform for itself first (`sundial demo --scale large`; minutes). Each address is asked in
this process against the real database: first with an eye on the statements, then several times with one on the clock.
`cpu` is the processor time of the request and of its PostgreSQL process; on a busy machine it is far below the clock's,
and it is what the promise is judged by. What was too slow is asked once more at the end.
"""

import argparse
import atexit
import importlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import django

from sundial.run.postgres import Cluster


def main() -> int:
    """Set the stage, measure, judge."""
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="the data directory of a platform with the large demo")
    parser.add_argument("--only", default="", help="addresses with these words")
    parser.add_argument("--but", default="no such words", help="addresses without these words")
    parser.add_argument("--times", type=int, default=5, help="how often each is asked")
    given = parser.parse_args()
    data = given.data or _seeded()
    cluster = Cluster(data / "pg")
    cluster.attach_or_start()
    try:
        os.environ |= {
            "SUNDIAL_DATA_DIR": str(data),
            "SUNDIAL_MODE": "demo",
            "DATABASE_URL": cluster.app_dsn(),
            "DJANGO_SETTINGS_MODULE": "sundial.server.config.settings",
        }
        django.setup()
        # Its models can be imported only now.
        run = importlib.import_module("bench.pages.run")
        return 0 if run.run(cluster.app_dsn(), cluster.owner_dsn(), given.only, given.but, given.times) else 1
    finally:
        if cluster.ours:
            cluster.stop()


def _seeded() -> Path:
    """A folder with the large demo, gone when this ends."""
    folder = Path(tempfile.mkdtemp(prefix="sundial-bench-"))
    folder.chmod(0o711)  # PostgreSQL runs as another account when we are root
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    environment = {**os.environ, "SUNDIAL_DATA_DIR": str(folder), "SUNDIAL_MODE": "demo"}
    command = [Path(sys.executable).with_name("sundial"), "demo", "--scale", "large"]
    subprocess.run(command, check=True, env=environment)
    return folder


if __name__ == "__main__":
    sys.exit(main())
