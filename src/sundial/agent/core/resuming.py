"""A session that was open when the program ended without a word: does it go on, or did it end there?"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from sundial.protocol.events import SessionEvent

GOES_ON_WITHIN = timedelta(minutes=10)


class OpenSession(Struct, frozen=True):
    """Written when work begins and at each checkpoint, with when the session was last seen alive.

    `task` is the person's own line; `task_id` the task that they chose, which goes by `task_title`.
    """

    uuid: str
    task: str
    started: datetime
    last_seen: datetime
    paused: bool
    boot_id: str
    mono_ms: int = 0
    tz_offset_min: int = 0
    task_id: int | None = None
    task_title: str = ""


@dataclass(frozen=True, slots=True)
class Resumed:
    """It goes on as if nothing had been; the time between is not recorded."""

    session: OpenSession


@dataclass(frozen=True, slots=True)
class Closed:
    """It ended when it was last seen; this event says so to the server."""

    event: SessionEvent


def resume_or_close(left_open: OpenSession, now: datetime, boot_id: str, eid: str) -> Resumed | Closed:
    """It goes on after a short absence on the same start of the machine; `eid` is for the event that closes it."""
    absence = now - left_open.last_seen
    # A clock that was set back tells nothing about how long it was: a little is forgiven, as forward.
    if left_open.boot_id == boot_id and abs(absence) < GOES_ON_WITHIN:
        return Resumed(left_open)
    at = left_open.last_seen.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Closed(
        SessionEvent(
            eid=eid, start=at, end=at, mono_ms=left_open.mono_ms, boot_id=left_open.boot_id,
            tz_offset_min=left_open.tz_offset_min, session=left_open.uuid, state="stopped", reason="crash",
        )
    )  # fmt: skip
