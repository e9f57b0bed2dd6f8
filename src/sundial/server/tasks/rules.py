"""How a task's status and progress go together, and who may do what to it; without a database."""

from datetime import date, timedelta

from sundial.server.lib.acting import Role
from sundial.server.tasks.types import Due, Status

RUNS = frozenset({Role.ADMIN, Role.MANAGER})
INSIDE = frozenset({Role.ADMIN, Role.MANAGER, Role.EMPLOYEE})


def status_from(text: str) -> Status | None:
    """The status that is meant, or None."""
    return next((one for one in Status if one == text.strip().upper()), None)


def progress_of(status: Status, progress: int) -> int:
    """The progress of a task that is moved to this status: what is done is whole, what is opened again begins anew."""
    if status is Status.DONE:
        return 100
    return 0 if progress >= 100 else progress


def status_of(progress: int, status: Status) -> Status:
    """The status of a task whose progress is set to this."""
    if progress >= 100:
        return Status.DONE
    if progress > 0:
        return Status.IN_PROGRESS
    return Status.OPEN if status is Status.DONE else status


def days_due(due: str, today: date) -> tuple[date | None, date | None]:
    """From which day up to which, both included, tasks of this kind are due; None is no bound."""
    if due == Due.OVERDUE:
        return None, today - timedelta(days=1)
    if due == Due.TODAY:
        return today, today
    if due == Due.WEEK:
        monday = today - timedelta(days=today.weekday())
        return monday, monday + timedelta(days=6)
    return None, None
