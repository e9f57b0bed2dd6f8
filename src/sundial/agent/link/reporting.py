"""The loop that reports: what changed, in order, each policy's newest state; and a heartbeat when nothing does.

A state on the way (received, applying) is held back for a moment: mostly the final one comes first, and a change to
ten thousand agents costs the server one report of each instead of two.
"""

from sundial.agent.core.clock import Clock
from sundial.agent.link.doors import Doors
from sundial.agent.link.errors import LinkError, Refused
from sundial.agent.link.host import Host
from sundial.agent.link.patience import Patience
from sundial.agent.link.presence import Presence
from sundial.protocol.backoff import Uniform, spread
from sundial.protocol.messages import HEARTBEAT_S, PolicyStatus, StatusAnswer

ON_THE_WAY = frozenset({"received", "applying"})
HELD_BACK_S = 0.25


class Reporter:
    """Runs until it is cancelled, or raises Revoked."""

    def __init__(self, doors: Doors, host: Host, presence: Presence, clock: Clock, uniform: Uniform) -> None:
        self._doors = doors
        self._host = host
        self._presence = presence
        self._clock = clock
        self._uniform = uniform
        self._patience = Patience(presence, clock, uniform)
        self._pending: dict[str, tuple[float, PolicyStatus]] = {}  # by etag: when it is due, and what
        self._heartbeat_s = HEARTBEAT_S
        self._heartbeat_due = 0.0
        self._sent_in_full = False

    def put(self, status: PolicyStatus) -> None:
        """Send this; it takes the place of what was not yet sent about the same policy."""
        held_since = self._pending.pop(status.etag, None)
        due = self._clock.monotonic() + (HELD_BACK_S if status.state in ON_THE_WAY else 0.0)
        self._pending[status.etag] = (min(due, held_since[0]) if held_since else due, status)
        self._presence.report.ring()

    async def run(self) -> None:
        """Send what is due; else wait for a ring or for what is due next."""
        self._plan_heartbeat()
        while True:
            status = self._next()
            if status is None:
                await self._presence.report.wait(max(0.0, self._next_due() - self._clock.monotonic()))
            elif wait := await self._send(status):
                # Only a stream that opens ends the wait: the server is back.
                self._presence.recovered.forget()
                await self._presence.recovered.wait(wait)

    def _next(self) -> PolicyStatus | None:
        now = self._clock.monotonic()
        if any(due <= now for due, _status in self._pending.values()):
            # The oldest goes first, due or not: the server keeps what it hears last.
            return self._pending.pop(next(iter(self._pending)))[1]
        if self._presence.report_due or now >= self._heartbeat_due:
            return self._host.status()
        return None

    def _next_due(self) -> float:
        return min([self._heartbeat_due, *(due for due, _status in self._pending.values())])

    async def _send(self, status: PolicyStatus) -> float:
        """Seconds to wait before anything else is sent."""
        self._presence.report_due = False
        try:
            answer = await self._doors.report(self._host.compose(status))
        except LinkError as error:
            return self._after(error, status)
        self._patience.went_well()
        self._answered(status, answer)
        return 0.0

    def _after(self, error: LinkError, status: PolicyStatus) -> float:
        wait = self._patience.after(error)
        if isinstance(error, Refused):
            self._host.say(f"The server does not take this report: {error}; left it out")
            self._plan_heartbeat()
            return wait
        self._host.say(f"Report not sent: {error}; kept, trying again in {wait:.1f} s")
        if status.etag not in self._pending:
            self._pending = {status.etag: (self._clock.monotonic(), status), **self._pending}
        return wait

    def _answered(self, status: PolicyStatus, answer: StatusAnswer) -> None:
        self._heartbeat_s = answer.heartbeat_s
        self._plan_heartbeat()
        self._host.reported(status)
        self._presence.answered(answer)
        if answer.full and not self._sent_in_full:
            self.put(self._host.status())
        self._sent_in_full = answer.full

    def _plan_heartbeat(self) -> None:
        self._heartbeat_due = self._clock.monotonic() + spread(self._heartbeat_s, self._uniform)
