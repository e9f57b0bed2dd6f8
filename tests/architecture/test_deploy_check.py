"""Production mode with the settings that docs/operate/configure.md names draws no word from the deployment checks."""

import json
import os
import re
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest

from sundial.run.postgres import Cluster
from tests.running import SUNDIAL, open_folder

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operate" / "configure.md"


def documented() -> dict[str, str]:
    """The settings in the page's first block of `NAME=value` lines."""
    (block,) = re.findall(r"```sh\n((?:[A-Z_]+=.*\n)+)```", PAGE.read_text())
    return dict(line.split("=", 1) for line in block.splitlines())


def check(cluster: Cluster, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "SUNDIAL_DATA_DIR": str(folder / "var"),
        "DATABASE_URL": cluster.app_dsn(),
        **settings,
    }
    command = [str(SUNDIAL), "manage", "check", "--deploy", "--fail-level", "WARNING", "--database", "default"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


OURS_ALONE = ("SUNDIAL_DATA_DIR", "SUNDIAL_MIGRATE_URL")
"""Documented for a host's own machine; here they name what the test made."""


@pytest.fixture
def settings(django_db_setup: None) -> dict[str, str]:
    named = {name: value for name, value in documented().items() if name.startswith("SUNDIAL_")}
    assert named["SUNDIAL_MODE"] == "production"
    return {name: value for name, value in named.items() if name not in OURS_ALONE}


def test_the_documented_settings_draw_no_word(cluster: Cluster, settings: dict[str, str]) -> None:
    with open_folder() as folder:
        done = check(cluster, folder, **settings)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    ("variable", "fault"),
    [
        ("SUNDIAL_BASE_URL", "sundial.E001"),
        ("SUNDIAL_ALLOWED_HOSTS", "sundial.E002"),
        ("SUNDIAL_EMAIL_URL", "sundial.W001"),
        ("SUNDIAL_TRUSTED_PROXIES", "sundial.W002"),
    ],
)
def test_each_one_that_is_missing_is_named_with_the_way_out(
    cluster: Cluster, settings: dict[str, str], variable: str, fault: str
) -> None:
    with open_folder() as folder:
        done = check(cluster, folder, **{**settings, variable: ""})
    assert done.returncode == 1
    assert fault in done.stderr
    assert f"Set {variable}" in done.stderr


def test_a_demo_is_never_served_as_production(cluster: Cluster, settings: dict[str, str]) -> None:
    with open_folder() as folder:
        (folder / "var").mkdir()
        (folder / "var" / "demo.json").write_text(json.dumps({}))
        assert "sundial.E003" in check(cluster, folder, **settings).stderr


def test_a_login_that_could_step_around_row_level_security_is_refused(
    cluster: Cluster, settings: dict[str, str]
) -> None:
    with open_folder() as folder:
        done = check(cluster, folder, **settings, DATABASE_URL=cluster.owner_dsn())
    assert "sundial.E004" in done.stderr
    assert "sundial.E005" in done.stderr


def test_a_database_that_takes_its_disk_for_one_that_turns_is_named_with_the_way_out(
    cluster: Cluster, settings: dict[str, str]
) -> None:
    turning = cluster.app_dsn() + "&options=" + quote("-c random_page_cost=4", safe="")
    with open_folder() as folder:
        done = check(cluster, folder, **settings, DATABASE_URL=turning)
    assert done.returncode == 1
    assert "sundial.W003" in done.stderr
    assert "SET random_page_cost = 1.1" in done.stderr
