"""A ZIP that is made while it is read: whole, of the length that was said, and one part in memory at a time."""

import io
import os
import zipfile
from datetime import datetime

import pytest

from sundial.server.lib.bundle import Bundle, Part

AT = datetime(2026, 11, 20, 9, 15, 30)
BODIES = {"list.csv": b"a,b\r\n", "empty": b"", "one.webp": os.urandom(100_000), "two.webp": os.urandom(70_001)}


def bundle() -> Bundle:
    return Bundle([Part(name, len(body), AT, lambda body=body: body) for name, body in BODIES.items()])


@pytest.mark.parametrize("piece", [1, 1000, 1 << 20, -1])
def test_what_is_read_is_a_whole_zip_of_the_length_that_was_said(piece: int) -> None:
    made = bundle()
    whole = b"".join(iter(lambda: made.read(piece), b""))
    assert len(whole) == made.length
    with zipfile.ZipFile(io.BytesIO(whole)) as found:
        assert found.testzip() is None
        assert {one: found.read(one) for one in found.namelist()} == BODIES
        assert {one.date_time for one in found.infolist()} == {(2026, 11, 20, 9, 15, 30)}


def test_a_bundle_of_nothing_is_a_zip_too() -> None:
    made = Bundle([])
    whole = made.read()
    assert (len(whole), zipfile.ZipFile(io.BytesIO(whole)).namelist()) == (made.length, [])


def test_a_part_is_read_only_when_its_turn_has_come_and_never_after_the_end_was_given_up() -> None:
    asked: list[str] = []

    def body(name: str) -> bytes:
        asked.append(name)
        return b"x" * 1000

    made = Bundle([Part(name, 1000, AT, lambda name=name: body(name)) for name in "abc"])
    assert asked == []
    made.read(10)
    assert asked == ["a"]
    made.read(1100)
    assert asked == ["a", "b"]
    made.close()
    assert made.read(10) == b""
    assert asked == ["a", "b"]
