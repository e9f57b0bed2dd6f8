"""The tasks app."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    """Projects, tasks and their comments."""

    name = "sundial.server.tasks"
    label = "tasks"
