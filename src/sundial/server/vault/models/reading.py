"""Links that show a file to others in the company, and attempts that were refused."""

from typing import ClassVar

from django.db import models


class Share(models.Model):
    """A link to a file that ends; it still opens by the file's rule alone. Only its digest is kept."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey("vault.File", on_delete=models.PROTECT, related_name="+")
    digest = models.BinaryField(max_length=32)
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    opened = models.IntegerField(default=0)

    class Meta:
        """Found by its digest; listed by file."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "digest"], name="vault_share_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["company", "file"], name="vault_share_by_file")]


class Denial(models.Model):
    """An attempt to read a file that its rule refused, for the file's owner to see."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey("vault.File", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField()
    door = models.CharField(max_length=8)  # types.Door

    class Meta:
        """Read file by file, newest first."""

        indexes: ClassVar = [models.Index(fields=["company", "file", "-id"], name="vault_denial_by_file")]
