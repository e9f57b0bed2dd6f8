"""Whether this computer's clock is right, by the time that the server's answers carry."""

from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime

import httpx

from sundial.agent.core.clock import Clock

RIGHT_WITHIN = timedelta(minutes=10)


@dataclass(slots=True)
class ServerTime:
    """`note` is what the person should know of the clock; empty while it is right, or nobody said what is."""

    clock: Clock
    note: str = ""

    async def hear(self, response: httpx.Response) -> None:
        """An answer came; one without a time, or with nonsense there, says nothing."""
        try:
            there = parsedate_to_datetime(response.headers.get("Date", ""))
        except ValueError:
            return
        here = self.clock.now()
        ahead = here - (there if there.tzinfo else there.replace(tzinfo=UTC))
        self.note = ""
        if abs(ahead) > RIGHT_WITHIN:
            self.note = (
                f"This computer's clock is wrong: it says {here:%Y-%m-%d %H:%M} UTC, the server {there:%Y-%m-%d %H:%M}"
                " UTC. What is recorded carries this computer's time: set its clock right."
            )
