"""The doors of the consoles: connecting, joining, leaving, and being shown out when something about you changed."""

import logging
from collections.abc import Collection
from typing import Any

from django.http.cookie import parse_cookie
from socketio import AsyncServer
from socketio.exceptions import ConnectionRefusedError as Refused

from sundial.server.realtime import rules
from sundial.server.realtime.sockets.backlog import Backlog
from sundial.server.realtime.sockets.facts import Facts
from sundial.server.realtime.sockets.pump import Pump
from sundial.server.realtime.sockets.seats import Seat, Seats
from sundial.server.realtime.sockets.threads import DatabaseThreads
from sundial.server.realtime.sockets.watch import Watch
from sundial.server.realtime.types import Identity, IdentityOf, RoomKey, RoomName

SEATS_A_PERSON = 200

FORBIDDEN = "You may not listen here."
SIGNED_OUT = "You are signed out. Sign in to go on."
UNAVAILABLE = "This cannot be checked at the moment. Try again in a while."
TOO_MANY = "You have too many pages open."

log = logging.getLogger("sundial.consoles")


class Doors:
    """Lets people in by their web session, into the rooms of their role, and out again at once when that changes."""

    def __init__(
        self,
        sio: AsyncServer,
        *,
        origins: Collection[str],
        cookie: str,
        identity_of: IdentityOf,
        threads: DatabaseThreads,
        seats: Seats,
        pump: Pump,
        facts: Facts,
        watch: Watch,
    ) -> None:
        self._sio, self._seats, self._pump, self._facts, self._watch = sio, seats, pump, facts, watch
        self._origins, self._cookie = frozenset(origins), cookie
        self._identity_of, self._threads = identity_of, threads
        self.checks = Backlog("checking a console", self._check)

    def open(self) -> None:
        """Answer what clients ask."""
        self._sio.on("connect", self._connect)
        self._sio.on("disconnect", self._disconnect)
        for door in rules.DOORS:
            self._sio.on(f"join_{door}", self._joiner(door))
            self._sio.on(f"leave_{door}", self._leaver(door))
        self._sio.on("editing", self._editing)
        self._sio.on("editing_done", self._editing)

    def recheck(self, sids: list[str]) -> None:
        """Ask again who these are: something about them may have changed."""
        for sid in sids:
            self.checks.add(sid)

    # -- coming and going -----------------------------------------------------------------------

    async def _connect(self, sid: str, environ: dict[str, Any], _auth: object = None) -> None:
        if environ.get("HTTP_ORIGIN") not in self._origins:
            raise Refused(FORBIDDEN, {"code": "forbidden"})
        session_key = parse_cookie(environ.get("HTTP_COOKIE", "")).get(self._cookie, "")
        identity = await self._who(session_key) if session_key else None
        if identity is None:
            raise Refused(SIGNED_OUT, {"code": "signed_out"})
        if len(self._seats.of_person(identity.user_id)) >= SEATS_A_PERSON:
            raise Refused(TOO_MANY, {"code": "too_many"})
        self._seats.add(Seat(sid, session_key, identity))

    async def _who(self, session_key: str) -> Identity | None:
        try:
            return await self._threads.run(self._identity_of, session_key)
        except Exception as failure:
            log.warning("a session could not be looked up", exc_info=failure)
            raise Refused(UNAVAILABLE, {"code": "unavailable"}) from failure

    async def _disconnect(self, sid: str, _reason: str = "") -> None:
        for key in self._seats.remove(sid):
            self._watch.changed(key)

    # -- rooms ----------------------------------------------------------------------------------

    def _joiner(self, door: str) -> Any:
        async def join(sid: str, *said: object) -> None:
            seat = self._seats.get(sid)
            if seat is None:
                return
            try:
                async with seat.lock:
                    await self._join(seat, door, said[0] if said else None)
            except Exception as failure:
                log.warning("a console could not join %s", door, exc_info=failure)
                await self._refuse(seat, "unavailable", UNAVAILABLE)

        return join

    async def _join(self, seat: Seat, door: str, asked: object) -> None:
        if not await self._still_welcome(seat):
            return
        key = rules.room_behind(door, seat.identity)
        if key is None:
            await self._refuse(seat, "forbidden", FORBIDDEN)
            return
        await self._pump.admit(seat, key, asked)
        await self._watch.came(key)
        self._facts.joined(key)
        if key.name is RoomName.PLATFORM:
            for company_id in rules.companies_asked(asked):
                self._facts.asked(company_id, RoomName.PLATFORM)

    def _leaver(self, door: str) -> Any:
        async def leave(sid: str, *_said: object) -> None:
            seat = self._seats.get(sid)
            if seat is None:
                return
            async with seat.lock:
                for key in [key for key in seat.rooms if rules.joined(key) == f"joined_{door}"]:
                    await self._out_of(seat, key)

        return leave

    # -- what is open there -----------------------------------------------------------------------

    async def _editing(self, sid: str, said: object = None) -> None:
        """An admin opened this row to change it, or (saying nothing that can be understood) closed it."""
        seat = self._seats.get(sid)
        key = rules.room_behind(rules.ADMIN_DOOR, seat.identity) if seat else None
        if seat is None or key is None or key.name is not RoomName.ADMIN or key not in seat.rooms:
            return
        thing = rules.thing_edited(said)
        if seat.editing != thing:
            seat.editing = thing
            self._watch.edits(key)

    # -- being shown out ------------------------------------------------------------------------

    async def _check(self, sid: str) -> None:
        seat = self._seats.get(sid)
        if seat is None:
            return
        async with seat.lock:
            await self._still_welcome(seat)

    async def _still_welcome(self, seat: Seat) -> bool:
        """Look at the person anew: out of every room that is closed to them now, or out altogether."""
        identity = await self._threads.run(self._identity_of, seat.session_key)
        if self._seats.get(seat.sid) is not seat:
            return False
        if identity is None:
            await self._sign_out(seat)
            return False
        seat.identity = identity
        for key in seat.rooms - rules.rooms_open_to(identity):
            await self._out_of(seat, key)
            await self._refuse(seat, "forbidden", FORBIDDEN, room=key.wire)
        return True

    async def _sign_out(self, seat: Seat) -> None:
        for key in list(seat.rooms):
            await self._out_of(seat, key)
        await self._refuse(seat, "signed_out", SIGNED_OUT)
        await self._sio.disconnect(seat.sid)

    async def _out_of(self, seat: Seat, key: RoomKey) -> None:
        if key.name is RoomName.ADMIN:
            seat.editing = ""
        await self._pump.dismiss(seat, key)
        self._watch.changed(key)

    async def _refuse(self, seat: Seat, code: str, message: str, **more: str) -> None:
        await self._sio.emit("error", {"code": code, "message": message, **more}, to=seat.sid)
