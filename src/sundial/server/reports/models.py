"""Files that the worker prepares because they are large."""

from typing import ClassVar

from django.db import models


class Export(models.Model):
    """One file: what was asked, how far it has come, and the key that it lies under."""

    company_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    report = models.TextField()  # types.Report
    form = models.TextField()  # types.Form
    asked = models.JSONField()  # the address's query, its days spelled out
    title = models.TextField()
    state = models.TextField(default="waiting")  # types.ExportState
    lines = models.IntegerField()
    lines_done = models.IntegerField(default=0)
    size = models.BigIntegerField(default=0)
    wrapped_key = models.BinaryField(default=b"")
    problem = models.TextField(default="", blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        """Found by who asked."""

        db_table = "reports_export"
        indexes: ClassVar = [
            models.Index(fields=["company_id", "user_id", "-made_at"], name="reports_export_by_person")
        ]
