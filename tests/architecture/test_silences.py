"""A warning that is silenced says why."""

from pathlib import Path

import pytest

from tools import check, silences

ROOT = Path(__file__).resolve().parents[2]


def test_every_silenced_warning_says_why() -> None:
    assert silences.faults(*(ROOT / name for name in check.FOLDERS)) == []


@pytest.mark.parametrize(
    "line",
    [
        "import os  # noqa",
        "import os  # noqa: F401",
        "import os  # noqa: F401  nobody reads this",
        "import os  # NOQA: F401",
        "import os  # noqa: F401 -",
        "# ruff: noqa: F401",
        "import os  # type: ignore",
        "import os  # type: ignore[import]",
        "import os  # type:ignore[import] # a reason",
        "# mypy: ignore-errors",
    ],
)
def test_a_silence_without_a_reason_would_be_found(tmp_path: Path, line: str) -> None:
    (tmp_path / "silent.py").write_text(f"{line}\n")
    assert len(silences.faults(tmp_path)) == 1


def test_a_reason_is_enough_and_words_in_a_text_silence_nothing(tmp_path: Path) -> None:
    typed = tmp_path / "src"
    typed.mkdir()
    (typed / "told.py").write_text(
        "import os  # noqa: F401, E402 - read by its name\n"
        "import re  # type: ignore[import-not-found, misc] # it has no types\n"
        "TEXT = '# noqa'\n"
    )
    assert silences.faults(typed) == []


def test_nothing_is_ignored_where_mypy_does_not_look(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text("import os  # type: ignore[misc] # a reason\n")
    assert len(silences.faults(tmp_path)) == 1
