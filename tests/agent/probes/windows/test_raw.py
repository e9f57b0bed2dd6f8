"""Counts from RAWINPUT packets, built here as Microsoft documents them."""

import struct

import pytest

from sundial.agent.probes.counters import Totals
from sundial.agent.probes.windows.raw import RawCounts

HEADERS = {8: struct.Struct("<LLQQ"), 4: struct.Struct("<LLLL")}
VIRTUAL_KEY = 0x51


def key(flags: int, pointer_size: int = 8) -> bytes:
    header = HEADERS[pointer_size]
    return header.pack(1, header.size + 16, 1, 0) + struct.pack("<HHHHLL", 0x10, flags, 0, VIRTUAL_KEY, 0x100, 0)


def mouse(button_flags: int, pointer_size: int = 8) -> bytes:
    header = HEADERS[pointer_size]
    return header.pack(0, header.size + 24, 1, 0) + struct.pack("<HxxHHLllL", 0, button_flags, 120, 0, 5, 5, 0)


@pytest.mark.parametrize("size", [4, 8])
def test_a_key_counts_once_however_long_it_is_held(size: int) -> None:
    counts = RawCounts()
    for packet in [key(0, size)] * 23 + [key(1, size)]:
        counts.take(packet, size)
    assert counts.totals() == Totals(keys=1)


def test_keys_with_an_extended_code_count_too() -> None:
    counts = RawCounts()
    counts.take(key(2))  # RI_KEY_E0, going down
    counts.take(key(3))
    assert counts.totals() == Totals(keys=1)


@pytest.mark.parametrize("size", [4, 8])
def test_clicks_and_turns_of_the_wheel_are_told_apart(size: int) -> None:
    counts = RawCounts()
    for flags in [0x0001, 0x0002, 0x0004, 0x0008, 0x0010, 0x0040, 0x0100, 0x0400, 0x0800, 0]:
        counts.take(mouse(flags, size), size)
    assert counts.totals() == Totals(clicks=5, scrolls=2)


def test_two_buttons_in_one_packet_are_two_clicks() -> None:
    counts = RawCounts()
    counts.take(mouse(0x0001 | 0x0004))
    assert counts.clicks == 2


def test_another_device_and_a_packet_cut_short_are_nothing() -> None:
    counts = RawCounts()
    counts.take(HEADERS[8].pack(2, 40, 1, 0) + b"\xff" * 16)
    for length in range(len(HEADERS[8].pack(0, 0, 0, 0)) + 6):
        counts.take(mouse(0x0001)[:length])
        counts.take(key(1)[:length])
    assert counts.totals() == Totals()


def test_which_key_it_was_is_kept_nowhere() -> None:
    counts = RawCounts()
    counts.take(key(1))
    assert {name: getattr(counts, name) for name in counts.__slots__} == {"keys": 1, "clicks": 0, "scrolls": 0}
