"""The outbox as the agent sees it: every word is one durable transaction, or CannotKeep and nothing has changed."""

import sqlite3
import uuid
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from msgspec import UNSET, UnsetType

from sundial.agent.core.absence import Absence
from sundial.agent.core.resuming import OpenSession
from sundial.agent.outbox import batches, belonging, events, ledger, pictures, room, sessions
from sundial.agent.outbox.file import StoreFile, Work
from sundial.protocol.events import Batch, BatchAnswer, Event, ScreenshotMeta, SessionEvent
from sundial.protocol.messages import QueueStatus

LIMIT_BYTES = 256 << 20
PAGES_BESIDE = 8192  # bytes that a put takes beside its content, about


def _uuid() -> str:
    return str(uuid.uuid4())


class Outbox:
    """One per profile folder; thread-safe; every method may raise CannotKeep. `notes` is what was said at the start."""

    def __init__(self, folder: Path, limit_bytes: int, new_id: batches.NewId) -> None:
        self.notes: list[str] = []
        self._file = StoreFile(folder, self.notes.append)
        self._limit = limit_bytes
        self._new_id = new_id
        self._taken = ""  # uuid of the batch last handed out

    @classmethod
    def open(cls, folder: Path, *, limit_bytes: int = LIMIT_BYTES, new_id: Callable[[], str] = _uuid) -> "Outbox":
        """Raises CannotKeep where nothing can be written; a broken store is moved aside, and that is noted."""
        return cls(folder, limit_bytes, new_id)

    def close(self) -> None:
        """Waits for what is being written; what was kept stays kept."""
        self._file.close()

    # Events ---------------------------------------------------------------------------------------

    def put(
        self,
        many: Sequence[Event],
        now: datetime,
        session: OpenSession | UnsetType | None = UNSET,
        absences: tuple[Absence, ...] | UnsetType = UNSET,
    ) -> None:
        """All of them, or none; with them, if given, which session is open from now on and what is to be asked."""

        def work(connection: sqlite3.Connection) -> None:
            events.keep(connection, many, now)
            if session is not UNSET:
                sessions.remember(connection, session)
            if not isinstance(absences, UnsetType):
                sessions.remember_absences(connection, absences)
            room.make(connection, 0, self._limit)

        if many or session is not UNSET or absences is not UNSET:
            self._write_or_count(work, len(many))

    def next_batch(self, limit: int = 500) -> Batch | None:
        """The same batch again until it is settled."""
        batch = self._file.write(lambda connection: batches.take(connection, limit, self._new_id))
        self._taken = batch.batch if batch else ""
        return batch

    def settle(self, answer: BatchAnswer, now: datetime) -> int:
        """What became of the batch last taken; how many of its events are done with. The others stay."""
        return self._file.write(lambda connection: batches.settle(connection, self._taken, answer, now))

    def refuse(self, code: str, message: str, now: datetime) -> int:
        """The batch last taken is refused as a whole: halved, or set aside if it is one event; how many it had."""
        return self._file.write(lambda connection: batches.refuse(connection, self._taken, code, message, self._new_id))

    def pass_over(self) -> None:
        """The batch last taken fails for no known reason: its events come after the others, in smaller groups."""
        self._file.write(lambda connection: batches.pass_over(connection, self._taken))

    def recent(self, since: datetime) -> list[Event]:
        """What ended since then, sent or not; a day back at most for what was sent."""
        return self._file.read(lambda connection: events.recent(connection, since))

    # Pictures -------------------------------------------------------------------------------------

    def put_picture(self, meta: ScreenshotMeta, image: bytes, now: datetime) -> None:
        """One picture and what is to be said about it."""

        def work(connection: sqlite3.Connection) -> None:
            room.make(connection, len(image) + PAGES_BESIDE, self._limit)
            pictures.keep(connection, meta, image, now)

        self._write_or_count(work, 1)

    def next_picture(self) -> tuple[ScreenshotMeta, bytes] | None:
        """The one that waits longest, until it is settled."""
        return self._file.write(pictures.oldest)

    def settle_picture(self, eid: str, now: datetime, refused: str = "") -> None:
        """It arrived; or it was refused for good, for this reason."""
        if refused:
            self._file.write(lambda connection: pictures.refuse(connection, eid, refused))
        else:
            self._file.write(lambda connection: pictures.done(connection, eid))

    def pass_over_picture(self, eid: str) -> None:
        """It fails for no known reason: to the end of the queue."""
        self._file.write(lambda connection: pictures.pass_over(connection, eid))

    # The whole ------------------------------------------------------------------------------------

    def queue(self) -> QueueStatus:
        """What waits, and all that was ever lost, by reason."""
        return self._file.read(_queue)

    def count_lost(self, reason: str, many: int) -> None:
        """So many were given up before they came here."""
        self._file.write(lambda connection: ledger.count(connection, reason, many))

    def hand_over(self, owner: str) -> int:
        """What is kept from now on is of this device; what waits of another is given up: how much."""
        if self._file.read(belonging.owner_of) == owner:  # so it is at every start, on a disk that takes nothing, too
            return 0
        return self._file.write(lambda connection: belonging.hand_over(connection, owner))

    def trim(self, keep_days: int, now: datetime) -> None:
        """Forget what is too old; of that, what was never sent is counted."""
        if self._file.write(lambda connection: room.trim(connection, keep_days, now)):
            self._file.forget_broken(now - timedelta(days=keep_days))
        self._file.outside(room.give_back)

    def set_aside(self) -> list[tuple[str, str, str]]:
        """What the server refused: eid, code, message."""
        return self._file.read(
            lambda found: found.execute("SELECT eid, code, message FROM aside ORDER BY kept").fetchall()
        )

    def _write_or_count(self, work: Work[None], many: int) -> None:
        try:
            self._file.write(work)
        except room.NoRoom:  # nor would there be any later
            self._file.write(lambda connection: ledger.count(connection, ledger.FULL, many))

    # The session ----------------------------------------------------------------------------------

    def open_session(self) -> OpenSession | None:
        """The session that was open when the program ended."""
        return self._file.read(sessions.left_open)

    def remember_session(self, session: OpenSession | None) -> None:
        """At its start, at each checkpoint, and None when it ends."""
        self._file.write(lambda connection: sessions.remember(connection, session))

    def close_left_open(self, event: SessionEvent, now: datetime) -> None:
        """Keep the event that closes it, and no longer remember it: both or neither, so that it is closed once."""
        self.put([event], now, None)

    def absences(self) -> tuple[Absence, ...]:
        """What the person was asked and has not answered."""
        return self._file.read(sessions.absences)

    def today(self, day: date) -> int:
        """Seconds worked on that day."""
        return self._file.read(lambda connection: sessions.worked(connection, day))

    def add_worked(self, day: date, seconds: int) -> None:
        """So many seconds more."""
        self._file.write(lambda connection: sessions.add_worked(connection, day, seconds))


def _queue(connection: sqlite3.Connection) -> QueueStatus:
    (waiting,) = connection.execute("SELECT (SELECT count(*) FROM event) + (SELECT count(*) FROM picture)").fetchone()
    return QueueStatus(waiting, ledger.losses(connection))
