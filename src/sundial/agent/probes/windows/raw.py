"""Reads RAWINPUT packets as far as a count needs: that a key or button was used, never which key.

Pure. Written from the documentation of RAWINPUTHEADER, RAWKEYBOARD and RAWMOUSE, not run on such a machine.
"""

import struct
from dataclasses import dataclass

from sundial.agent.probes.counters import Totals

MOUSE, KEYBOARD = 0, 1
KEY_UP = 0x0001  # RI_KEY_BREAK
BUTTONS_DOWN = 0x0001 | 0x0004 | 0x0010 | 0x0040 | 0x0100
WHEELS = 0x0400 | 0x0800
HEADERS = {4: struct.Struct("<LLLL"), 8: struct.Struct("<LLQQ")}  # by the size of a pointer
KEY_FLAGS_AT = 2  # behind MakeCode, which is not read
BUTTON_FLAGS_AT = 4  # behind usFlags and two bytes that fill up
SMALLEST_BODY = 6


@dataclass(slots=True)
class RawCounts:
    """Counts since the program began. A key counts when it is let go: once, however long it was held."""

    keys: int = 0
    clicks: int = 0
    scrolls: int = 0

    def take(self, packet: bytes, pointer_size: int = 8) -> None:
        """One packet, as GetRawInputData gave it; one that is cut short is nothing."""
        header = HEADERS[pointer_size]
        if len(packet) < header.size + SMALLEST_BODY:
            return
        kind = int(header.unpack_from(packet)[0])
        if kind == MOUSE:
            flags = _flags(packet, header.size + BUTTON_FLAGS_AT)
            self.clicks += (flags & BUTTONS_DOWN).bit_count()
            self.scrolls += (flags & WHEELS).bit_count()
        elif kind == KEYBOARD:
            self.keys += _flags(packet, header.size + KEY_FLAGS_AT) & KEY_UP

    def totals(self) -> Totals:
        return Totals(self.keys, self.clicks, self.scrolls)


def _flags(packet: bytes, at: int) -> int:
    return int(struct.unpack_from("<H", packet, at)[0])
