"""The addresses of the tasks' pages and agent doors; each is listed in tests/architecture/routes.py."""

from django.urls import path

from sundial.server.tasks import api
from sundial.server.tasks.views import listing, projects, task

urlpatterns = [
    path("tasks/", listing.tasks, name="tasks"),
    path("tasks/new/", task.new, name="task-new"),
    path("tasks/several/", listing.several, name="tasks-several"),
    path("tasks/mail/", listing.mail, name="tasks-mail"),
    path("tasks/<id:task_id>/", task.task, name="task"),
    path("tasks/<id:task_id>/edit/", task.edit, name="task-edit"),
    path("tasks/<id:task_id>/move/", task.move, name="task-move"),
    path("tasks/<id:task_id>/comment/", task.comment, name="task-comment"),
    path("tasks/<id:task_id>/delete/", task.delete, name="task-delete"),
    path("tasks/<id:task_id>/restore/", task.restore, name="task-restore"),
    path("projects/", projects.projects, name="projects"),
    path("projects/new/", projects.new, name="project-new"),
    path("projects/<id:project_id>/", projects.project, name="project"),
    path("projects/<id:project_id>/edit/", projects.edit, name="project-edit"),
    path("projects/<id:project_id>/archive/", projects.archive, name="project-archive"),
    path("agent/v1/tasks", api.tasks, name="agent-tasks"),
    path("agent/v1/tasks/<id:task_id>", api.change, name="agent-task"),
]
