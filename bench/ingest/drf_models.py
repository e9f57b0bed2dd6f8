"""The peer's tables and serializers: everything that our own tables keep of a span, checked field by field.

Django has to be configured before this is imported.
"""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import models
from rest_framework import serializers

KINDS = ("session", "app", "website", "away", "private", "input", "ack")
TENANT = "company_id = nullif(current_setting('app.company', true), '')::bigint"


class Employee(models.Model):
    """Whose company somebody is of."""

    user = models.OneToOneField(User, on_delete=models.CASCADE)
    company_id = models.BigIntegerField()

    class Meta:
        app_label = "bench"


class Fact(models.Model):
    """A span."""

    eid = models.UUIDField(primary_key=True)
    company_id = models.BigIntegerField()
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    session = models.UUIDField()
    kind = models.CharField(max_length=20, choices=[(kind, kind) for kind in KINDS])
    app = models.CharField(max_length=1000, blank=True)
    title = models.CharField(max_length=1000, blank=True)
    exe = models.CharField(max_length=1000, blank=True)
    browser = models.CharField(max_length=128, blank=True)
    answer = models.CharField(max_length=20, blank=True)
    keys = models.PositiveIntegerField(default=0)
    clicks = models.PositiveIntegerField(default=0)
    scrolls = models.PositiveIntegerField(default=0)
    moved_s = models.PositiveIntegerField(default=0)
    start = models.DateTimeField()
    end = models.DateTimeField()
    mono_ms = models.PositiveBigIntegerField()
    boot_id = models.CharField(max_length=128)
    tz_offset_min = models.SmallIntegerField()

    class Meta:
        app_label = "bench"
        indexes = (models.Index(fields=["company_id", "user", "start"], name="fact_by_person"),)


class Usage(models.Model):
    """The sum of a person's quarter of an hour with one program."""

    company_id = models.BigIntegerField()
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    bucket = models.DateTimeField()
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    ms = models.BigIntegerField(default=0)
    keys = models.BigIntegerField(default=0)
    clicks = models.BigIntegerField(default=0)
    scrolls = models.BigIntegerField(default=0)
    moved_s = models.BigIntegerField(default=0)
    spans = models.IntegerField(default=0)

    class Meta:
        app_label = "bench"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "user", "bucket", "kind", "name"], name="usage_once"),
        )


class WorkSession(models.Model):
    """A session, and until when something is known of it."""

    uuid = models.UUIDField(primary_key=True)
    company_id = models.BigIntegerField()
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    started_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        app_label = "bench"


class FactSerializer(serializers.ModelSerializer[Fact]):
    """What is taken of a span."""

    eid = serializers.UUIDField()  # whether it is there already is no matter of form

    class Meta:
        model = Fact
        exclude = ("user", "company_id")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A span ends after it starts, within a day."""
        if not timedelta() <= attrs["end"] - attrs["start"] <= timedelta(hours=24):
            raise serializers.ValidationError("not a span of at most 24 hours")
        return attrs


class BatchSerializer(serializers.Serializer[Any]):
    """What is taken of a batch."""

    batch = serializers.UUIDField()
    seq = serializers.IntegerField(min_value=0)
    events = FactSerializer(many=True, allow_empty=False, max_length=500)
