"""Who is online, and what a report says of a policy; the SQL in `queries.standing` is held to this by a test."""

from datetime import datetime

from sundial.protocol.messages import PolicyState
from sundial.server.devices.types import (
    ATTEMPT_WINDOW,
    DROPPED_AFTER,
    HEARTBEAT_COUNTS_FOR,
    Presence,
    Signs,
    Standing,
)

_SPOKEN: dict[PolicyState, Standing] = {
    "received": Standing.APPLYING,
    "applying": Standing.APPLYING,
    "applied": Standing.APPLIED,
    "waiting": Standing.WAITING,
    "rejected": Standing.REJECTED,
    "unsupported": Standing.REJECTED,
}


def presence(signs: Signs, now: datetime) -> Presence:
    """Where a device stands at this moment."""
    if is_online(signs, now):
        return Presence.ONLINE
    return Presence.OFFLINE if signs.last_agent_sync_at else Presence.NEVER_SYNCED


def is_online(signs: Signs, now: datetime) -> bool:
    """A stream that is open or broke just now; without one, a recent report or heartbeat."""
    if signs.revoked:
        return False
    ended, clean = _stream_end(signs)
    if ended is not None and not clean and ended > now - DROPPED_AFTER:
        return True
    return _judged_by_reports(signs, ended) and _reported_lately(signs, now)


def _stream_end(signs: Signs) -> tuple[datetime | None, bool]:
    """When the stream was last known to live, and whether it was closed in good order.

    An open stream lives as long as its gateway does: a killed gateway closed nothing.
    """
    if signs.stream_open_since is None:
        return signs.stream_closed_at, signs.clean_close
    return max(signs.stream_open_since, signs.gateway_alive_at or signs.stream_open_since), False


def _judged_by_reports(signs: Signs, ended: datetime | None) -> bool:
    """A device that has had a stream is judged by streams alone until it polls again."""
    if not signs.had_stream or ended is None:
        return True
    return signs.last_poll_at is not None and signs.last_poll_at > ended


def _reported_lately(signs: Signs, now: datetime) -> bool:
    return signs.last_agent_sync_at is not None and signs.last_agent_sync_at >= now - HEARTBEAT_COUNTS_FOR


def presence_of_person(devices: list[Presence]) -> Presence:
    """A person is where the best of their devices is."""
    for best in (Presence.ONLINE, Presence.OFFLINE):
        if best in devices:
            return best
    return Presence.NEVER_SYNCED


def standing(state: str, *, names_it: bool, online: bool, effective: bool) -> Standing:
    """What a report makes of a policy: its own word if it names it, else only whether it can be expected to speak.

    `unsupported` but `effective` means that the settings are in force and only a later section is not known.
    """
    if not names_it:
        return Standing.UNANSWERED if online else Standing.OFFLINE
    if state == "unsupported" and effective:
        return Standing.APPLIED
    return _SPOKEN.get(state, Standing.APPLYING)  # type: ignore[call-overload, no-any-return] # agents may tell any text


def is_older(version: str, than: str) -> bool:
    """Whether an agent's version comes before another, number by number; what is no version is not called old."""
    one, other = _numbers(version), _numbers(than)
    return bool(one) and bool(other) and one < other


def _numbers(version: str) -> tuple[int, ...]:
    parts = version.split("+")[0].split("-")[0].split(".")
    return tuple(map(int, parts)) if all(part.isascii() and part.isdigit() for part in parts) else ()


def window_of(now: datetime) -> datetime:
    """The start of the window in which wrong codes are counted."""
    seconds = int(ATTEMPT_WINDOW.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, tz=now.tzinfo)
