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
from sundial.server.realtime.types import PassingFact, Present, RoomKey, RoomName

TOPIC = "watchers"
PACE = 1.0  # seconds between two notes of what one company's admins edit
GOODBYE_WITHIN = 1.0  # seconds; rows that stay behind are believed for a minute


PRESENCE = PassingFact(
    kind="presence",
    topic=TOPIC,
    rooms=(RoomName.ADMIN,),
    compute=queries.presence,
)


class Watch:
    """Keeps this process's rows of present admins true."""

    def __init__(self, seats: Seats, threads: DatabaseThreads) -> None:
        self._seats, self._threads = seats, threads
        self._process = uuid.uuid4()
        self._written: set[int] = set()
        self._edited: dict[int, float] = {}
        self._one_at_a_time = asyncio.Lock()  # or an older note could be written over a newer one
        self.due = Backlog("noting who watches", self._write)

    def changed(self, key: RoomKey) -> None:
        """Somebody came into this room or left it."""
        if key.name is RoomName.ADMIN:
            self.due.add(key.company_id)

    def edits(self, key: RoomKey) -> None:
        """Somebody in this room opened or closed a row: noted soon, and at most once a second."""
        loop = asyncio.get_running_loop()
        last = self._edited.get(key.company_id, float("-inf"))
        if last > loop.time():
            return  # a note that comes later will say it
        at = self._edited[key.company_id] = max(loop.time(), last + PACE)
        loop.call_at(at, self.changed, key)

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
        for company_id in set(self._edited) - self._written:
            del self._edited[company_id]

    async def goodbye(self) -> None:
        """Take back every row, if the database can be reached."""
        with contextlib.suppress(Exception):
            async with asyncio.timeout(GOODBYE_WITHIN):
                for company_id in list(self._written):
                    await self._note(company_id, {})

    async def _write(self, company_id: int) -> None:
        async with self._one_at_a_time:
            await self._note(company_id, self._admins(company_id))

    def _admins(self, company_id: int) -> dict[int, Present]:
        """Who sits here now, by user id, and what they edit."""
        seated = self._seats.within(RoomKey(company_id, RoomName.ADMIN))
        editing: dict[int, set[str]] = {seat.identity.user_id: set() for seat in seated}
        for seat in seated:
            editing[seat.identity.user_id] |= {seat.editing} - {""}
        emails = {seat.identity.user_id: seat.identity.email for seat in seated}
        return {one: Present(emails[one], tuple(sorted(editing[one]))) for one in emails}

    async def _note(self, company_id: int, admins: dict[int, Present]) -> None:
        noted = actions.watch
        await self._threads.run(noted, process=self._process, company_id=company_id, admins=admins, now=clock.now())
        if admins:
            self._written.add(company_id)
        else:
            self._written.discard(company_id)
