"""The tables of the log: a head for each company, its entries, and the personal values beside them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Head(models.Model):
    """Where a log ends: locked by whoever adds an entry, so that numbers are dense and the tree is one."""

    company_id = models.BigIntegerField(primary_key=True)
    size = models.BigIntegerField(default=0)
    frontier = models.BinaryField(default=bytes)


class Entry(models.Model):
    """One fact, never changed; company 0 is the platform. `details` is the very JSON text that was hashed."""

    pk = models.CompositePrimaryKey("company_id", "seq")
    company_id = models.BigIntegerField()
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    action = models.TextField()
    actor_kind = models.TextField()
    actor_id = models.BigIntegerField(null=True)
    actor_role = models.TextField()
    target_kind = models.TextField()
    target_id = models.BigIntegerField(null=True)
    details = models.TextField()
    about_commitment = models.BinaryField(max_length=32)
    actor_commitment = models.BinaryField(max_length=32)
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(seq__gte=1), name="audit_entry_from_one"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company_id", "action", "-seq"], name="audit_entry_action"),
            models.Index(fields=["company_id", "at"], name="audit_entry_at"),
            models.Index(fields=["company_id", "actor_id", "actor_kind", "-seq"], name="audit_entry_actor"),
            models.Index(fields=["company_id", "target_id", "target_kind", "-seq"], name="audit_entry_target"),
            models.Index(fields=["actor_id", "-at"], name="audit_entry_owner", condition=Q(actor_role="OWNER")),
        ]


class Personal(models.Model):
    """The personal values of an entry; each half may be erased (made NULL) and in no other way changed."""

    pk = models.CompositePrimaryKey("company_id", "seq")
    company_id = models.BigIntegerField()
    seq = models.BigIntegerField()
    actor = models.TextField(null=True)
    ip = models.TextField(null=True)
    actor_salt = models.BinaryField(max_length=16, null=True)
    description = models.TextField(null=True)
    target = models.TextField(null=True)
    more = models.TextField(null=True)
    about_salt = models.BinaryField(max_length=16, null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company_id", "actor", "-seq"], name="audit_personal_actor")]


class Archive(models.Model):
    """A part of a log that was written to a file: which entries, what the file is, and the tree's edge at its end."""

    pk = models.CompositePrimaryKey("company_id", "number")
    company_id = models.BigIntegerField()
    number = models.IntegerField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    made_at = models.DateTimeField()
    length = models.BigIntegerField()  # of the file, in bytes
    sha256 = models.BinaryField(max_length=32)
    frontier = models.BinaryField()
    recorded = models.BigIntegerField()  # the entry that says so


class ArchiveKey(models.Model):
    """What opens one person's values in one archive; erasing the person is deleting it. `halves` says of how many."""

    pk = models.CompositePrimaryKey("company_id", "archive", "kind", "subject")
    company_id = models.BigIntegerField()
    archive = models.IntegerField()
    kind = models.TextField()
    subject = models.BigIntegerField()
    halves = models.IntegerField()
    wrapped = models.BinaryField()

    class Meta:
        db_table = "audit_archive_key"
        indexes: ClassVar = [models.Index(fields=["company_id", "kind", "subject"], name="audit_archive_key_whose")]


class Removal(models.Model):
    """That an archive's entries were taken out of the table; only `audit_remove_archived` writes here."""

    pk = models.CompositePrimaryKey("company_id", "number")
    company_id = models.BigIntegerField()
    number = models.IntegerField()
    last = models.BigIntegerField()
    removed_at = models.DateTimeField()
    note = models.TextField()  # the checkpoint that covered the archive's entry


class Rule(models.Model):
    """After how many months a log's entries are archived; no row means never."""

    company_id = models.BigIntegerField(primary_key=True)
    months = models.SmallIntegerField()
