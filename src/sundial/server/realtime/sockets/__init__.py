"""Live consoles: Socket.IO at /socket.io/, fed from the outbox by hints.

The composition root builds one for each web process, mounts `asgi_app`, starts it in the event loop, hands it every
hint of the bus and every gap in them, and stops it before the server drains.
"""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Iterable
from typing import Any

import socketio
from django.conf import settings

from sundial.server.realtime import actions, rules
from sundial.server.realtime.sockets.doors import Doors
from sundial.server.realtime.sockets.facts import Facts
from sundial.server.realtime.sockets.pump import Pump
from sundial.server.realtime.sockets.seats import Seats
from sundial.server.realtime.sockets.threads import DatabaseThreads
from sundial.server.realtime.sockets.watch import PRESENCE, Watch
from sundial.server.realtime.types import IdentityOf, PassingFact

PING_EVERY = 10  # seconds; a page that hears nothing for longer knows that it is not live
PONG_WITHIN = 10
LARGEST_MESSAGE = 16 * 1024  # bytes; clients only ever say which room and from where
LOOK_EVERY = 5.0  # seconds between looks for news that no hint told of
REFRESH_EVERY = 4  # looks between two refreshings of passing facts
RECHECK_EVERY = 12  # looks between two re-checks of everybody
CHECKERS = 2
THREADS = 2  # few, so that consoles never hold the interpreter while a push goes out
HANG_UP_WITHIN = 1.0

log = logging.getLogger("sundial.consoles")


class Sockets:
    """The consoles of one process."""

    def __init__(self, origins: Iterable[str], identity_of: IdentityOf, facts: Iterable[PassingFact]) -> None:
        self._sio = socketio.AsyncServer(
            async_mode="asgi",
            transports=["websocket"],
            cors_allowed_origins=sorted(origins),
            ping_interval=PING_EVERY,
            ping_timeout=PONG_WITHIN,
            max_http_buffer_size=LARGEST_MESSAGE,
            async_handlers=False,  # one thing at a time for each console, so that a flood holds up only its sender
            monitor_clients=False,  # reading gives up on the silent by itself
        )
        self.asgi_app = socketio.ASGIApp(self._sio)
        self._seats, self._threads = Seats(), DatabaseThreads(THREADS)
        self._teller = DatabaseThreads(1)  # its own, so that no event waits until a fact is computed
        self._pump = Pump(self._sio, self._seats, self._teller)
        self._facts = Facts(self._sio, self._seats, self._threads, (PRESENCE, *facts))
        self._watch = Watch(self._seats, self._threads)
        self._doors = Doors(
            self._sio,
            origins=frozenset(origins),
            cookie=settings.SESSION_COOKIE_NAME,
            identity_of=identity_of,
            threads=self._threads,
            seats=self._seats,
            pump=self._pump,
            facts=self._facts,
            watch=self._watch,
        )
        self._doors.open()
        self._strangers: set[str] = set()
        self._keeper: asyncio.Task[None] | None = None

    def open_consoles(self) -> int:
        """How many consoles are connected to this process."""
        return len(self._seats)

    async def start(self) -> None:
        """Begin to tell; call once, inside the event loop that serves."""
        self._keeper = asyncio.ensure_future(self._keep())
        self._keeper.add_done_callback(_say_if_it_fell)

    async def heard(self, topic: str, body: str) -> None:
        """A hint came over the bus; returns at once."""
        if topic == "room":
            key = rules.key_from_wire(body)
            if key is not None:
                self._pump.news(key)
            return
        subject = body.split(" ", 1)[0]
        if topic == "person" and subject.isdecimal():
            self._doors.recheck(self._seats.of_person(int(subject)))
        if topic == "company" and subject.isdecimal():
            self._doors.recheck(self._seats.of_company(int(subject)))
        self._facts.hinted(topic, body)

    async def gap(self) -> None:
        """Hints may have been missed: look at everything again; returns at once."""
        for key in self._seats.rooms():
            self._pump.news(key)
        self._doors.recheck(self._seats.all())
        self._facts.all_again()

    async def stop(self) -> None:
        """Hang up on every console, which then looks for another process, and end."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait({self._keeper})
        await self._hang_up(list(self._sio.eio.sockets))
        await self._watch.goodbye()
        self._threads.close()
        self._teller.close()

    async def _hang_up(self, connections: Iterable[str]) -> None:
        calls = [self._end(self._sio.eio.sockets[connection]) for connection in connections]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HANG_UP_WITHIN):
                await asyncio.gather(*calls, return_exceptions=True)

    @staticmethod
    async def _end(connection: Any) -> None:
        # The transport is closed rather than the session ended: a client comes back by itself only from the former.
        await connection.close(wait=False)
        await connection.queue.put(None)  # ends the writer, which hangs up: not every client does

    async def _keep(self) -> None:
        async with asyncio.TaskGroup() as group:
            for backlog in (self._pump.late, self._facts.due, self._watch.due):
                group.create_task(backlog.run())
            for _ in range(CHECKERS):
                group.create_task(self._doors.checks.run())
            group.create_task(self._look_around())

    async def look(self) -> None:
        """Look for news that no hint told of, and for connections that never said who they are."""
        self._pump.tidy()
        await self._show_out_strangers()
        await self._pump.compare()

    async def _show_out_strangers(self) -> None:
        strangers = {c for c in self._sio.eio.sockets if self._sio.manager.sid_from_eio_sid(c, "/") is None}
        await self._hang_up(strangers & self._strangers)  # those of the look before, too: others may be just coming
        self._strangers = strangers

    async def _look_around(self) -> None:
        for looks in itertools.count(1):
            await asyncio.sleep(LOOK_EVERY)
            try:
                await self.look()
            except Exception as failure:
                log.warning("looking for missed news failed and is tried again", exc_info=failure)
            if looks % REFRESH_EVERY == 0:
                self.refresh()
            if looks % RECHECK_EVERY == 0:
                self._doors.recheck(self._seats.all())

    def refresh(self) -> None:
        """Keep true what changes by the mere passing of time: who is present, who has gone offline."""
        self._watch.refresh()
        self._facts.refresh()


def _say_if_it_fell(keeper: "asyncio.Task[None]") -> None:
    if not keeper.cancelled() and keeper.exception() is not None:
        log.critical("consoles are no longer told anything", exc_info=keeper.exception())


def build(
    *,
    origins: Iterable[str],
    identity_of: IdentityOf | None = None,
    facts: Iterable[PassingFact] | None = None,
) -> Sockets:
    """The consoles for pages of exactly these origins; who people are and which facts pass is as registered."""
    return Sockets(
        frozenset(origins),
        identity_of or actions.registered_identity(),
        actions.registered_passing_facts() if facts is None else tuple(facts),
    )
