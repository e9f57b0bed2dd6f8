"""Writes of projects, tasks and comments."""

from sundial.server.tasks.actions.making import FIELDS, create_task, edit_task
from sundial.server.tasks.actions.moving import set_own_status, set_progress, set_status, set_status_from_device
from sundial.server.tasks.actions.projects import archive_project, edit_project, make_project
from sundial.server.tasks.actions.removing import delete_task, restore_task
from sundial.server.tasks.actions.saying import comment
from sundial.server.tasks.actions.several import change_several
from sundial.server.tasks.actions.wishes import wish_mail

__all__ = [
    "FIELDS",
    "archive_project",
    "change_several",
    "comment",
    "create_task",
    "delete_task",
    "edit_project",
    "edit_task",
    "make_project",
    "restore_task",
    "set_own_status",
    "set_progress",
    "set_status",
    "set_status_from_device",
    "wish_mail",
]
