"""Who sits where: every open console of this process, the person behind it and the rooms it hears."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field

from sundial.server.realtime.types import Identity, RoomKey


@dataclass(eq=False)
class Seat:
    """One open console; `editing` is the row open there. `lock` keeps joining and re-checking from crossing."""

    sid: str
    session_key: str
    identity: Identity
    rooms: set[RoomKey] = field(default_factory=set)
    editing: str = ""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Seats:
    """All seats of this process."""

    def __init__(self) -> None:
        self._by_sid: dict[str, Seat] = {}
        self._by_room: dict[RoomKey, set[str]] = defaultdict(set)

    def __len__(self) -> int:
        return len(self._by_sid)

    def add(self, seat: Seat) -> None:
        """A console came."""
        self._by_sid[seat.sid] = seat

    def get(self, sid: str) -> Seat | None:
        """The seat of this connection; None if it has gone."""
        return self._by_sid.get(sid)

    def remove(self, sid: str) -> list[RoomKey]:
        """A console went; answers the rooms it heard."""
        seat = self._by_sid.pop(sid, None)
        if seat is None:
            return []
        rooms = list(seat.rooms)
        for key in rooms:
            self.leave(seat, key)
        return rooms

    def enter(self, seat: Seat, key: RoomKey) -> None:
        """This console hears this room from now on."""
        seat.rooms.add(key)
        self._by_room[key].add(seat.sid)

    def leave(self, seat: Seat, key: RoomKey) -> None:
        """This console hears this room no more."""
        seat.rooms.discard(key)
        self._by_room[key].discard(seat.sid)
        if not self._by_room[key]:
            del self._by_room[key]

    def all(self) -> list[str]:
        """Every console."""
        return list(self._by_sid)

    def rooms(self) -> list[RoomKey]:
        """Every room that somebody here hears."""
        return list(self._by_room)

    def anyone_in(self, key: RoomKey) -> bool:
        """Whether somebody here hears this room."""
        return key in self._by_room

    def within(self, key: RoomKey) -> list[Seat]:
        """The consoles that hear this room."""
        return [self._by_sid[sid] for sid in self._by_room.get(key, ())]

    def of_person(self, user_id: int) -> list[str]:
        """A person's consoles."""
        return [sid for sid, seat in self._by_sid.items() if seat.identity.user_id == user_id]

    def of_company(self, company_id: int) -> list[str]:
        """The consoles of a company's people."""
        return [sid for sid, seat in self._by_sid.items() if seat.identity.company_id == company_id]
