"""Folders, files, and the versions of a file."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sundial.server.vault.types import FOLDED_LIMIT, MEDIA_LIMIT, NAME_LIMIT

_IN_USE = Q(binned_at__isnull=True)


class Folder(models.Model):
    """Where files lie; folders lie within one another. Their names are read by everybody in the company."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=NAME_LIMIT)
    folded = models.CharField(max_length=FOLDED_LIMIT)  # the name as it is compared
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    binned_at = models.DateTimeField(null=True)

    class Meta:
        """A name is there once among the folders that lie together."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "id"], name="vault_folder_in_company"),
            models.UniqueConstraint(
                fields=["company", "parent", "folded"], condition=_IN_USE, name="vault_folder_once"
            ),
            models.UniqueConstraint(
                fields=["company", "folded"], condition=_IN_USE & Q(parent=None), name="vault_folder_top_once"
            ),
        ]


class File(models.Model):
    """A file: what it is called, whose it is, which rule opens it, and which version of it is read.

    One that is erased keeps its row, without name and rule, for what the log says of it.
    """

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    folder = models.ForeignKey(Folder, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=NAME_LIMIT)
    folded = models.CharField(max_length=FOLDED_LIMIT)  # the name as it is compared
    owner = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")  # who uploaded it
    rule_text = models.TextField(blank=True, default="")  # empty: opens for nobody
    rule_language = models.SmallIntegerField(default=1)
    version = models.IntegerField(default=0)  # the number of the version that is read
    size = models.BigIntegerField(default=0)  # of the version that is read
    media_type = models.CharField(max_length=MEDIA_LIMIT, default="application/octet-stream")
    revision = models.IntegerField(default=1)  # rises at each change; a page that saves says which it has seen
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    binned_at = models.DateTimeField(null=True)
    binned_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    erased_at = models.DateTimeField(null=True)

    class Meta:
        """A name is there once among the files that lie together; listed folder by folder."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "id"], name="vault_file_in_company"),
            models.UniqueConstraint(fields=["company", "folder", "folded"], condition=_IN_USE, name="vault_file_once"),
            models.UniqueConstraint(
                fields=["company", "folded"], condition=_IN_USE & Q(folder=None), name="vault_file_top_once"
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(binned_at__isnull=False), name="vault_file_erased_is_binned"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "folded", "id"], condition=_IN_USE, name="vault_file_by_name"),
            models.Index(fields=["company", "owner"], name="vault_file_by_owner"),
        ]


class Version(models.Model):
    """One state of a file's content; its sealed bytes lie in the storage under `storage`."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    number = models.IntegerField()
    size = models.BigIntegerField()  # of what was uploaded
    media_type = models.CharField(max_length=MEDIA_LIMIT)
    chunks = models.IntegerField()
    storage = models.UUIDField()
    wrapped_key = models.BinaryField(null=True)  # none once it was erased
    company_key = models.IntegerField()  # the number of the company's key that it is wrapped under
    sha256 = models.BinaryField(max_length=32)  # of the sealed bytes
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        """Numbered within their file."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "id"], name="vault_version_in_company"),
            models.UniqueConstraint(fields=["company", "file", "number"], name="vault_version_once"),
            models.UniqueConstraint(fields=["company", "storage"], name="vault_version_storage_once"),
        ]
