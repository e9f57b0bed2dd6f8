"""Status and progress go together, whatever is asked in whatever order; days fall where people expect them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundial.server.tasks import rules
from sundial.server.tasks.types import Due, Status

MOVES = st.lists(st.one_of(st.sampled_from(list(Status)), st.integers(0, 100)), max_size=12)


@given(MOVES)
def test_done_is_whole_and_whole_is_done_after_any_moves(moves: list[Status | int]) -> None:
    status, progress = Status.OPEN, 0
    for move in moves:
        if isinstance(move, Status):
            status, progress = move, rules.progress_of(move, progress)
        else:
            status, progress = rules.status_of(move, status), move
        assert (status is Status.DONE) == (progress == 100)
        assert 0 <= progress <= 100


@pytest.mark.parametrize(
    ("progress", "before", "after"),
    [
        (0, Status.OPEN, Status.OPEN),
        (0, Status.IN_PROGRESS, Status.IN_PROGRESS),
        (0, Status.DONE, Status.OPEN),
        (1, Status.OPEN, Status.IN_PROGRESS),
        (99, Status.DONE, Status.IN_PROGRESS),
        (100, Status.OPEN, Status.DONE),
    ],
)
def test_progress_says_where_a_task_stands(progress: int, before: Status, after: Status) -> None:
    assert rules.status_of(progress, before) is after


@given(st.dates(date(2000, 1, 10), date(8000, 1, 1)))
def test_a_week_is_from_monday_to_sunday_and_has_today_in_it(today: date) -> None:
    monday, sunday = rules.days_due(Due.WEEK, today)
    assert monday is not None
    assert sunday is not None
    assert (monday.isoweekday(), sunday - monday) == (1, timedelta(days=6))
    assert monday <= today <= sunday
    assert rules.days_due(Due.TODAY, today) == (today, today)
    assert rules.days_due(Due.OVERDUE, today) == (None, today - timedelta(days=1))
    assert rules.days_due("whenever", today) == (None, None)


@pytest.mark.parametrize(
    ("text", "status"), [("done", Status.DONE), (" OPEN ", Status.OPEN), ("LATER", None), ("", None)]
)
def test_a_status_is_known_by_its_word(text: str, status: Status | None) -> None:
    assert rules.status_from(text) is status
