"""Time that nobody recorded."""

from typing import ClassVar

from django.db import models


class ManualTime(models.Model):
    """Time that a person says they worked; it counts once it is approved, where nothing that was recorded does."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    reason = models.TextField()
    kind = models.TextField()  # types.ManualKind
    task_id = models.BigIntegerField(null=True)
    state = models.TextField()  # types.ManualState
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    decided_by_name = models.TextField(default="", blank=True)
    decided_at = models.DateTimeField(null=True)
    answer = models.TextField(default="", blank=True)

    class Meta:
        """Found by person and time, and by what waits for a decision."""

        db_table = "activity_manualtime"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(started_at__lt=models.F("ended_at")), name="activity_manualtime_forwards"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "user", "started_at"], name="activity_manualtime_by_person"),
            models.Index(fields=["company", "state", "asked_at"], name="activity_manualtime_by_state"),
        ]
