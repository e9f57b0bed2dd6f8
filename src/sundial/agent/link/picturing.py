"""The loop that sends pictures: one at a time, after the events, and never so fast that the line is theirs alone."""

import asyncio
from contextlib import suppress

from sundial.agent.core.clock import Clock
from sundial.agent.core.store import CannotKeep, Store
from sundial.agent.link.doors import Doors
from sundial.agent.link.errors import LinkError, Refused, Suspended, Trouble, Unknown
from sundial.agent.link.host import Host
from sundial.agent.link.patience import Patience
from sundial.agent.link.presence import Presence
from sundial.agent.link.waiting import Bell
from sundial.protocol.backoff import Uniform, spread
from sundial.protocol.events import ScreenshotMeta

LOOK_S = 60.0
IN_VAIN = 8  # tries, over some minutes; then the others go first
SENT_WITHIN_S = 300.0
# Between two pictures: a second, and three times as long as the one before took.
PAUSE_S = 1.0
PAUSE_FOR_ITS_TIME = 3.0
EVENTS_FIRST_S = 60.0  # then a picture goes all the same: another door may be well
FULL_S = 3600.0
# Said of the picture; all else is about the way there, or about now.
FOR_ITS_CONTENT = frozenset({400, 409, 413, 415, 422})
NOT_WANTED = "screenshots_disabled"
NO_ROOM = "quota"


class Picturer:
    """Runs until it is cancelled, or raises Revoked."""

    def __init__(
        self, doors: Doors, host: Host, presence: Presence, clock: Clock, uniform: Uniform, store: Store,
        calm: asyncio.Event,
    ) -> None:  # fmt: skip
        self._doors = doors
        self._host = host
        self._presence = presence
        self._clock = clock
        self._uniform = uniform
        self._store = store
        self._calm = calm
        self._patience = Patience(presence, clock, uniform)
        self._new = Bell()

    def wake(self) -> None:
        """There may be a new one."""
        self._new.ring()

    async def run(self) -> None:
        """Send while there is one; else wait for a wake."""
        while True:
            wait = await self._send_next()
            if wait is None:
                await self._new.wait(LOOK_S)
            elif wait > 0.0:
                await self._patience.rest(wait, self._presence.pictures)

    async def _send_next(self) -> float | None:
        """Seconds to wait before the next; None if there is none."""
        with suppress(TimeoutError):
            async with asyncio.timeout(EVENTS_FIRST_S):
                await self._calm.wait()
        self._presence.pictures.forget()
        try:
            found = await self._store.next_picture()
            return await self._send(*found) if found else None
        except CannotKeep as error:
            wait = self._patience.after_end()
            self._host.say(f"The outbox cannot be written: {error}; trying again in {wait:.1f} s")
            return wait

    async def _send(self, meta: ScreenshotMeta, image: bytes) -> float:
        begun = self._clock.monotonic()
        try:
            await self._upload(meta, image)
        except LinkError as error:
            if not _final(error):
                return await self._after(error, meta.eid)
            await self._store.settle_picture(meta.eid, self._clock.now(), error.code)
            self._host.say(f"The server does not take screenshot {meta.eid}: {error}; set it aside")
        else:
            await self._store.settle_picture(meta.eid, self._clock.now())
            self._patience.went_well()
            self._presence.opened()
        await self._clock.sleep(max(PAUSE_S, PAUSE_FOR_ITS_TIME * (self._clock.monotonic() - begun)))
        return 0.0

    async def _upload(self, meta: ScreenshotMeta, image: bytes) -> None:
        try:
            async with asyncio.timeout(SENT_WITHIN_S):
                await self._doors.picture(meta, image)
        except LinkError:
            raise
        except TimeoutError as error:
            raise Trouble("no answer") from error
        except Exception as error:  # whatever a library raises, the picture is still there and the loop goes on
            raise Trouble(f"{type(error).__name__}: {error}") from error

    async def _after(self, error: LinkError, eid: str) -> float:
        wait = self._patience.after(error)
        if error.code.startswith(NO_ROOM):
            wait = spread(FULL_S, self._uniform)
        if not isinstance(error, Suspended | Unknown):
            self._host.say(f"Screenshot not sent: {error}; kept, trying again in {wait:.1f} s")
        if self._patience.in_vain >= IN_VAIN:
            self._patience.in_vain = 0
            await self._store.pass_over_picture(eid)
        return wait


def _final(error: LinkError) -> bool:
    """Whether the server itself said that it will never take this picture."""
    if error.code.startswith(NO_ROOM):
        return False
    return (isinstance(error, Refused) and error.status in FOR_ITS_CONTENT and bool(error.code)) or (
        error.code == NOT_WANTED
    )
