"""From the outbox to the consoles: each room's events in order, each once, to everyone in it.

A room's lock is held while its events are told and while somebody comes in. So a newcomer is told what was missed
up to the very event the others have heard, and everything after it together with them: no gap, no doubling.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from socketio import AsyncServer

from sundial.server.lib import clock
from sundial.server.realtime import actions, queries, rules
from sundial.server.realtime.sockets.backlog import Backlog
from sundial.server.realtime.sockets.seats import Seat, Seats
from sundial.server.realtime.sockets.threads import DatabaseThreads
from sundial.server.realtime.types import News, Position, RoomKey

WELCOME = "You hear this room live."
ASK_AGAIN = "Too much was missed to be told one by one: ask again."


@dataclass(eq=False)
class OpenRoom:
    """How far this process has told a room (None until somebody came), and how many are just coming in."""

    told: Position | None = None
    entering: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Pump:
    """Tells every room that somebody here hears."""

    def __init__(self, sio: AsyncServer, seats: Seats, threads: DatabaseThreads) -> None:
        self._sio, self._seats, self._threads = sio, seats, threads
        self._rooms: dict[RoomKey, OpenRoom] = {}
        self.late = Backlog("telling a room", self._tell_late)

    def news(self, key: RoomKey) -> None:
        """There may be something new in this room."""
        if key in self._rooms:
            self.late.add(key)

    async def compare(self) -> None:
        """Look for news that no hint told of."""
        heads = await self._threads.run(queries.heads, list(self._rooms))
        for key, head in heads.items():
            room = self._rooms.get(key)
            if room is not None and room.told != head:
                self.late.add(key)

    async def admit(self, seat: Seat, key: RoomKey, asked: object) -> None:
        """Let a console in: its place, what it missed since the place it named, then everything live."""
        room = self._rooms.setdefault(key, OpenRoom())
        room.entering += 1
        try:
            async with room.lock:
                told = await self._catch_up(key, room)
                await self._welcome(seat, key, told, asked)
                await self._enter(seat, key)
        finally:
            room.entering -= 1

    async def _welcome(self, seat: Seat, key: RoomKey, told: Position, asked: object) -> None:
        since = rules.position_asked(asked)
        missed = await self._threads.run(queries.missed, key, since, told) if since else None
        returning = {"recovered": missed is not None} if rules.is_return(asked) else {}
        await self._tell(seat.sid, rules.joined(key), rules.answer(key, told, WELCOME) | returning)
        for event in missed or ():
            await self._tell(seat.sid, event.kind, rules.wire_event(key, event))

    async def _enter(self, seat: Seat, key: RoomKey) -> None:
        if self._seats.get(seat.sid) is seat:  # nothing waits from here on: it cannot leave in between
            self._seats.enter(seat, key)
            await self._sio.enter_room(seat.sid, key.wire)

    async def dismiss(self, seat: Seat, key: RoomKey) -> None:
        """This console hears the room no more."""
        self._seats.leave(seat, key)
        await self._sio.leave_room(seat.sid, key.wire)

    def tidy(self) -> None:
        """Forget rooms that nobody here hears."""
        for key, room in list(self._rooms.items()):
            if not room.entering and not room.lock.locked() and not self._seats.anyone_in(key):
                del self._rooms[key]

    async def _tell_late(self, key: RoomKey) -> None:
        room = self._rooms.get(key)
        if room is None:
            return
        async with room.lock:
            if room.told is not None:
                await self._catch_up(key, room)

    async def _catch_up(self, key: RoomKey, room: OpenRoom) -> Position:
        """Tell everyone in the room what it was not yet told; answers how far that is."""
        if room.told is None or not self._seats.anyone_in(key):
            room.told = await self._threads.run(actions.open_room, key, now=clock.now())
            return room.told
        while True:
            news = await self._threads.run(queries.news, key, room.told)
            await self._tell_room(key, news)
            room.told = news.upto
            if news.upto == news.head:
                return news.head

    async def _tell_room(self, key: RoomKey, news: News) -> None:
        if news.events is None:
            again: dict[str, Any] = rules.answer(key, news.head, ASK_AGAIN) | {"recovered": False}
            await self._sio.emit(rules.joined(key), again, room=key.wire)
        for event in news.events or ():
            await self._sio.emit(event.kind, rules.wire_event(key, event), room=key.wire)

    async def _tell(self, sid: str, kind: str, data: dict[str, Any]) -> None:
        await self._sio.emit(kind, data, to=sid)
