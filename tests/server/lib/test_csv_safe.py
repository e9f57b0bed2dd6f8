"""Cells that a spreadsheet must not run."""

import csv
import io
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from sundial.server.lib import csv_safe


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "=cmd|' /C calc'!A0"]
)
def test_what_starts_a_formula_gets_an_apostrophe(text: str) -> None:
    assert csv_safe.cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), ("", ""), ("plain", "plain"), ("a=b", "a=b"), (-5, "-5"), (-0.5, "-0.5"), (True, "True"), ("–", "–")],
)
def test_everything_else_stays_as_it_is(value: Any, text: str) -> None:
    assert csv_safe.cell(value) == text


def test_a_moment_is_told_in_utc_with_z() -> None:
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    for moment in (noon, noon.astimezone(timezone(timedelta(hours=6)))):
        assert csv_safe.cell(moment) == "2026-11-21T12:00:00.000Z"


def test_a_line_can_be_read_back() -> None:
    values = ['say "hi"', "two\nlines", "a,b", "", "=1"]
    assert next(csv.reader(io.StringIO(csv_safe.line(values), newline=""))) == [*values[:4], "'=1"]
