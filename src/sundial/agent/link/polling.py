"""The loop that polls the policy: the only way where streams do not pass, a second look where they do."""

from sundial.agent.core import events
from sundial.agent.core.clock import Clock
from sundial.agent.core.pacing import poll_wait
from sundial.agent.link.doors import Doors
from sundial.agent.link.errors import LinkError, Suspended, Unknown
from sundial.agent.link.host import Host
from sundial.agent.link.patience import Patience
from sundial.agent.link.presence import Presence
from sundial.protocol.backoff import Uniform, spread

FIRST_S = 1.0  # the stream is usually faster


class Poller:
    """Runs until it is cancelled, or raises Revoked."""

    def __init__(self, doors: Doors, host: Host, presence: Presence, clock: Clock, uniform: Uniform) -> None:
        self._doors = doors
        self._host = host
        self._presence = presence
        self._uniform = uniform
        self._patience = Patience(presence, clock, uniform)

    async def run(self) -> None:
        """Poll whenever the wait is over; a ring means that the pace is another."""
        wait = spread(FIRST_S, self._uniform)
        while True:
            rung = await self._presence.poll.wait(wait)
            wait = self._new_wait() if rung else await self._poll_once()

    def _new_wait(self) -> float:
        if self._presence.poll_asked_for:
            self._presence.poll_asked_for = False
            return 0.0
        if self._presence.poll_due:
            self._presence.poll_due = False
            return self._uniform(0.0, FIRST_S)
        return self._pace()

    def _pace(self) -> float:
        return poll_wait(
            streaming=self._presence.streaming,
            interval_s=self._host.poll_interval_s(),
            asked_s=self._presence.asked_s,
            uniform=self._uniform,
        )

    async def _poll_once(self) -> float:
        """Seconds until the next poll."""
        try:
            polled = await self._doors.policy(self._host.known_etags())
        except LinkError as error:
            wait = self._patience.after(error)
            if not isinstance(error, Suspended | Unknown):
                self._host.say(f"Config poll failed: {error}; kept what is in force, trying again in {wait:.1f} s")
            return wait
        self._patience.went_well()
        self._presence.asked_s = polled.asked_s
        self._presence.opened()
        if polled.document:
            self._host.heard(events.Received(polled.document))
        return self._pace()
