"""The import rules hold, and they catch what they are there for: each deliberate fault makes the linter fail."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = Path(sys.executable).parent / "lint-imports"
RUFF = Path(sys.executable).parent / "ruff"

FAULTS = {
    "a lower app imports a higher one": ("server/audit/rules.py", "import sundial.server.tracking.types"),
    "an upward import hidden in a function": (
        "server/audit/rules.py",
        "def hidden() -> None:\n    import sundial.server.companies.queries",
    ),
    "models import actions": ("server/companies/models.py", "import sundial.server.companies.actions"),
    "an app reaches into another one's models": (
        "server/lifecycle/actions.py",
        "import sundial.server.companies.models",
    ),
    "a utils file in an app": ("server/companies/utils.py", '"""Misc."""'),
    "an app without a place": ("server/extras/__init__.py", '"""Extras."""'),
    "the gateway imports Django": ("gateway/wire.py", "import django.http"),
    "the agent imports the server": ("agent/config.py", "import sundial.server.lib.clock"),
    "the gateway imports the server": ("gateway/wire.py", "import sundial.server.lib.clock"),
    "the protocol reads the clock": ("protocol/settings.py", "import time"),
    "rules touch the database": ("server/companies/rules.py", "import django.db"),
    "a pure core with a clock": ("agent/core/manager.py", "import time"),
    "a program imports the composition root": ("gateway/wire.py", "import sundial.run.cli"),
}


def _lint(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(LINT), "--no-cache"],
        cwd=root,
        env={"PYTHONPATH": f"{root}/src:{root}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The house, copied, so that it can be broken."""
    root = tmp_path_factory.mktemp("house")
    kept = shutil.ignore_patterns("static", "__pycache__", "templates", "var")
    shutil.copytree(ROOT / "src" / "sundial", root / "src" / "sundial", ignore=kept)
    shutil.copytree(ROOT / "tools", root / "tools", ignore=kept)
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


def test_the_house_as_it_stands_keeps_every_rule(copy: Path) -> None:
    done = _lint(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("fault", FAULTS)
def test_a_deliberate_fault_is_caught(copy: Path, fault: str) -> None:
    name, text = FAULTS[fault]
    file = copy / "src" / "sundial" / name
    before = file.read_text() if file.exists() else None
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"{before or ''}\n{text}\n")
    try:
        assert _lint(copy).returncode != 0, f"not caught: {fault}"
    finally:
        if before is not None:
            file.write_text(before)
        elif file.name == "__init__.py":
            shutil.rmtree(file.parent)
        else:
            file.unlink()


BANNED = {
    "the clock read below the doors": "import datetime\nX = datetime.datetime.now(datetime.UTC)\n",
    "a sleep": "import time\ntime.sleep(1)\n",
    "a signal": "from django.db.models.signals import post_save\nX = post_save\n",
    "a lone task": "import asyncio\nX = asyncio.create_task\n",
    "an import in a function": "def f() -> object:\n    import json\n    return json\n",
}


@pytest.mark.parametrize("what", BANNED)
def test_what_is_banned_is_refused_by_the_linter(what: str) -> None:
    done = subprocess.run(
        [str(RUFF), "check", "--quiet", "--stdin-filename", "src/sundial/server/companies/queries.py", "-"],
        cwd=ROOT,
        input=BANNED[what],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "TID251" in done.stdout or "PLC0415" in done.stdout
