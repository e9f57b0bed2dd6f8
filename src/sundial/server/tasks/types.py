"""What others may know of projects, tasks and comments."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

TITLE_LIMIT, TEXT_LIMIT, NAME_LIMIT = 200, 5000, 80
HUES = 8
LONGEST_ESTIMATE = 60 * 24 * 365  # minutes
TOPIC = "tasks"  # the hint after which pages of a company's tasks ask again


class Status(StrEnum):
    """Where a task stands."""

    OPEN = "OPEN"
    IN_PROGRESS = "IN_PROGRESS"
    DONE = "DONE"


class Due(StrEnum):
    """Which tasks by the day they are due: days in the zone of whoever asks, weeks from Monday."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    NONE = "none"


class Whose(StrEnum):
    """Whose tasks; what is left out means all that one may see."""

    MINE = "mine"
    TEAM = "team"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tasks to list; every part left out means all. `today` is the date on the reader's wall."""

    today: date
    whose: str = ""
    status: str = ""
    due: str = ""
    person: int | None = None
    project: int | None = None
    search: str = ""


@dataclass(frozen=True, slots=True)
class ProjectView:
    """A project; `hue` is the number of its colour, 0 for none."""

    id: int
    name: str
    hue: int
    archived: bool
    made_by: str
    made_by_id: int
    created_at: datetime
    open: int = 0
    done: int = 0

    @property
    def all(self) -> int:
        """How many tasks it has."""
        return self.open + self.done


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task as people and programs read it."""

    id: int
    title: str
    description: str
    status: Status
    progress: int
    due_date: date | None
    estimate_minutes: int | None
    project_id: int | None
    project: str
    project_hue: int
    assigned_to_id: int | None
    assigned_to: str
    assigned_by: str
    created_by_id: int
    created_at: datetime
    completed_at: datetime | None
    deleted: bool = False

    def is_overdue(self, today: date) -> bool:
        """It should have been done before today."""
        return self.status is not Status.DONE and self.due_date is not None and self.due_date < today


@dataclass(frozen=True, slots=True)
class CommentView:
    """What somebody said about a task."""

    id: int
    author_id: int
    author: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of a task's history, from the audit log."""

    at: datetime
    action: str
    by: str
    details: dict[str, object]


@dataclass(frozen=True, slots=True)
class Spent:
    """How long one person worked on a task or project."""

    user_id: int
    name: str
    ms: int
