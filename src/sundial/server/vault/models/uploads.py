"""Uploads under way: they come in parts, and go on after a cut."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from sundial.server.vault.types import MEDIA_LIMIT, NAME_LIMIT


class Upload(models.Model):
    """A file, or a new version of one (`file`), that has not come in whole; its row goes when it has."""

    id = models.UUIDField(primary_key=True)
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey("vault.File", on_delete=models.PROTECT, null=True, related_name="+")
    folder = models.ForeignKey("vault.Folder", on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=NAME_LIMIT)
    owner = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    length = models.BigIntegerField()
    received = models.BigIntegerField(default=0)
    wrapped_key = models.BinaryField()
    company_key = models.IntegerField()  # the number of the company's key that it is wrapped under
    storage = models.UUIDField()
    rule_text = models.TextField(blank=True, default="")
    rule_language = models.SmallIntegerField(default=1)
    media_type = models.CharField(max_length=MEDIA_LIMIT, default="")  # known from its first bytes
    begun_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        """Looked for by person, and by when they are given up."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "storage"], name="vault_upload_storage_once"),
            models.CheckConstraint(
                condition=Q(received__gte=0) & Q(received__lte=F("length")), name="vault_upload_within_its_length"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "owner"], name="vault_upload_by_owner"),
            models.Index(fields=["expires_at"], name="vault_upload_by_end"),
        ]
