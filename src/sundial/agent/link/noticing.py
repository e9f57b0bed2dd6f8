"""The loop that reads notices: when the stream says that there are some, and now and then without a stream."""

from sundial.agent.core.clock import Clock
from sundial.agent.link.doors import Doors
from sundial.agent.link.errors import LinkError
from sundial.agent.link.host import Host
from sundial.agent.link.patience import Patience
from sundial.agent.link.presence import Presence
from sundial.protocol.backoff import Uniform, spread

# Seldom: this door is not one of the server's fast ones, and whoever has a stream is rung for.
WITHOUT_A_STREAM_S = 300.0


class Noticer:
    """Runs until it is cancelled, or raises Revoked."""

    def __init__(self, doors: Doors, host: Host, presence: Presence, clock: Clock, uniform: Uniform) -> None:
        self._doors = doors
        self._host = host
        self._presence = presence
        self._uniform = uniform
        self._patience = Patience(presence, clock, uniform)

    async def run(self) -> None:
        """Read when rung for; else look now and then, unless a stream has been open all the time."""
        streamed = False
        while True:
            wait = spread(WITHOUT_A_STREAM_S, self._uniform)
            rung = await self._presence.notices.wait(wait)
            if rung or not (streamed and self._presence.streaming):
                await self._read_all()
            streamed = self._presence.streaming

    async def _read_all(self) -> None:
        try:
            while await self._read():
                pass
            self._patience.went_well()
        except LinkError as error:
            wait = self._patience.after(error)
            self._host.say(f"Notices not read: {error}; trying again in {wait:.1f} s")
            await self._presence.notices.wait(wait)
            self._presence.notices.ring()

    async def _read(self) -> bool:
        """Whether there are more."""
        seen = self._host.notices_seen()
        answer = await self._doors.notices(seen)
        fresh = [item for item in answer.notices if item.id > seen]
        for item in fresh:
            self._host.noticed(item)
        return answer.more and bool(fresh)
