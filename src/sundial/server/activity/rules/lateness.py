"""From when on somebody who comes is late, by the hours at which their company works."""

from collections.abc import Mapping
from datetime import time, timedelta

from sundial.server.companies.types import WEEKDAYS

GRACE = timedelta(minutes=5)
FREE = 2**31 - 1  # no day of work: nobody is late, and nobody is missing
_DAY_MS = 24 * 3600 * 1000


def late_after(working_hours: Mapping[str, object]) -> list[int]:
    """Milliseconds after midnight from Monday to Sunday; what cannot be read is a free day."""
    return [_limit(working_hours.get(name)) for name in WEEKDAYS]


def _limit(pair: object) -> int:
    """Past midnight nobody is late."""
    try:
        start, _end = (time.fromisoformat(str(one)) for one in pair) if isinstance(pair, list | tuple) else (None, None)
    except ValueError:
        return FREE
    if start is None:
        return FREE
    wall = timedelta(hours=start.hour, minutes=start.minute) + GRACE
    return min(wall // timedelta(milliseconds=1), _DAY_MS)
