"""The loop that sends events: batch after batch while there are any, each kept until the server named its events.

Whatever is answered, nothing is forgotten but what the server accepted, knew already, or refused in its own words:
a batch that is refused as a whole is halved until the one event that is to blame stands alone.
"""

import asyncio

from sundial.agent.core.clock import Clock
from sundial.agent.core.store import CannotKeep, Store
from sundial.agent.link.doors import Doors
from sundial.agent.link.errors import LinkError, Refused, Suspended, Trouble, Unknown
from sundial.agent.link.host import Host
from sundial.agent.link.patience import Patience
from sundial.agent.link.presence import Presence
from sundial.agent.link.waiting import Bell
from sundial.protocol.backoff import Uniform
from sundial.protocol.events import Batch, BatchAnswer

EVENTS_AT_ONCE = 500
IN_VAIN = 8  # tries, over some minutes
COALESCE_S = 2.0  # what is kept shortly after goes in the same batch
LOOK_S = 60.0  # without a wake
ANSWER_WITHIN_S = 90.0  # a server that sends a byte now and then is as good as silent
# These are said of what was sent; other refusals (no such door, a method not allowed) are about the way there.
FOR_ITS_CONTENT = frozenset({400, 413, 422})


class Sender:
    """Runs until it is cancelled, or raises Revoked. `calm` is set while no event waits."""

    def __init__(
        self, doors: Doors, host: Host, presence: Presence, clock: Clock, uniform: Uniform, store: Store
    ) -> None:
        self._doors = doors
        self._host = host
        self._presence = presence
        self._clock = clock
        self._store = store
        self._patience = Patience(presence, clock, uniform)
        self._new = Bell()
        self._urgent = Bell()
        self.calm = asyncio.Event()

    def wake(self, *, at_once: bool) -> None:
        """There is something new; what is to be seen at once does not wait for company."""
        self._new.ring()
        if at_once:
            self._urgent.ring()

    async def run(self) -> None:
        """Send while there is something; wait out what went wrong; else wait for a wake."""
        while True:
            wait = await self._send_next()
            if wait is None:
                self.calm.set()
                await self._wait_for_more()
            elif wait > 0.0:
                await self._patience.rest(wait, self._presence.batches)

    async def _wait_for_more(self) -> None:
        if await self._new.wait(LOOK_S):
            await self._urgent.wait(COALESCE_S)
            self._new.forget()

    async def _send_next(self) -> float | None:
        """Seconds to wait before the next; None if there is nothing to send."""
        self._presence.batches.forget()
        try:
            batch = await self._store.next_batch(EVENTS_AT_ONCE)
            if batch is None:
                return None
            self.calm.clear()
            return await self._send(batch)
        except CannotKeep as error:
            wait = self._patience.after_end()
            self._host.say(f"The outbox cannot be written: {error}; trying again in {wait:.1f} s")
            return wait

    async def _send(self, batch: Batch) -> float:
        try:
            answer = await self._ask(batch)
            await self._settle(batch, answer)
        except Refused as refusal:
            if refusal.status in FOR_ITS_CONTENT and refusal.code:
                return await self._refused(batch, refusal)
            return await self._after(refusal)
        except LinkError as error:
            return await self._after(error)
        self._patience.went_well()
        self._presence.opened()
        return 0.0

    async def _ask(self, batch: Batch) -> BatchAnswer:
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                return await self._doors.batch(batch)
        except LinkError:
            raise
        except TimeoutError as error:
            raise Trouble("no answer") from error
        except Exception as error:  # whatever a library raises, the events are still there and the loop goes on
            raise Trouble(f"{type(error).__name__}: {error}") from error

    async def _settle(self, batch: Batch, answer: BatchAnswer) -> None:
        done = await self._store.settle(answer, self._clock.now())
        for one in answer.rejected:
            self._host.say(f"The server does not take event {one.eid}: {one.code} {one.message}; set it aside")
        if not done:
            raise Trouble("the answer names none of the events that were sent", status=200)
        if left := len(batch.events) - done:
            self._host.say(f"The answer does not name {left} of {len(batch.events)} events; kept")

    async def _refused(self, batch: Batch, refusal: Refused) -> float:
        many = await self._store.refuse(refusal.code, str(refusal), self._clock.now())
        if many == 1:
            self._host.say(f"The server does not take event {batch.events[0].eid}: {refusal}; set it aside")
        else:
            self._host.say(f"The server does not take these {many} events together: {refusal}; sending them by halves")
        return 0.0

    async def _after(self, error: LinkError) -> float:
        wait = self._patience.after(error)
        if not isinstance(error, Suspended | Unknown):
            self._host.say(f"Events not sent: {error}; kept, trying again in {wait:.1f} s")
        if self._patience.in_vain >= IN_VAIN:
            self._patience.in_vain = 0
            await self._store.pass_over()
            self._host.say("These events fail again and again: others go first, then these in smaller groups")
        return wait
