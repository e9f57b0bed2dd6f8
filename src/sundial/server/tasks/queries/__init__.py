"""Reads of projects, tasks and comments."""

from sundial.server.tasks.queries.changes import last_change
from sundial.server.tasks.queries.projects import PROJECT_ORDERINGS, project, project_views, projects, task_ids_of
from sundial.server.tasks.queries.tasks import (
    ORDERINGS,
    comments,
    history,
    open_tasks_of,
    own_tasks,
    task,
    task_or,
    tasks,
)
from sundial.server.tasks.queries.wishes import letter_to, wants_mail

__all__ = [
    "ORDERINGS",
    "PROJECT_ORDERINGS",
    "comments",
    "history",
    "last_change",
    "letter_to",
    "open_tasks_of",
    "own_tasks",
    "project",
    "project_views",
    "projects",
    "task",
    "task_ids_of",
    "task_or",
    "tasks",
    "wants_mail",
]
