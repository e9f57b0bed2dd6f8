"""Projects, tasks, comments, and who wants to be written to about them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sundial.server.tasks.types import HUES, NAME_LIMIT, TITLE_LIMIT, Status

_DONE = str(Status.DONE)


class Project(models.Model):
    """A name for tasks that belong together; archived, it takes no new ones."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=NAME_LIMIT)
    hue = models.SmallIntegerField(default=0)  # the number of a colour; 0 is none
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        """Names are unique among the projects that are in use."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "id"], name="tasks_project_in_company"),
            models.UniqueConstraint(
                fields=["company", "name"], condition=Q(archived_at__isnull=True), name="tasks_project_once"
            ),
            models.CheckConstraint(condition=Q(hue__gte=0, hue__lte=HUES), name="tasks_project_hue_known"),
        ]


class Task(models.Model):
    """Something to do, given to one person or to nobody yet; a deleted one stays for whoever undoes it."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", null=True)
    title = models.CharField(max_length=TITLE_LIMIT)
    description = models.TextField(blank=True, default="")
    status = models.CharField(max_length=12, default=str(Status.OPEN))
    progress = models.SmallIntegerField(default=0)
    due_date = models.DateField(null=True)
    estimate_minutes = models.IntegerField(null=True)
    assigned_to = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", null=True)
    assigned_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", null=True)
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        """Listed by person, by project, and by the day they are due."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "id"], name="tasks_task_in_company"),
            models.CheckConstraint(condition=Q(progress__gte=0, progress__lte=100), name="tasks_progress_is_a_share"),
            models.CheckConstraint(condition=Q(status__in=[str(one) for one in Status]), name="tasks_status_known"),
            models.CheckConstraint(
                condition=Q(status=_DONE, completed_at__isnull=False)
                | (~Q(status=_DONE) & Q(completed_at__isnull=True)),
                name="tasks_done_has_its_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "assigned_to", "status"], name="tasks_task_by_person"),
            models.Index(fields=["company", "project", "status"], name="tasks_task_by_project"),
            models.Index(fields=["company", "due_date"], name="tasks_task_by_day"),
        ]


class Comment(models.Model):
    """What somebody said about a task."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        """Read task by task."""

        indexes: ClassVar = [models.Index(fields=["company", "task", "id"], name="tasks_comment_by_task")]


class MailWish(models.Model):
    """Whether somebody wants to be written to when a task is given to them; who said nothing does."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    wanted = models.BooleanField()

    class Meta:
        """One answer a person."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "user"], name="tasks_mail_wish_once")]
