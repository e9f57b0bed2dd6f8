"""Parts of a whole, rounded so that what is shown adds up."""

from collections.abc import Sequence


def apportioned(parts: Sequence[int], units: int = 1000) -> list[int]:
    """Whole units for each part that together are all of them: what is left goes to the largest remainders.

    Without any parts above zero nothing is given out.
    """
    whole = sum(parts)
    if whole <= 0:
        return [0] * len(parts)
    given = [part * units // whole for part in parts]
    by_rest = sorted(range(len(parts)), key=lambda at: (-(parts[at] * units % whole), -parts[at], at))
    for at in by_rest[: units - sum(given)]:
        given[at] += 1
    return given


def part_of(part: int, whole: int) -> float | None:
    """A share of a whole; None where there is no whole to be a part of."""
    return part / whole if whole > 0 else None
