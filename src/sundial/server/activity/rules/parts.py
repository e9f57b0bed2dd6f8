"""What the time of a person came to, in one place: day sums, the day page, the board of now and reports ask here.

Worked is the time of sessions less pauses and less absences that were answered "break" or "discard", and approved
manual time where that leaves nothing. Of it, away is what was told as away and never answered, private what was
private, and active the rest. A break is a pause, or an absence answered so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from sundial.server.activity.rules.days import hours_of
from sundial.server.activity.rules.ranges import (
    Range,
    Ranges,
    at_ms,
    clip,
    length,
    minus,
    union,
    within,
)

NOT_WORKED = frozenset({"break", "discard"})
BREAK = "break"


@dataclass(frozen=True, slots=True)
class Told:
    """All that was told of a person: where in time, nothing more. Answers and tasks name what they are."""

    sessions: Sequence[Range] = ()
    pauses: Sequence[Range] = ()
    away: Sequence[Range] = ()
    private: Sequence[Range] = ()
    answers: Sequence[tuple[int, int, str]] = ()
    manual: Sequence[Range] = ()
    tasks: Sequence[tuple[int, int, int]] = ()  # within sessions
    manual_tasks: Sequence[tuple[int, int, int]] = ()


@dataclass(frozen=True, slots=True)
class Parts:
    """The same as sets of time. `tracked` is what is worked by sessions, `manual` what approved time adds to that."""

    worked: Ranges
    active: Ranges
    away: Ranges
    private: Ranges
    paused: Ranges
    rest: Ranges
    tracked: Ranges
    manual: Ranges

    def between(self, low: int, high: int) -> "Parts":
        """The part of all this that lies between two moments."""
        return Parts(*(clip(getattr(self, field.name), low, high) for field in fields(self)))


def parts_of(told: Told) -> Parts:
    """What was told, by these rules."""
    at_work, stopped = union(told.sessions), union(told.pauses)
    refused = union((start, end) for start, end, answer in told.answers if answer in NOT_WORKED)
    breaks = union((start, end) for start, end, answer in told.answers if answer == BREAK)
    answered = union((start, end) for start, end, _answer in told.answers)
    tracked = minus(minus(at_work, stopped), refused)
    manual = minus(union(told.manual), tracked)
    worked = union((*tracked, *manual))
    away = minus(within(union(told.away), tracked), answered)
    private = minus(within(union(told.private), tracked), away)
    return Parts(
        worked=worked,
        active=minus(minus(worked, away), private),
        away=away,
        private=private,
        paused=minus(within(stopped, at_work), manual),
        rest=minus(within(union((*stopped, *breaks)), at_work), manual),
        tracked=tracked,
        manual=manual,
    )


def tasks_between(told: Told, parts: Parts, low: int, high: int) -> dict[int, int]:
    """Milliseconds worked on each task between two moments, largest first; two at once (a slip) count each."""
    found: dict[int, int] = {}
    for named, counted in ((told.tasks, parts.tracked), (told.manual_tasks, parts.manual)):
        counted = clip(counted, low, high)
        for task in {task for _start, _end, task in named}:
            of_task = union((start, end) for start, end, one in named if one == task)
            found[task] = found.get(task, 0) + length(within(of_task, counted))
    return {task: ms for task, ms in found.items() if ms}


def spells(starts: Iterable[tuple[datetime, str, int | None]], start: int, end: int) -> list[tuple[int, int, int]]:
    """From when to when a session was for which task: each start, and each going on, names it anew."""
    told = [(at_ms(at), task) for at, state, task in starts if state in {"started", "resumed"}]
    told.sort(key=lambda one: (one[0], one[1] or 0))
    ends = [*(at for at, _task in told[1:]), end]
    cut = ((max(at, start), min(upto, end), task) for (at, task), upto in zip(told, ends, strict=False))
    return [(low, high, task) for low, high, task in cut if task is not None and low < high]


def by_hour(parts: Parts, day: date, zone: str) -> dict[int, tuple[int, int]]:
    """Milliseconds worked, and active, in each hour of a day in which there are any."""
    found: dict[int, tuple[int, int]] = {}
    for low, high, hour in hours_of(day, zone):
        worked = length(clip(parts.worked, low, high))
        if worked:
            before = found.get(hour, (0, 0))
            found[hour] = (before[0] + worked, before[1] + length(clip(parts.active, low, high)))
    return found
