"""Reads WTSINFOEXW: whether the session is locked. Pure; from the documentation, not run on such a machine."""

import struct

_LEVEL, _FLAGS_AT = struct.Struct("<L"), 16  # Level, four bytes that fill up, SessionId, SessionState, SessionFlags
LOCKED = 0  # WTS_SESSIONSTATE_LOCK; 1 is unlocked, -1 unknown


def locked_in(info: bytes) -> bool:
    """Unknown is unlocked: then idleness alone decides."""
    if len(info) < _FLAGS_AT + 4 or _LEVEL.unpack_from(info)[0] != 1:
        return False
    return bool(struct.unpack_from("<l", info, _FLAGS_AT)[0] == LOCKED)
