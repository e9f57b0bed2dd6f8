"""The facts that are sent: batches of twenty, as an agent of an office worker tells them."""

import os
import random
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

EACH = 20
SECONDS = 15
APPS = ("Firefox", "Code", "Slack", "LibreOffice Calc", "Thunderbird", "Terminal", "Zoom", "LibreOffice Writer")
_first = int(time.time() * 1000)


def uuid7(milliseconds: int) -> str:
    """An id that begins with that time."""
    bits = milliseconds << 80 | int.from_bytes(os.urandom(10), "big")
    bits = bits & ~(0xF << 76) | 7 << 76
    return str(uuid.UUID(int=bits & ~(0x3 << 62) | 2 << 62))


def batches(seed: int, day: int = 0) -> Iterator[bytes]:
    """One device's batches of one day, one after another, without end; the first says that work was started."""
    chance = random.Random(seed)
    session, at, sent = uuid7(_first), datetime.now(UTC).replace(microsecond=0) - timedelta(days=90 - day), 0
    pending = [_event(session, at, 0, kind="session", state="started")]
    while True:
        while len(pending) < EACH:
            pending.append(
                _event(
                    session,
                    at,
                    SECONDS,
                    kind="app",
                    app=chance.choice(APPS),
                    exe="/usr/bin/program",
                    title="Quarterly figures, second draft - by hand",
                )
            )
            at += timedelta(seconds=SECONDS)
        sent += 1
        yield msgspec.json.encode({"batch": uuid7(_first), "seq": sent, "events": pending})
        pending = []


def _event(session: str, at: datetime, seconds: int, **more: str) -> dict[str, object]:
    return {
        "eid": uuid7(_first + int(at.timestamp()) % 10_000),
        "start": f"{at:%Y-%m-%dT%H:%M:%S}Z",
        "end": f"{at + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}Z",
        "mono_ms": 123456,
        "boot_id": "0b9c4a52-5f0f-4a6b-9a3c-2f6f2a4f6a10",
        "tz_offset_min": 360,
        "session": session,
        **more,
    }
