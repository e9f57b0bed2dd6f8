"""The reference pages say what the code does."""

import re
from pathlib import Path

import pytest

from tools.reference import HERE, PAGES

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_what_the_code_would_write(name: str) -> None:
    assert (HERE / name).read_text() == PAGES[name](), "run: python -m tools.reference"


def test_every_variable_that_the_sources_name_is_in_the_reference() -> None:
    page = (HERE / "settings.md").read_text()
    named = {
        name
        for file in (ROOT / "src").rglob("*.py")
        for name in re.findall(r"\bSUNDIAL_[A-Z_]+[A-Z]\b", file.read_text())
    }
    assert named
    assert {name for name in named if f"`{name}`" not in page} == set()
