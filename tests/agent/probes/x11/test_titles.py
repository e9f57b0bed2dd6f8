"""Titles in the encodings that X programs use."""

import pytest

from sundial.agent.probes.x11.titles import decoded


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("grün".encode(), "UTF8_STRING", "grün"),
        ("grün".encode()[:3], "UTF8_STRING", "gr"),
        (b"bad \xff end", "UTF8_STRING", "bad � end"),
        (b"caf\xe9", "STRING", "café"),
        ("grün".encode(), "STRING", "grün"),
        (b"caf\xe9 \x1b%G\xe2\x82\xac 5\x1b%@ each", "COMPOUND_TEXT", "café € 5 each"),
        (b"\x1b-Alatin \x1b%G\xe2\x82\xac", "COMPOUND_TEXT", "latin €"),
        ("already text", "STRING", "already text"),
        (None, "STRING", ""),
    ],
)
def test_a_title_is_read_whatever_it_is_written_in(value: object, kind: str, text: str) -> None:
    assert decoded(value, kind) == text
