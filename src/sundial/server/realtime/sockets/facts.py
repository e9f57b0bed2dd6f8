"""Passing facts: what is only true now, told at most once a second to each company's rooms, and never replayed."""

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from socketio import AsyncServer

from sundial.server.lib import clock
from sundial.server.realtime import rules
from sundial.server.realtime.sockets.backlog import Backlog
from sundial.server.realtime.sockets.seats import Seats
from sundial.server.realtime.sockets.threads import DatabaseThreads
from sundial.server.realtime.types import (
    PLATFORM_COMPANY,
    Identity,
    NarrowedFor,
    PassingFact,
    RoomKey,
    RoomName,
)

PACE = 1.0  # seconds between two tellings of one fact of one company
Which = tuple[tuple[str, str], int]  # the key of a fact, and a company
REFRESHED_AT_ONCE = 200  # facts looked at anew in one refreshing, so that a large platform is not all asked about


@dataclass(eq=False)
class Telling:
    """When a fact of a company was last computed and told, what was said, and whether it is to be told again."""

    looked: float = float("-inf")
    last: float = float("-inf")
    said: dict[str, Any] | None = None
    said_to: dict[RoomKey, dict[str, dict[str, Any]]] = field(default_factory=dict)  # by room, to each seat
    insist: bool = False
    again: bool = False
    busy: bool = False


class Facts:
    """Computes registered facts in a thread when they are hinted and somebody is there to hear them."""

    def __init__(self, sio: AsyncServer, seats: Seats, threads: DatabaseThreads, facts: Iterable[PassingFact]) -> None:
        self._sio, self._seats, self._threads = sio, seats, threads
        self._facts = {fact.key: fact for fact in facts}
        self._tellings: dict[Which, Telling] = {}
        self.due = Backlog("telling a passing fact", self._tell)

    def hinted(self, topic: str, body: str) -> None:
        """A hint came; its body begins with a company's id if it concerns a fact."""
        company = body.split(" ", 1)[0]
        if not company.isdecimal():
            return
        for fact in self._facts.values():
            if fact.topic == topic:
                self._mark(fact, int(company))

    def joined(self, key: RoomKey) -> None:
        """Somebody new is in this room and knows nothing yet."""
        if key.company_id != PLATFORM_COMPANY:
            self.asked(key.company_id, key.name)

    def asked(self, company_id: int, room: RoomName) -> None:
        """Somebody in this room wants to know this company's facts, even if nothing changed."""
        for fact in self._facts.values():
            if room in fact.rooms:
                self._mark(fact, company_id, insist=True)

    def refresh(self) -> None:
        """Look anew at what was told longest ago: some facts change by the mere passing of time."""
        self._forget_the_unheard()
        oldest = sorted(self._tellings, key=lambda which: self._tellings[which].looked)
        for key, company_id in oldest[:REFRESHED_AT_ONCE]:
            self._mark(self._facts[key], company_id)

    def _forget_the_unheard(self) -> None:
        past = asyncio.get_running_loop().time() - PACE
        for (key, company_id), telling in list(self._tellings.items()):
            if telling.last < past and not telling.busy and not self._listening(self._facts[key], company_id):
                del self._tellings[key, company_id]

    def all_again(self) -> None:
        """Hints may have been missed: compute again every fact that was ever told, and those of every open room."""
        for key, company_id in list(self._tellings):
            self._mark(self._facts[key], company_id)
        for room in self._seats.rooms():
            self.joined(room)

    def _mark(self, fact: PassingFact, company_id: int, *, insist: bool = False) -> None:
        if not self._listening(fact, company_id):
            return
        telling = self._tellings.setdefault((fact.key, company_id), Telling())
        telling.insist |= insist
        if telling.busy or telling.again:
            telling.again = True
            return
        self._schedule((fact.key, company_id), telling)

    def _schedule(self, which: Which, telling: Telling) -> None:
        telling.again = True
        loop = asyncio.get_running_loop()
        loop.call_at(max(loop.time(), telling.last + PACE), self.due.add, which)

    async def _tell(self, which: Which) -> None:
        telling = self._tellings.get(which)
        if telling is None:
            return
        if asyncio.get_running_loop().time() < telling.last + PACE:
            self._schedule(which, telling)
            return
        telling.again, telling.busy = False, True
        try:
            await self._look(which, telling)
        finally:
            telling.busy = False
        if telling.again:
            self._schedule(which, telling)

    async def _look(self, which: Which, telling: Telling) -> None:
        key, company_id = which
        fact = self._facts[key]
        if not self._listening(fact, company_id):
            return
        insisted, telling.insist = telling.insist, False  # whoever insists from here on came too late for this one
        now, telling.looked = clock.now(), asyncio.get_running_loop().time()
        try:
            found = await self._threads.run(fact.compute, company_id, now)
        except Exception:
            telling.insist |= insisted
            raise
        if insisted or found != telling.said:
            telling.said, telling.last = found, asyncio.get_running_loop().time()
            for room in self._listening(fact, company_id):
                if fact.narrowed is None:
                    await self._sio.emit(fact.kind, rules.wire_fact(room, found, now), room=room.wire)
                else:
                    await self._tell_each(fact, fact.narrowed, telling, room, (now, insisted))

    async def _tell_each(
        self, fact: PassingFact, narrowed: NarrowedFor, telling: Telling, room: RoomKey, when: tuple[datetime, bool]
    ) -> None:
        """Tell everyone in a room their own part of the fact, where it is not what they heard last or they insist."""
        now, insisted = when
        listeners = {seat.identity for seat in self._seats.within(room)}
        parts = await self._threads.run(_parts, narrowed, telling.said or {}, listeners)
        seats = self._seats.within(room)
        news = {seat.sid: parts[seat.identity] for seat in seats if seat.identity in parts}
        before, telling.said_to[room] = telling.said_to.get(room, {}), news
        for sid, part in news.items():
            if insisted or before.get(sid) != part:
                await self._sio.emit(fact.kind, rules.wire_fact(room, part, now), to=sid)

    def _listening(self, fact: PassingFact, company_id: int) -> list[RoomKey]:
        keys = (RoomKey(PLATFORM_COMPANY if n is RoomName.PLATFORM else company_id, n) for n in fact.rooms)
        return [key for key in keys if self._seats.anyone_in(key)]


def _parts(
    narrowed: NarrowedFor, fact: dict[str, Any], listeners: Collection[Identity]
) -> dict[Identity, dict[str, Any]]:
    """Everybody's part of a fact; runs in a thread."""
    return {one: narrowed(fact, one) for one in listeners}
