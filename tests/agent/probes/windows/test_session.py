"""Whether a Windows session is locked, from structures built as Microsoft documents them."""

import struct

from sundial.agent.probes.windows.session import locked_in


def info(flags: int, level: int = 1) -> bytes:
    return struct.pack("<L4xLll", level, 2, 0, flags) + bytes(200)


def test_a_locked_session_is_locked_and_an_unlocked_one_is_not() -> None:
    assert locked_in(info(0))
    assert not locked_in(info(1))


def test_unknown_and_unreadable_is_unlocked() -> None:
    assert not locked_in(info(-1))
    assert not locked_in(info(0, level=2))
    assert not locked_in(info(0)[:18])
    assert not locked_in(b"")
