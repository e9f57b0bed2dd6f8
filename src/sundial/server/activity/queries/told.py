"""What was told of people in some time, as `rules.parts` wants it: a constant number of queries for any number of them.

Of the spans only those of being away and private are read, by an index of their own.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from sundial.server.activity import rules
from sundial.server.activity.models import Mark
from sundial.server.activity.rules.parts import Told, spells
from sundial.server.activity.rules.ranges import Range, at_ms
from sundial.server.activity.types import NO_SESSION, SpanKind

LONGEST_SPAN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """One person between two moments."""

    user_id: int
    low: datetime
    high: datetime


@dataclass(slots=True)
class _Found:
    sessions: dict[UUID, Range] = field(default_factory=dict)
    pauses: list[Range] = field(default_factory=list)
    away: list[Range] = field(default_factory=list)
    private: list[Range] = field(default_factory=list)
    answers: list[tuple[int, int, str]] = field(default_factory=list)
    manual: list[Range] = field(default_factory=list)
    tasks: list[tuple[int, int, int]] = field(default_factory=list)
    manual_tasks: list[tuple[int, int, int]] = field(default_factory=list)


# What is asked, numbered from 0; the lists are the statement's parameters.
ASKED = """unnest(%(users)s::bigint[], %(lows)s::timestamptz[], %(highs)s::timestamptz[])
    WITH ORDINALITY AS asked(person, low, high, n)"""
TOUCHING = f"""
    {ASKED} CROSS JOIN LATERAL (
        SELECT * FROM activity_worksession
        WHERE user_id = person AND ended_at > low AND started_at < high AND ended_by <> 'deleted'
        UNION ALL
        SELECT * FROM activity_worksession
        WHERE user_id = person AND ended_at IS NULL AND started_at < high
    ) w
"""
_SESSIONS = f"SELECT n - 1, uuid, started_at, ended_at, last_at, counts_until FROM {TOUCHING}"
_ABSENCES = f"""
    SELECT n - 1, s.session, s.kind, s.answer, s.started, s.ended
    FROM {ASKED} JOIN activity_span s ON s.user_id = person AND s.kind IN (3, 4) AND s.started < high AND s.ended > low
      AND s.started >= low - interval '24 hours'
    WHERE s.session <> %(nothing)s
"""
_MANUAL = f"""
    SELECT n - 1, m.started_at, m.ended_at, m.task_id
    FROM {ASKED} JOIN activity_manualtime m
      ON m.user_id = person AND m.state = 'APPROVED' AND m.started_at < high AND m.ended_at > low
"""


def told_of(asked: Sequence[Asked], now: datetime | None) -> list[Told]:
    """What was told of each of these, in their order; in a company's scope.

    With `now` a session that goes on counts as pages say it: to now, if its agent is in reach. Else to its last fact.
    """
    found = [_Found() for _one in asked]
    _sessions(found, asked, now)
    for n, session, kind, answer, started, ended in rows(_ABSENCES, asked):
        whole = found[n].sessions.get(session)
        part = _clipped(started, ended, whole) if whole else None
        if part is None:
            continue
        if answer:
            found[n].answers.append((*part, answer))
        elif kind == SpanKind.AWAY:
            found[n].away.append(part)
        else:
            found[n].private.append(part)
    for n, started, ended, task in rows(_MANUAL, asked):
        part = at_ms(started), at_ms(ended)
        found[n].manual.append(part)
        if task is not None:
            found[n].manual_tasks.append((*part, task))
    return [_told(one) for one in found]


def sessions_touching(asked: Sequence[Asked]) -> list[int]:
    """The sessions of these people that touch these times; in a company's scope."""
    return [session_id for (session_id,) in rows(f"SELECT DISTINCT id FROM {TOUCHING}", asked)]


def rows(statement: str, asked: Sequence[Asked]) -> list[tuple[Any, ...]]:
    """What this statement finds of those who are asked about."""
    values: dict[str, Any] = {
        "users": [one.user_id for one in asked],
        "lows": [one.low for one in asked],
        "highs": [one.high for one in asked],
        "nothing": NO_SESSION,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _sessions(found: list[_Found], asked: Sequence[Asked], now: datetime | None) -> None:
    """Each session with its pauses and its tasks."""
    sessions = rows(_SESSIONS, asked)
    marks: dict[UUID, list[tuple[datetime, str, int | None]]] = defaultdict(list)
    told = Mark.objects.filter(session__in={row[1] for row in sessions}, kind="session")
    for session, at, state, task in told.values_list("session", "at", "state", "task_id"):
        marks[session].append((at, state, task))
    for n, session, started, ended, last, until in sessions:
        end = rules.counted_end(started, ended, last, until, now)
        low, high = at_ms(started), at_ms(end)
        found[n].sessions[session] = (low, high)
        rests = rules.pauses(session, ((at, state) for at, state, _task in marks[session]), started, end)
        found[n].pauses += [(at_ms(rest.start), at_ms(rest.end)) for rest in rests]
        found[n].tasks += spells(marks[session], low, high)


def _clipped(started: datetime, ended: datetime, whole: Range) -> Range | None:
    low, high = max(at_ms(started), whole[0]), min(at_ms(ended), whole[1])
    return (low, high) if low < high else None


def _told(found: _Found) -> Told:
    return Told(
        sessions=[*found.sessions.values()],
        pauses=found.pauses,
        away=found.away,
        private=found.private,
        answers=found.answers,
        manual=found.manual,
        tasks=found.tasks,
        manual_tasks=found.manual_tasks,
    )
