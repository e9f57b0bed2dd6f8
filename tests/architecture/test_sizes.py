"""Modules and functions stay small enough to hold in one's head."""

from pathlib import Path

from tools import sizes

ROOT = Path(__file__).resolve().parents[2]


def test_no_module_over_400_lines_and_no_function_over_40() -> None:
    assert sizes.faults(ROOT / "src") == []


def test_a_long_function_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "long.py").write_text("def f():\n" + "    pass\n" * 41)
    assert len(sizes.faults(tmp_path)) == 1


def test_a_long_module_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "long.py").write_text("x = 1\n" * 401)
    assert len(sizes.faults(tmp_path)) == 1
