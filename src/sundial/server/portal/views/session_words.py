"""One session as its page draws it: the line of its time, and the same in order."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from sundial.server.activity.types import Piece, SessionStory
from sundial.server.lib.acting import Acting
from sundial.server.tasks import queries as tasks
from sundial.server.ui.rules import clock_length, plain
from sundial.server.ui.types import Bar, Lane, Timeline

_HUES = {"pause": "pause", "break": "pause", "away": "away", "private": "private", "discard": "away"}


@dataclass(frozen=True)
class PieceRow:
    """One piece of a session, in words."""

    what: str
    label: str
    start: datetime
    end: datetime
    seconds: float


def piece_words() -> dict[str, str]:
    """What a piece may be."""
    return {
        "task": _("Task"),
        "pause": _("Pause"),
        "away": _("Away"),
        "private": _("Private"),
        "keep": _("Away, answered: I was working"),
        "meeting": _("Away, answered: a meeting"),
        "break": _("Away, answered: a break"),
        "discard": _("Away, answered: not work"),
    }


def told(acting: Acting, story: SessionStory, now: datetime) -> tuple[list[PieceRow], Timeline | None]:
    """The pieces in order, and as a line; no line for a session of no length."""
    titles = tasks.titles_of(acting, [one.task_id for one in story.pieces if one.task_id])
    said = piece_words()
    rows = [_row(one, said, titles) for one in story.pieces]
    session = story.session
    end = session.ended_at or max(session.last_at, session.started_at)
    if end <= session.started_at:
        return rows, None
    work = Bar(session.started_at, end, _("Work"), session.note, "work")
    over = [Bar(one.start, one.end, said[one.what], "", _HUES.get(one.what, "work")) for one in story.pieces]
    lanes = [Lane("work", _("Work"), clock_length(session.worked_ms / 1000), (work, *_of(story, over)))]
    named = tuple(
        Bar(one.start, one.end, titles.get(one.task_id or 0, _("A task")), "", "1")
        for one in story.pieces
        if one.task_id
    )
    if named:
        lanes.append(Lane("tasks", _("Tasks"), "", named))
    return rows, Timeline(session.started_at, end, tuple(lanes), now if session.is_open and now < end else None)


def _of(story: SessionStory, bars: list[Bar]) -> list[Bar]:
    return [bar for bar, one in zip(bars, story.pieces, strict=True) if one.what != "task"]


def _row(one: Piece, said: dict[str, str], titles: dict[int, str]) -> PieceRow:
    label = plain(titles.get(one.task_id or 0, ""), 120) if one.what == "task" else ""
    return PieceRow(said.get(one.what, one.what), label, one.start, one.end, (one.end - one.start).total_seconds())
