"""The loop that reports: what changed, in order, each policy's newest state; and a heartbeat when nothing does."""

from sundial.agent.core.clock import Clock
from sundial.agent.link.doors import Doors
from sundial.agent.link.errors import LinkError, Refused
from sundial.agent.link.host import Host
from sundial.agent.link.patience import Patience
from sundial.agent.link.presence import Presence
from sundial.protocol.backoff import Uniform, spread
from sundial.protocol.messages import HEARTBEAT_S, PolicyStatus, StatusAnswer


class Reporter:
    """Runs until it is cancelled, or raises Revoked."""

    def __init__(self, doors: Doors, host: Host, presence: Presence, clock: Clock, uniform: Uniform) -> None:
        self._doors = doors
        self._host = host
        self._presence = presence
        self._clock = clock
        self._uniform = uniform
        self._patience = Patience(presence, clock, uniform)
        self._pending: dict[str, PolicyStatus] = {}
        self._heartbeat_s = HEARTBEAT_S
        self._due = 0.0
        self._sent_in_full = False

    def put(self, status: PolicyStatus) -> None:
        """Send this; it takes the place of what was not yet sent about the same policy."""
        self._pending.pop(status.etag, None)
        self._pending[status.etag] = status
        self._presence.report.ring()

    async def run(self) -> None:
        """Send what waits; else wait for a ring or the next heartbeat."""
        self._plan_heartbeat()
        while True:
            status = self._next()
            if status is None:
                await self._presence.report.wait(max(0.0, self._due - self._clock.monotonic()))
            elif wait := await self._send(status):
                # Only a stream that opens ends the wait: the server is back.
                self._presence.recovered.forget()
                await self._presence.recovered.wait(wait)

    def _next(self) -> PolicyStatus | None:
        if self._pending:
            return self._pending.pop(next(iter(self._pending)))
        if self._presence.report_due or self._clock.monotonic() >= self._due:
            return self._host.status()
        return None

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
            self._pending = {status.etag: status, **self._pending}
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
        self._due = self._clock.monotonic() + spread(self._heartbeat_s, self._uniform)
