"""Moments as they come in and go out."""

from datetime import UTC, datetime

import pytest

from sundial.server.lib.clock import iso, moment_in


@pytest.mark.parametrize("text", ["2026-11-21T10:30:00Z", "2026-11-21T16:30:00+06:00"])
def test_a_moment_with_its_zone_is_read_and_said_in_utc(text: str) -> None:
    assert moment_in(text) == datetime(2026, 11, 21, 10, 30, tzinfo=UTC)
    assert iso(datetime.fromisoformat(text)) == "2026-11-21T10:30:00.000Z"


@pytest.mark.parametrize("text", ["", "soon", "2026-11-21T10:30:00", "2026-11-21", "0001-01-01T00:00:00+23:59"])
def test_what_names_no_moment_is_none(text: str) -> None:
    assert moment_in(text) is None
