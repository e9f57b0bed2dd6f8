"""The addresses of the tasks' pages and agent doors; each is listed in tests/architecture/routes.py."""

from django.urls import path

from sundial.server.tasks import api

urlpatterns = [
    path("agent/v1/tasks", api.tasks, name="agent-tasks"),
    path("agent/v1/tasks/<id:task_id>", api.change, name="agent-task"),
]
