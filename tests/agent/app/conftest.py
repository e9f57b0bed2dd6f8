"""What the tests of the desktop program ask for."""

from pathlib import Path

import pytest

from tests.agent.app.house import Stage


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    folder = tmp_path / "profile"
    folder.mkdir()
    return Stage(folder)
