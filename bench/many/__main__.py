"""A company of 10,000 people and 10,000 files: the doors, and two windows of Chromium on the console.

    python -m bench.many [--people 10000] [--changed 5000] [--files 10000]

It starts `sundial serve` on a folder of its own and makes the company set by set. The doors are asked in this process,
judged by processor time (ours and PostgreSQL's), which a busy machine changes little. Then one window opens the table,
filters it and changes the attributes of thousands while another one scrolls: its long tasks (`PerformanceObserver`) are
what a person would feel. Times by the clock are those of this machine and what else it does; its load is printed, too.
"""

import argparse
import importlib
import os
import sys

import django

from sundial.run.postgres import Cluster
from sundial.run.web import collect_seldom
from tests.running import open_folder, start_platform, stop_platform


def main() -> int:
    """Set the stage, measure, judge."""
    parser = argparse.ArgumentParser(prog="python -m bench.many", description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--changed", type=int, default=5_000, help="how many of them are changed at once")
    parser.add_argument("--files", type=int, default=10_000)
    given = parser.parse_args()
    with open_folder() as folder:
        platform = start_platform(folder / "var", demo=False)
        try:
            os.environ |= {
                "SUNDIAL_DATA_DIR": str(platform.data),
                "SUNDIAL_MODE": "demo",
                "DATABASE_URL": Cluster(platform.data / "pg").app_dsn("sundial"),
                "DJANGO_SETTINGS_MODULE": "sundial.server.config.settings",
            }
            django.setup()
            # Its models can be imported only now.
            run = importlib.import_module("bench.many.run")
            collect_seldom()  # as a serving process does: the doors are asked in this one
            return 0 if run.run(platform.base_url, given.people, given.changed, given.files) else 1
        finally:
            stop_platform(platform)


if __name__ == "__main__":
    sys.exit(main())
