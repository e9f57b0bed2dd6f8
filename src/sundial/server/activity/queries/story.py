"""What one session was made of: tasks, pauses, absences and what was answered to them."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from sundial.server.activity.queries.sessions import session
from sundial.server.activity.queries.told import Asked, told_of
from sundial.server.activity.queries.visible import company_of
from sundial.server.activity.rules.parts import Told
from sundial.server.activity.rules.ranges import at_ms, moment_of
from sundial.server.activity.types import Piece, SessionStory
from sundial.server.lib.acting import Acting
from sundial.server.lib.scope import acting_for


def session_story(acting: Acting, session_id: int, *, now: datetime) -> SessionStory:
    """One session that `acting` may see, and its pieces in order; raises NotFound."""
    found = session(acting, session_id, now=now)
    with acting_for(company_of(acting)), transaction.atomic():
        end = found.ended_at or max(found.last_at, found.started_at)
        (told,) = told_of([Asked(found.user_id, found.started_at, end)], now)
    low, high = at_ms(found.started_at), at_ms(end)
    pieces = [
        Piece(what, moment_of(max(start, low)), moment_of(min(upto, high)), task)
        for what, start, upto, task in _pieces(told)
        if max(start, low) < min(upto, high)
    ]
    return SessionStory(found, tuple(sorted(pieces, key=lambda one: (one.start, one.end))))


def _pieces(told: Told) -> Iterable[tuple[str, int, int, int | None]]:
    yield from (("task", start, end, task) for start, end, task in told.tasks)
    for what, ranges in (("pause", told.pauses), ("away", told.away), ("private", told.private)):
        yield from ((what, start, end, None) for start, end in ranges)
    yield from ((answer, start, end, None) for start, end, answer in told.answers)
