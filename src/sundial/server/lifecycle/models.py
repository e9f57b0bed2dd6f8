"""What is kept about the ends of trials, exports of whole companies, and closing."""

from typing import ClassVar

from django.db import models


class TrialWarning(models.Model):
    """The administrators of a company were written to so many days before their trial's end."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    ends_at = models.DateTimeField()
    days = models.SmallIntegerField()
    sent_at = models.DateTimeField()

    class Meta:
        """Once for each end."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "ends_at", "days"], name="lifecycle_trialwarning_once")
        ]


class CompanyExport(models.Model):
    """Everything a company has, as one sealed file in the exports directory; only its administrators can fetch it."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8)  # types.ExportState
    asked_at = models.DateTimeField()
    asked_by_owner = models.BooleanField()
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    bytes = models.BigIntegerField(default=0)
    wrapped = models.BinaryField(null=True)  # the key of the file, sealed; empty once it is gone
    made_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        """One at a time is made."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company"],
                condition=models.Q(state__in=["ASKED", "MAKING"]),
                name="lifecycle_export_one_making",
            )
        ]


class Closing(models.Model):
    """A company was closed; its data goes at `delete_at`, unless it is opened again before."""

    company = models.OneToOneField("companies.Company", on_delete=models.PROTECT, related_name="+", primary_key=True)
    closed_at = models.DateTimeField()
    delete_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
