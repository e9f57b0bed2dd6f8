"""Answers kept for a day, so that a POST repeated under the same key is done once."""

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
