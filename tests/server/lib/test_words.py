"""Text from outside, as PostgreSQL can hold it."""

import pytest

from sundial.server.lib.words import is_storable, storable

CAST = [("plain", True), ("বাংলা 🌞", True), ("", True), ("a\x00b", False), ("a\ud800b", False), ("\udfff", False)]


@pytest.mark.parametrize(("text", "fits"), CAST)
def test_what_a_database_can_keep_stays_and_nothing_else(text: str, fits: bool) -> None:
    assert is_storable(text) is fits
    assert is_storable(storable(text))
    assert (storable(text) == text) is fits


def test_a_text_is_cut_where_asked() -> None:
    assert storable("abc\x00def", 4) == "abcd"
    assert storable("x" * 5000) == "x" * 5000
