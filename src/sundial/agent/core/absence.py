"""Absences: what a person is asked about when they are back, and what their answer tells.

Being away is told as it happens and stays as it was told. The answer is one more event that covers the whole absence
and says what it was; only what the person calls work is worked time again.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from sundial.agent.core.sensing import Moment
from sundial.agent.core.tape import Cause
from sundial.agent.core.telling import iso
from sundial.agent.core.timekeeping import MILLISECOND
from sundial.protocol import spans
from sundial.protocol.events import AwayEvent
from sundial.protocol.spans import Span

Answer = Literal["keep", "discard", "meeting", "break"]
WORK: frozenset[Answer] = frozenset({"keep", "meeting"})
LONGEST = timedelta(hours=24)  # of one event, at the server


class Absence(Struct, frozen=True):
    """One to ask about, kept until it is answered; `eid` names it, and is the first answering event's own."""

    eid: str
    session: str
    cause: Cause
    start: datetime
    end: datetime
    mono_ms: int
    boot_id: str
    tz_offset_min: int


def answering(absence: Absence, answer: Answer, new_eid: Callable[[Moment], str]) -> Iterator[AwayEvent]:
    """What tells it: one event, or one for each day of it."""
    whole = Span(absence.start, absence.end, None)
    days = [absence.start + LONGEST * day for day in range(1, whole.length // LONGEST + 1)]
    for part in spans.cut(whole, days):
        mono_ms = absence.mono_ms + (part.start - absence.start) // MILLISECOND
        later = Moment(part.start, mono_ms / 1000, mono_ms / 1000)
        yield AwayEvent(
            eid=absence.eid if part.start == absence.start else new_eid(later),
            start=iso(part.start),
            end=iso(part.end),
            mono_ms=mono_ms,
            boot_id=absence.boot_id,
            tz_offset_min=absence.tz_offset_min,
            session=absence.session,
            cause=absence.cause,
            answer=answer,
        )
