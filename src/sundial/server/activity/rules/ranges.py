"""Sets of time as stretches of whole milliseconds since 1970: in order, apart, and never empty."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

Range = tuple[int, int]
Ranges = tuple[Range, ...]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def at_ms(moment: datetime) -> int:
    """A moment as milliseconds since 1970, rounded down."""
    return (moment - _EPOCH) // _MS


def moment_of(milliseconds: int) -> datetime:
    """The moment so many milliseconds after 1970."""
    return _EPOCH + milliseconds * _MS


def union(parts: Iterable[Range]) -> Ranges:
    """All that lies in any of these."""
    found: list[Range] = []
    for start, end in sorted(part for part in parts if part[0] < part[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def within(these: Ranges, those: Ranges) -> Ranges:
    """What lies in both."""
    found, i, j = [], 0, 0
    while i < len(these) and j < len(those):
        low, high = max(these[i][0], those[j][0]), min(these[i][1], those[j][1])
        if low < high:
            found.append((low, high))
        if these[i][1] < those[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)


def minus(these: Ranges, those: Ranges) -> Ranges:
    """What lies in the first and not in the second."""
    found, j = [], 0
    for start, end in these:
        low = start
        while j < len(those) and those[j][1] <= low:
            j += 1
        k = j
        while k < len(those) and those[k][0] < end:
            if those[k][0] > low:
                found.append((low, those[k][0]))
            low = max(low, those[k][1])
            k += 1
        if low < end:
            found.append((low, end))
    return tuple(found)


def clip(these: Ranges, low: int, high: int) -> Ranges:
    """What lies between two moments."""
    if low >= high:
        return ()
    first = bisect_right(these, low, key=lambda one: one[1])
    past = bisect_left(these, high, key=lambda one: one[0])
    return tuple((max(start, low), min(end, high)) for start, end in these[first:past])


def length(these: Ranges) -> int:
    """Milliseconds altogether."""
    return sum(end - start for start, end in these)
