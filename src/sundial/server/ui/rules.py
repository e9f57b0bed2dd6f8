"""The arithmetic behind the parts: pure, so that pages and scripts can agree on it."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from sundial.server.ui.types import Segment

PROGRESS_STATES = ("applied", "applying", "waiting", "rejected", "offline")


def segments(counts: Mapping[str, int]) -> list[Segment]:
    """Lay the progress states side by side in their fixed order; unknown states count for nothing."""
    known = [(state, max(0, counts.get(state, 0))) for state in PROGRESS_STATES]
    total = sum(count for _, count in known)
    laid: list[Segment] = []
    x = 0.0
    for state, count in known:
        width = 100 * count / total if total else 0.0
        laid.append(Segment(state, count, round(x, 3), round(width, 3)))
        x += width
    return laid


def spark_points(values: Sequence[float], width: float, height: float) -> list[tuple[float, float]]:
    """Place values on a small zero-based line, oldest left; a flat line of zeros lies on the floor."""
    if not values:
        return []
    top = max(max(values), 0) or 1
    step = width / max(1, len(values) - 1)
    return [
        (round(index * step, 2), round(height - height * max(value, 0) / top, 2)) for index, value in enumerate(values)
    ]


def page_window(page: int, pages: int, reach: int = 1) -> list[int | None]:
    """Page numbers worth showing: first, last and the neighbours of the current; None is a gap."""
    wanted = sorted({1, pages, *range(page - reach, page + reach + 1)} & set(range(1, pages + 1)))
    shown: list[int | None] = []
    for number in wanted:
        previous = shown[-1] if shown else 0
        if previous is not None and number - previous == 2:
            shown.append(number - 1)
        elif previous is not None and number - previous > 2:
            shown.append(None)
        shown.append(number)
    return shown


def next_ordering(current: str, name: str) -> str:
    """What a click on a column head asks for: ascending first, then turned round."""
    return f"-{name}" if current == name else name


def sorted_as(current: str, name: str) -> str:
    """The value of `aria-sort` for a column."""
    if current == name:
        return "ascending"
    return "descending" if current == f"-{name}" else "none"


_SHORTEST_WINDOW = timedelta(hours=6)
_MOST_TICKS = 12
_TICK_STEPS = (1, 2, 3, 4, 6, 12)
_CONTROLS = {"Cc", "Cs"}
_TURNS_TEXT = {*"\u061c\u200e\u200f", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}


def share(moment: datetime, start: datetime, end: datetime) -> float:
    """How far along from `start` to `end` a moment lies, in per cent; what lies outside is at the edge."""
    at, low, high = (one.astimezone(UTC) for one in (moment, start, end))  # walls' clocks leap, lengths do not
    whole = (high - low).total_seconds()
    return round(100 * min(max((at - low).total_seconds() / whole, 0.0), 1.0), 4) if whole > 0 else 0.0


def window(moments: Iterable[datetime], day: tuple[datetime, datetime], zone: tzinfo) -> tuple[datetime, datetime]:
    """The whole hours around these moments, at least six of them where the day has room; without any, the day."""
    known = sorted(moments)
    dawn, dusk = (one.astimezone(UTC) for one in day)
    if not known:
        return dawn, dusk
    first = max(dawn, _hour(known[0], zone))
    last = min(dusk, _hour(known[-1] + timedelta(minutes=59, seconds=59), zone))
    missing = _SHORTEST_WINDOW - (last - first)
    if missing > timedelta(0):
        first = max(dawn, _hour(first - missing / 2, zone))
        last = min(dusk, first + _SHORTEST_WINDOW)
        first = max(dawn, last - _SHORTEST_WINDOW)
    return first, last


def _hour(moment: datetime, zone: tzinfo) -> datetime:
    """The full hour before a moment, on the walls of this zone."""
    return moment.astimezone(zone).replace(minute=0, second=0, microsecond=0).astimezone(UTC)


def ticks(start: datetime, end: datetime, zone: tzinfo) -> list[datetime]:
    """The hours to name under a timeline: every one, or every few where there is no room."""
    low, high = start.astimezone(UTC), end.astimezone(UTC)
    hours = max(1, round((high - low) / timedelta(hours=1)))
    step = next((one for one in _TICK_STEPS if hours / one <= _MOST_TICKS), _TICK_STEPS[-1])
    passed = (low + timedelta(hours=count) for count in range(hours + 1))
    return [moment for moment in passed if moment.astimezone(zone).hour % step == 0]


def clock_length(seconds: float) -> str:
    """A length as hours, minutes and seconds: `7:32:05`; whole seconds, cut rather than rounded."""
    whole = max(0, int(seconds))
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def percent(share: float) -> str:
    """A share as whole per cent, half up: `53 %`; a little is less than one, and nearly all is not all."""
    whole = int(share * 100 + 0.5)
    if share > 0 and whole == 0:
        return "<1 %"
    return ">99 %" if share < 1 and whole == 100 else f"{whole} %"


def plain(text: str, limit: int = 200) -> str:
    """Words that came from outside, safe to set anywhere: one line, no controls, no marks that turn the direction."""
    seen = (one for one in text[: limit * 2] if one not in _TURNS_TEXT)
    words = " ".join("".join(" " if unicodedata.category(one) in _CONTROLS else one for one in seen).split())
    return words if len(words) <= limit and len(text) <= limit * 2 else f"{words[: limit - 1].rstrip()}…"
