"""Who may sit in which room, what can be replayed, how an event reads on the wire."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sundial.server.lib.acting import Role
from sundial.server.realtime.types import (
    LOG_ENTRY,
    PLATFORM_COMPANY,
    READ_AGAIN_LIMIT,
    REPLAY_LIMIT,
    Identity,
    NumberedEvent,
    Position,
    RoomKey,
    RoomName,
)

ADMIN_DOOR = "admin"
DASHBOARD_DOOR = "dashboard"
MOST_COMPANIES_ASKED = 100
BEFORE_THE_FIRST = Position(0, 0)
DOORS = (ADMIN_DOOR, DASHBOARD_DOOR)

_THING = re.compile(r"(user|attribute|file|folder):[A-Za-z0-9_-]{1,64}")
_IN_THE_DASHBOARD = frozenset({Role.ADMIN, Role.MANAGER, Role.EMPLOYEE})


def room_behind(door: str, identity: Identity) -> RoomKey | None:
    """The room that `join_<door>` leads this person to; None if it is closed to them."""
    if door == ADMIN_DOOR and identity.role is Role.OWNER:
        return RoomKey(PLATFORM_COMPANY, RoomName.PLATFORM)
    if identity.company_id is None or identity.company_id == PLATFORM_COMPANY:
        return None
    if door == ADMIN_DOOR and identity.role is Role.ADMIN:
        return RoomKey(identity.company_id, RoomName.ADMIN)
    if door == DASHBOARD_DOOR and identity.role in _IN_THE_DASHBOARD:
        return RoomKey(identity.company_id, RoomName.DASHBOARD)
    return None


def rooms_open_to(identity: Identity) -> frozenset[RoomKey]:
    """Every room that this person may sit in."""
    rooms = (room_behind(door, identity) for door in DOORS)
    return frozenset(room for room in rooms if room is not None)


def key_of(company_id: int, room: str) -> RoomKey:
    """The room of that name, refusing a name that the company cannot have (ValueError)."""
    name = RoomName(room)
    if (name is RoomName.PLATFORM) != (company_id == PLATFORM_COMPANY):
        raise ValueError(f"company {company_id} has no room {room!r}")
    return RoomKey(company_id, name)


def key_from_wire(wire: str) -> RoomKey | None:
    """The room that a full name means; None if it means none."""
    parts = wire.split(":")
    try:
        if parts == [RoomName.PLATFORM]:
            return key_of(PLATFORM_COMPANY, parts[0])
        if len(parts) == 3 and parts[0] == "company":
            return key_of(int(parts[1]), parts[2])
    except ValueError:
        return None
    return None


def position_asked(data: object) -> Position | None:
    """The place a page says it last heard, if it says so well."""
    if not isinstance(data, dict):
        return None
    epoch, offset = data.get("epoch"), data.get("offset")
    if type(epoch) is not int or type(offset) is not int or offset < 0:
        return None
    return Position(epoch, offset)


def is_return(data: object) -> bool:
    """Whether a join claims an earlier place in the room, however badly."""
    return isinstance(data, dict) and ("epoch" in data or "offset" in data)


def thing_edited(data: object) -> str:
    """The row that a page says is open there, such as `user:5`; empty if it says none, or says it badly."""
    thing = data.get("thing") if isinstance(data, dict) else None
    return thing if isinstance(thing, str) and _THING.fullmatch(thing) else ""


def companies_asked(data: object) -> list[int]:
    """The companies whose passing facts an owner's page wants at once: at most a page full of them."""
    asked = data.get("companies") if isinstance(data, dict) else None
    if not isinstance(asked, list):
        return []
    return [company for company in asked if type(company) is int and company > PLATFORM_COMPANY][:MOST_COMPANIES_ASKED]


def may_replay(since: Position, now: Position) -> bool:
    """Whether what came between the two places can be told one by one.

    Epoch 0 is the time before a room's first event: everything that room ever told came after it.
    """
    counted_alike = since.epoch == now.epoch or since == BEFORE_THE_FIRST
    return counted_alike and 0 <= now.offset - since.offset <= READ_AGAIN_LIMIT


def are_few(events: Iterable[NumberedEvent]) -> bool:
    """Whether these are told again one by one: 300 changes at most, each with its entry in the log."""
    return sum(event.kind != LOG_ENTRY for event in events) <= REPLAY_LIMIT


def stamp(at: datetime) -> str:
    """The moment as the contract writes it: ISO 8601, UTC, with `Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def joined(key: RoomKey) -> str:
    """The name of the event that answers a join of this room."""
    return "joined_dashboard" if key.name is RoomName.DASHBOARD else "joined_admin"


def answer(key: RoomKey, now: Position, message: str) -> dict[str, Any]:
    """What a join is answered with."""
    return {"message": message, "room": key.wire, "epoch": now.epoch, "offset": now.offset}


def wire_event(key: RoomKey, event: NumberedEvent) -> dict[str, Any]:
    """A numbered event as consoles hear it."""
    return {
        **event.data,
        "timestamp": stamp(event.at),
        "room": key.wire,
        "offset": event.offset,
        "actor": event.actor,
    }


def wire_fact(key: RoomKey, fact: dict[str, Any], at: datetime) -> dict[str, Any]:
    """A passing fact as consoles hear it: it has no offset, for it is never replayed."""
    return {**fact, "timestamp": stamp(at), "room": key.wire, "actor": "system"}


def epoch_at(now: datetime) -> int:
    """The number of a counting that begins now: milliseconds since 1970."""
    return int(now.timestamp() * 1000)
