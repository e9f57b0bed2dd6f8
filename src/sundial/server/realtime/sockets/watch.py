"""Which admins have a console open here, written down so that every process can tell who is present."""

import asyncio
import contextlib
import uuid

from django.db import DatabaseError

from sundial.server.lib import clock
from sundial.server.realtime import actions, queries
from sundial.server.realtime.sockets.backlog import Backlog
from sundial.server.realtime.sockets.seats import Seats
from sundial.server.realtime.sockets.threads import DatabaseThreads
from sundial.server.realtime.types import PassingFact, RoomKey, RoomName

TOPIC = "watchers"
GOODBYE_WITHIN = 1.0  # seconds; rows that stay behind are believed for a minute


PRESENCE = PassingFact(
    kind="presence",
    topic=TOPIC,
    rooms=(RoomName.ADMIN,),
    compute=lambda company_id, now: {"users": queries.watchers(company_id, now)},
)


class Watch:
    """Keeps this process's rows of present admins true."""

    def __init__(self, seats: Seats, threads: DatabaseThreads) -> None:
        self._seats, self._threads = seats, threads
        self._process = uuid.uuid4()
        self._written: set[int] = set()
        self.due = Backlog("noting who watches", self._write)

    def changed(self, key: RoomKey) -> None:
        """Somebody came into this room or left it."""
        if key.name is RoomName.ADMIN:
            self.due.add(key.company_id)

    async def came(self, key: RoomKey) -> None:
        """Somebody came into this room: noted before anyone is told who is present, else soon."""
        if key.name is RoomName.ADMIN:
            try:
                await self._write(key.company_id)
            except DatabaseError:
                self.due.add(key.company_id)

    def refresh(self) -> None:
        """Write every company's rows again before they get old."""
        for company_id in self._written:
            self.due.add(company_id)

    async def goodbye(self) -> None:
        """Take back every row, if the database can be reached."""
        with contextlib.suppress(Exception):
            async with asyncio.timeout(GOODBYE_WITHIN):
                for company_id in list(self._written):
                    await self._note(company_id, {})

    async def _write(self, company_id: int) -> None:
        seated = self._seats.within(RoomKey(company_id, RoomName.ADMIN))
        await self._note(company_id, {seat.identity.user_id: seat.identity.email for seat in seated})

    async def _note(self, company_id: int, admins: dict[int, str]) -> None:
        noted = actions.watch
        await self._threads.run(noted, process=self._process, company_id=company_id, admins=admins, now=clock.now())
        if admins:
            self._written.add(company_id)
        else:
            self._written.discard(company_id)
