"""The loop that brings the person's acknowledgements to the server, each until it is kept there."""

from sundial.agent.core import events
from sundial.agent.core.clock import Clock
from sundial.agent.link.doors import Doors
from sundial.agent.link.errors import LinkError, Refused
from sundial.agent.link.host import Host
from sundial.agent.link.patience import Patience
from sundial.agent.link.presence import Presence
from sundial.agent.link.waiting import Bell
from sundial.protocol.backoff import Uniform
from sundial.protocol.messages import Acknowledgement


class Deliverer:
    """Runs until it is cancelled, or raises Revoked."""

    def __init__(self, doors: Doors, host: Host, presence: Presence, clock: Clock, uniform: Uniform) -> None:
        self._doors = doors
        self._host = host
        self._clock = clock
        self._patience = Patience(presence, clock, uniform)
        self._waiting: list[Acknowledgement] = []
        self._bell = Bell()

    def put(self, word: Acknowledgement) -> None:
        """Deliver this."""
        self._waiting.append(word)
        self._bell.ring()

    async def run(self) -> None:
        """One after the other."""
        while True:
            if self._waiting:
                await self._clock.sleep(await self._deliver(self._waiting[0]))
            else:
                await self._bell.wait(None)

    async def _deliver(self, word: Acknowledgement) -> float:
        try:
            await self._doors.acknowledge(word)
        except Refused as refusal:
            self._host.say(f"The server does not take this acknowledgement: {refusal}; set it aside")
        except LinkError as error:
            wait = self._patience.after(error)
            self._host.say(f"Acknowledgement not delivered: {error}; kept, trying again in {wait:.1f} s")
            return wait
        else:
            self._patience.went_well()
        self._waiting.pop(0)
        self._host.heard(events.Kept(word))
        return 0.0
