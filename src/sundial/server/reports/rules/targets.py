"""What people are expected to work: by the weekdays on which their company works, and how long its day is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Hours:
    """From when to when a company works on each weekday (Monday is 0); without any, nothing is expected of anybody."""

    by_weekday: dict[int, tuple[time, time]]
    day_seconds: int

    @property
    def known(self) -> bool:
        """Whether the company has said when it works."""
        return bool(self.by_weekday)


def hours_from(told: Mapping[str, object], day_minutes: int) -> Hours:
    """The hours as the company's settings keep them; what cannot be read is a free day."""
    found = {}
    for weekday, name in enumerate(WEEKDAYS):
        pair = told.get(name)
        times = [_clock(text) for text in pair] if isinstance(pair, list | tuple) and len(pair) == 2 else [None, None]
        if times[0] is not None and times[1] is not None:
            found[weekday] = (times[0], times[1])
    return Hours(found, day_minutes * 60)


def working_days(hours: Hours, days: Iterable[date]) -> list[date]:
    """Those of the days on which the company works; holidays are not known."""
    return [day for day in days if day.weekday() in hours.by_weekday]


def _clock(text: object) -> time | None:
    try:
        return time.fromisoformat(str(text))
    except ValueError:
        return None
