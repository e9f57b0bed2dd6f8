"""How time is counted, without a database: days, clipping, pauses, and what a timeline shows as one piece."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sundial.protocol import spans
from sundial.server.activity.rules.days import day_bounds as day_bounds
from sundial.server.activity.rules.days import local_day as local_day
from sundial.server.activity.rules.keeping import kept_days as kept_days
from sundial.server.activity.rules.keeping import kept_from as kept_from
from sundial.server.activity.rules.lateness import FREE as FREE
from sundial.server.activity.rules.lateness import late_after as late_after
from sundial.server.activity.rules.months import Whole as Whole
from sundial.server.activity.rules.months import month_after as month_after
from sundial.server.activity.rules.months import month_of as month_of
from sundial.server.activity.rules.months import months_of as months_of
from sundial.server.activity.rules.months import whole_months as whole_months
from sundial.server.activity.types import BUCKET_MINUTES, Pause, Stretch, Total

BUCKET = timedelta(minutes=BUCKET_MINUTES)
OPEN_COUNTS_FOR = timedelta(minutes=5)  # past the last fact of a session that goes on: then its agent is out of reach
SAME_AGAIN = timedelta(seconds=2)  # a gap that the timeline passes over
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def ms(length: timedelta) -> int:
    """Whole milliseconds."""
    return length // _MS


def bucket_of(moment: datetime) -> datetime:
    """The quarter of an hour, in UTC, in which a moment lies."""
    return spans.border_before(moment, BUCKET)


def pieces(start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """A stretch cut at the borders of quarters of an hour."""
    return [(one.start, one.end) for one in spans.cut_at_borders([spans.Span(start, end, None)], BUCKET)]


def clipped(start: datetime, end: datetime, low: datetime, high: datetime | None) -> tuple[datetime, datetime] | None:
    """The part of a stretch between two borders, if there is one."""
    start, end = max(start, low), end if high is None else min(end, high)
    return (start, end) if start < end else None


def counted_end(
    started_at: datetime,
    ended_at: datetime | None,
    last_at: datetime,
    counts_until: datetime | None,
    now: datetime | None,
) -> datetime:
    """Up to when a session counts: one that goes on, little further than it was heard of; without `now` not at all."""
    end = ended_at if ended_at is not None else last_at if now is None else min(now, last_at + OPEN_COUNTS_FOR)
    return max(started_at, end if counts_until is None else min(end, counts_until))


def pauses(session: UUID, marks: Iterable[tuple[datetime, str]], start: datetime, end: datetime) -> list[Pause]:
    """The pauses that its marks tell of while a session counts; one that was not ended goes on to the session's end."""
    found, since = [], None
    for at, state in sorted(marks):
        if state == "paused" and since is None:
            since = at
        elif state in {"resumed", "started", "stopped"} and since is not None:
            found.append((since, at))
            since = None
    if since is not None:
        found.append((since, end))
    cut = ((max(low, start), min(high, end)) for low, high in found)
    return [Pause(session, low, high) for low, high in cut if low < high]


def joined(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Neighbours of the same kind, session, name and title as one, for a timeline; sums are made before this."""
    kinds = defaultdict(list)
    for one in stretches:
        kinds[one.kind].append(spans.Span(one.start, one.end, replace(one, start=EPOCH, end=EPOCH, ms=0)))
    found = [one for each in kinds.values() for one in spans.merge(each, SAME_AGAIN)]
    made = [replace(one.what, start=one.start, end=one.end, ms=ms(one.length)) for one in found]
    return sorted(made, key=lambda one: (one.start, one.kind))


def totals(sums: Iterable[Total]) -> tuple[Total, ...]:
    """Largest first, each with its share of them all."""
    found = sorted(sums, key=lambda one: (-one.ms, one.name))
    whole = sum(one.ms for one in found) or 1
    return tuple(replace(one, share=one.ms / whole) for one in found)


def in_turn(lengths: Sequence[int], until: datetime) -> list[tuple[datetime, datetime]]:
    """Lengths in seconds laid end to end, the last ending at `until`."""
    start = until - timedelta(seconds=sum(lengths))
    found = []
    for seconds in lengths:
        end = start + timedelta(seconds=seconds)
        found.append((start, end))
        start = end
    return found
