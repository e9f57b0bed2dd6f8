"""How long a loop waits after what a door answered; every loop has a patience of its own."""

from sundial.agent.core.clock import Clock
from sundial.agent.link.errors import LinkError, Revoked, Suspended, Trouble, Unknown
from sundial.agent.link.presence import Presence
from sundial.agent.link.waiting import Bell
from sundial.protocol.backoff import FIRST_S, SUSPENDED_S, Backoff, Uniform, spread

# A fault in the server's code, or an answer about something else: perhaps because of what was sent.
MAY_BE_OURS = frozenset({200, 500})


class Patience:
    """Full jitter that begins anew only after a minute without failure."""

    def __init__(self, presence: Presence, clock: Clock, uniform: Uniform) -> None:
        self._presence = presence
        self._clock = clock
        self._uniform = uniform
        self._backoff = Backoff(uniform)
        self._well_since: float | None = None
        self.in_vain = 0  # answers in a row after which the same request may well fail for ever
        self._asked = False  # whether the server itself named the last wait

    def went_well(self) -> None:
        """The door answered as hoped, or the stream is open."""
        self.in_vain = 0
        if self._well_since is None:
            self._well_since = self._clock.monotonic()

    def after_end(self) -> float:
        """Seconds to wait after something ended that went well until now, or did not begin."""
        if self._well_since is not None:
            self._backoff.after_health_of(self._clock.monotonic() - self._well_since)
            self._well_since = None
        return self._backoff.delay()

    def after(self, error: LinkError) -> float:
        """Seconds to wait after this; Revoked is raised on, for it ends everything."""
        wait = self.after_end()
        self._asked = False
        self.in_vain = self.in_vain + 1 if error.status in MAY_BE_OURS else 0
        match error:
            case Revoked():
                raise error
            case Suspended():
                self._presence.closed("suspended")
                return spread(SUSPENDED_S, self._uniform)
            case Unknown():
                self._presence.closed("unknown")
            case Trouble(wait_s=float(asked)):
                self._asked = True
                return asked
        return wait

    async def rest(self, wait: float, recovered: Bell) -> None:
        """Wait so long; a ring says that all is well and ends it, but not what the server asked for."""
        if self._asked:
            await self._clock.sleep(wait)
        elif await recovered.wait(wait):
            # Everyone hears it at the same moment.
            await self._clock.sleep(self._uniform(0.0, FIRST_S))
