"""The agent's probes are type-checked for the systems on which these tests do not run."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_the_probes_hold_their_types_on_other_systems(platform: str, tmp_path: Path) -> None:
    """With a cache of its own: one of another platform is worth nothing, and would be thrown away."""
    command = [sys.executable, "-m", "mypy", "--platform", platform, "--cache-dir", str(tmp_path)]
    done = subprocess.run(
        [*command, "-p", "sundial.agent.probes"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
