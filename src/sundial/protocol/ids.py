"""Names for events: UUIDs that begin with the time, so that they sort and are partitioned by it."""

import uuid

RANDOM_BITS = 74
LATEST_MS = 2**48 - 1


def uuid7(ms: int, random_bits: int) -> str:
    """The UUIDv7 (RFC 9562) of that millisecond since 1970 and those 74 random bits; other bits are passed over.

    A clock before 1970 or after the year 10889 gets the nearest time that fits.
    """
    time = min(max(ms, 0), LATEST_MS)
    high, low = random_bits >> 62 & 0xFFF, random_bits & (2**62 - 1)
    return str(uuid.UUID(int=time << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low))


def millis_of(eid: str) -> int:
    """The millisecond that an id was made of."""
    return uuid.UUID(eid).int >> 80
