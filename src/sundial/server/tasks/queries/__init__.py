"""Reads of projects, tasks and comments."""

from sundial.server.tasks.queries.changes import last_change
from sundial.server.tasks.queries.projects import PROJECT_ORDERINGS, project, project_views, projects, task_ids_of
from sundial.server.tasks.queries.spent import spent_on, time_by_task, worked_on, worked_on_projects
from sundial.server.tasks.queries.tasks import (
    ORDERINGS,
    comments,
    deleted_task,
    history,
    open_tasks_of,
    own_comments,
    own_tasks,
    task,
    task_or,
    tasks,
    titles_of,
)
from sundial.server.tasks.queries.wishes import letter_to, wants_mail

__all__ = [
    "ORDERINGS",
    "PROJECT_ORDERINGS",
    "comments",
    "deleted_task",
    "history",
    "last_change",
    "letter_to",
    "open_tasks_of",
    "own_comments",
    "own_tasks",
    "project",
    "project_views",
    "projects",
    "spent_on",
    "task",
    "task_ids_of",
    "task_or",
    "tasks",
    "time_by_task",
    "titles_of",
    "wants_mail",
    "worked_on",
    "worked_on_projects",
]
