"""Passing facts: what is only true now, told at most once a second to each company's rooms, and never replayed."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from socketio import AsyncServer

from sundial.server.lib import clock
from sundial.server.realtime import rules
from sundial.server.realtime.sockets.backlog import Backlog
from sundial.server.realtime.sockets.seats import Seats
from sundial.server.realtime.sockets.threads import DatabaseThreads
from sundial.server.realtime.types import PLATFORM_COMPANY, PassingFact, RoomKey, RoomName

PACE = 1.0  # seconds between two tellings of one fact of one company
REFRESHED_AT_ONCE = 200  # facts looked at anew in one refreshing, so that a large platform is not all asked about


@dataclass(eq=False)
class Telling:
    """When a fact of a company was last computed and told, what was said, and whether it is to be told again."""

    looked: float = float("-inf")
    last: float = float("-inf")
    said: dict[str, Any] | None = None
    insist: bool = False
    again: bool = False
    busy: bool = False


class Facts:
    """Computes registered facts in a thread when they are hinted and somebody is there to hear them."""

    def __init__(self, sio: AsyncServer, seats: Seats, threads: DatabaseThreads, facts: Iterable[PassingFact]) -> None:
        self._sio, self._seats, self._threads = sio, seats, threads
        self._facts = {fact.kind: fact for fact in facts}
        self._tellings: dict[tuple[str, int], Telling] = {}
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
        for kind, company_id in oldest[:REFRESHED_AT_ONCE]:
            self._mark(self._facts[kind], company_id)

    def _forget_the_unheard(self) -> None:
        past = asyncio.get_running_loop().time() - PACE
        for (kind, company_id), telling in list(self._tellings.items()):
            if telling.last < past and not telling.busy and not self._listening(self._facts[kind], company_id):
                del self._tellings[kind, company_id]

    def all_again(self) -> None:
        """Hints may have been missed: compute again every fact that was ever told, and those of every open room."""
        for kind, company_id in list(self._tellings):
            self._mark(self._facts[kind], company_id)
        for key in self._seats.rooms():
            self.joined(key)

    def _mark(self, fact: PassingFact, company_id: int, *, insist: bool = False) -> None:
        if not self._listening(fact, company_id):
            return
        telling = self._tellings.setdefault((fact.kind, company_id), Telling())
        telling.insist |= insist
        if telling.busy or telling.again:
            telling.again = True
            return
        self._schedule((fact.kind, company_id), telling)

    def _schedule(self, which: tuple[str, int], telling: Telling) -> None:
        telling.again = True
        loop = asyncio.get_running_loop()
        loop.call_at(max(loop.time(), telling.last + PACE), self.due.add, which)

    async def _tell(self, which: tuple[str, int]) -> None:
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

    async def _look(self, which: tuple[str, int], telling: Telling) -> None:
        kind, company_id = which
        fact = self._facts[kind]
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
            for key in self._listening(fact, company_id):
                await self._sio.emit(kind, rules.wire_fact(key, found, now), room=key.wire)

    def _listening(self, fact: PassingFact, company_id: int) -> list[RoomKey]:
        keys = (RoomKey(PLATFORM_COMPANY if n is RoomName.PLATFORM else company_id, n) for n in fact.rooms)
        return [key for key in keys if self._seats.anyone_in(key)]
