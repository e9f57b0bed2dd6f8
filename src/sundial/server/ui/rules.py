"""The arithmetic behind the parts: pure, so that pages and scripts can agree on it."""

from collections.abc import Mapping, Sequence

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
