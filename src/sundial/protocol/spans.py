"""Spans of sameness: how they are cut, merged, clipped and summed; the agent records and the server counts by this.

A span is half open: its end belongs to the next one, so spans that touch do not overlap. All instants are aware.
"""

import itertools
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

What = TypeVar("What", bound=Hashable)

QUARTER = timedelta(minutes=15)
NO_TIME = timedelta(0)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Span(Generic[What]):
    """From start to end it was `what`, all the time."""

    start: datetime
    end: datetime
    what: What

    @property
    def length(self) -> timedelta:
        """Never negative: a span that ends before it starts lasts no time."""
        return max(self.end - self.start, NO_TIME)


def overlaps(one: Span[What], other: Span[What]) -> bool:
    """Whether they share any time; touching is not sharing."""
    return max(one.start, other.start) < min(one.end, other.end)


def border_before(instant: datetime, every: timedelta = QUARTER) -> datetime:
    """The last border at or before that instant, counted in UTC."""
    return _EPOCH + (instant - _EPOCH) // every * every


def borders(span: Span[What], every: timedelta = QUARTER) -> list[datetime]:
    """The borders strictly inside a span."""
    first = border_before(span.start, every) + every
    count = max(0, -((first - span.end) // every))
    return [first + every * n for n in range(count)]


def cut(span: Span[What], instants: Iterable[datetime]) -> list[Span[What]]:
    """Its parts between those of the instants that lie inside it, in order; they touch and lose nothing."""
    inside = sorted({at for at in instants if span.start < at < span.end})
    edges = [span.start, *inside, span.end]
    return [replace(span, start=start, end=end) for start, end in itertools.pairwise(edges)]


def cut_all(spans: Iterable[Span[What]], instants: Iterable[datetime]) -> list[Span[What]]:
    """Each of them cut at those instants."""
    wanted = list(instants)
    return [part for span in spans for part in cut(span, wanted)]


def cut_at_borders(spans: Iterable[Span[What]], every: timedelta = QUARTER) -> list[Span[What]]:
    """None of the parts reaches across a border: each belongs to one bucket of the sums."""
    return [part for span in spans for part in cut(span, borders(span, every))]


def clip(spans: Iterable[Span[What]], start: datetime, end: datetime) -> list[Span[What]]:
    """What of them lies inside a window; what lies outside is gone."""
    clipped = (replace(span, start=max(span.start, start), end=min(span.end, end)) for span in spans)
    return [span for span in clipped if span.start < span.end]


def merge(spans: Iterable[Span[What]], gap: timedelta = NO_TIME) -> list[Span[What]]:
    """Neighbours that are the same become one where at most `gap` lies between; sorted by start.

    Only the span that comes directly next is a neighbour: what lies between two others keeps them apart.
    """
    merged: list[Span[What]] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        last = merged[-1] if merged else None
        if last and last.what == span.what and span.start - last.end <= gap:
            merged[-1] = replace(last, end=max(last.end, span.end))
        else:
            merged.append(span)
    return merged


def total(spans: Iterable[Span[What]]) -> timedelta:
    """Their lengths added; time that two of them share counts twice."""
    return sum((span.length for span in spans), NO_TIME)


def totals(spans: Iterable[Span[What]]) -> dict[What, timedelta]:
    """Lengths by what it was, longest first."""
    sums: dict[What, timedelta] = {}
    for span in spans:
        sums[span.what] = sums.get(span.what, NO_TIME) + span.length
    return dict(sorted(sums.items(), key=lambda item: item[1], reverse=True))


def covered(spans: Sequence[Span[What]]) -> timedelta:
    """How much time lies under any of them; time that two of them share counts once."""
    return total(merge(Span(span.start, span.end, None) for span in spans if span.length))
