"""What the loops of the link know together: whether the stream is open, and whom to wake when something changes."""

from sundial.agent.core import events
from sundial.agent.link.host import Host
from sundial.agent.link.waiting import Bell
from sundial.protocol.messages import Notice, StatusAnswer


class Presence:
    """The bells wake, each its own loop: the watcher, the poller, the reporter, the reader of notices, the senders."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._closed = False
        self.streaming = False
        self.asked_s = 0
        self.report_due = False
        self.poll_due = False
        self.poll_asked_for = False
        self.doors = Bell()
        self.poll = Bell()
        self.report = Bell()
        self.recovered = Bell()
        self.notices = Bell()
        self.batches = Bell()
        self.pictures = Bell()

    def set_streaming(self, streaming: bool) -> None:
        """The stream was opened, or has ended."""
        if streaming == self.streaming:
            return
        self.streaming = streaming
        self.poll.ring()
        if streaming:
            self.recovered.ring()
            self._ring_senders()

    def closed(self, why: events.Closed) -> None:
        """A door said that nothing may be recorded."""
        self._closed = True
        self._host.heard(events.DoorsClosed(why))

    def opened(self) -> None:
        """A door answered as it does when all is well."""
        if not self._closed:
            return
        self._closed = False
        self._host.heard(events.DoorsOpen())
        self._ring_senders()
        if not self.streaming:
            self.doors.ring()
            self.poll.ring()

    def _ring_senders(self) -> None:
        self.batches.ring()
        self.pictures.ring()

    def refresh(self) -> None:
        """The person wants to know now: no chance spreads the one poll that they ask for."""
        self.poll_asked_for = self.report_due = True
        self.poll.ring()
        self.report.ring()
        self.notices.ring()

    def notice(self, notice: Notice) -> None:
        """The company's status is learned fastest from the answer to a report; all else is read."""
        if notice.kind == "company_status":
            self.report_due = True
            self.report.ring()
        else:
            self.notices.ring()

    def answered(self, answer: StatusAnswer) -> None:
        """What the answer to a report says beside its main point."""
        if answer.company_status == "SUSPENDED":
            self.closed("suspended")
            return
        self.opened()
        if not self.streaming and answer.latest.etag not in self._host.known_etags():
            self.poll_due = True
            self.poll.ring()
