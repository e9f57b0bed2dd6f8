"""Answers kept for a day, so that a POST repeated under the same key is done once; how the platform did, by minute."""

from typing import ClassVar

from django.db import models


class KeptAnswer(models.Model):
    """What a POST with an `Idempotency-Key` was answered; the body is sealed, since it may hold a secret."""

    company_id = models.BigIntegerField()  # 0: an OWNER's
    user_id = models.BigIntegerField()
    key = models.TextField()
    fingerprint = models.BinaryField(max_length=32)  # of the request: method, address and body
    status = models.IntegerField(default=0)  # 0 only while the request runs, seen by nobody else
    body = models.BinaryField(default=b"")
    made_at = models.DateTimeField()

    class Meta:
        """A key is a person's own, in one company."""

        db_table = "portal_kept_answer"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "user_id", "key"], name="portal_kept_answer_once")
        ]


class Minute(models.Model):
    """How the whole platform did in one minute: numbers of nobody, kept for two days. Null: nobody looked."""

    at = models.DateTimeField(primary_key=True)
    requests = models.BigIntegerField(default=0)
    errors = models.BigIntegerField(default=0)  # answers 500 and above
    facts = models.BigIntegerField(default=0)  # that agents reported and that were kept
    facts_waiting = models.IntegerField(default=0)  # batches, the most that waited at once
    agents = models.IntegerField(null=True)  # that hold a stream open
    jobs_waiting = models.IntegerField(null=True)
    jobs_failed = models.IntegerField(null=True)  # that were given up and still stand in the list
    database_ms = models.FloatField(null=True)  # until a question that reads one row was answered
    database_bytes = models.BigIntegerField(null=True)
    storage_bytes = models.BigIntegerField(null=True)  # of the disk that files lie on: taken
    storage_free = models.FloatField(null=True)  # of that disk, from 0 to 1

    class Meta:
        """No company: it is the platform's."""

        db_table = "portal_minute"
