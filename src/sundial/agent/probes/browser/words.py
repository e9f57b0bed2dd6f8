"""What browser, relay and agent say to one another: JSON behind its length in four bytes, as browsers do it."""

import struct
from typing import Annotated, Literal

from msgspec import Meta, Struct

from sundial.protocol import codec

HOST_NAME = "com.sundial.agent"
EXTENSION_ID = "andobmiaepleghgpmdckhnckdofpddpg"  # follows from the `key` in extension/manifest.json
ORIGIN = f"chrome-extension://{EXTENSION_ID}/"
LONGEST = 1 << 20  # a browser takes no longer message either
_LENGTH = struct.Struct("=I")

Want = Literal["none", "domain", "detail"]


class Asked(Struct, frozen=True):
    """From the agent: what it wants to hear."""

    want: Want


class Tab(Struct, frozen=True, omit_defaults=True):
    """A website in front; address and title only if the agent wanted them."""

    domain: Annotated[str, Meta(min_length=1, max_length=253)]
    url: Annotated[str, Meta(max_length=4000)] = ""
    title: Annotated[str, Meta(max_length=1000)] = ""


class Front(Struct, frozen=True):
    """From the extension: what is in front now; null: no website, no focused window, or a private one."""

    tab: Tab | None


class Caller(Struct, frozen=True):
    """From the relay, first of all: the browser that started it."""

    browser: Annotated[str, Meta(min_length=1, max_length=128)]
    pid: Annotated[int, Meta(gt=0)]


class Junk(ValueError):
    """These bytes are no message of ours: whoever sends them is not listened to any longer."""


def framed(message: Struct) -> bytes:
    """The message behind its length."""
    body = codec.encode(message)
    return _LENGTH.pack(len(body)) + body


class Frames:
    """Messages out of a stream of bytes, however they are cut."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The bodies that are whole now; raises Junk before anything too long is held."""
        self._held += data
        bodies = []
        while (body := self._next()) is not None:
            bodies.append(body)
        return bodies

    def _next(self) -> bytes | None:
        if len(self._held) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack_from(self._held)
        if not 0 < length <= LONGEST:
            raise Junk(f"a message of {length} bytes")
        end = _LENGTH.size + length
        if len(self._held) < end:
            return None
        body = bytes(self._held[_LENGTH.size : end])
        del self._held[:end]
        return body
