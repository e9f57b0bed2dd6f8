"""What the loops of the link ask of the program around them."""

from typing import Protocol

from sundial.agent.core.events import Event
from sundial.protocol.messages import NoticeItem, PolicyStatus, StatusReport


class Host(Protocol):
    """Implemented by the agent's `app`; nothing here waits."""

    def heard(self, event: Event) -> None:
        """Something happened on the wire."""

    def say(self, line: str) -> None:
        """A line for the log."""

    def known_etags(self) -> list[str]:
        """Policies that need not be sent again."""

    def poll_interval_s(self) -> int:
        """The pace that the policy asks for."""

    def status(self) -> PolicyStatus:
        """The policy's part of the report, as it is now."""

    def compose(self, status: PolicyStatus) -> StatusReport:
        """The whole report around it."""

    def reported(self, status: PolicyStatus) -> None:
        """The server has this report."""

    def notices_seen(self) -> int:
        """The id of the last notice that the person was shown."""

    def noticed(self, item: NoticeItem) -> None:
        """Something to be shown."""
