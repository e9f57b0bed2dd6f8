"""The tables of alerts; company 0 is the platform."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sundial.server.alerts.types import State


class Alert(models.Model):
    """What somebody should look into: at most one that lives for each rule and subject.

    `against` is since when what is measured contradicts the state (`rules.steps`); `details` holds no name: a person
    is `user_id`, and is named when somebody who may see them reads it.
    """

    company_id = models.BigIntegerField()
    rule = models.TextField()
    subject_kind = models.TextField()
    subject_id = models.BigIntegerField()
    user_id = models.BigIntegerField(null=True)
    state = models.TextField(default=State.PENDING)
    details = models.JSONField(default=dict)
    times = models.IntegerField(default=1)
    first_seen_at = models.DateTimeField()
    raised_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    against = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company_id", "rule", "subject_kind", "subject_id"],
                condition=Q(state__in=["PENDING", "OPEN"]),
                name="alerts_one_alive",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company_id", "state", "-raised_at"], name="alerts_alert_by_state"),
            models.Index(fields=["company_id", "-raised_at"], name="alerts_alert_by_time"),
        ]


class Seen(models.Model):
    """Somebody has read an alert."""

    company_id = models.BigIntegerField()
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="+")
    user_id = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "user_id", "alert"], name="alerts_seen_once"),
        ]


class Wanted(models.Model):
    """From when on a company wants to know, as `types.Thresholds`; no row is the house's choice."""

    company_id = models.BigIntegerField(primary_key=True)
    offline_minutes = models.IntegerField(null=True)
    never_synced_days = models.IntegerField(default=2)
    silent_minutes = models.IntegerField(default=60)
    off = models.JSONField(default=list)


class Preference(models.Model):
    """When somebody wants to be written to, and on which day they last were given a digest."""

    company_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    mails = models.TextField()
    digest_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "user_id"], name="alerts_preference_once"),
        ]


class Place(models.Model):
    """A network and browser from which somebody has signed in, as a digest that tells neither."""

    company_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    digest = models.BinaryField(max_length=32)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "user_id", "digest"], name="alerts_place_once"),
        ]


class Message(models.Model):
    """What somebody was told by an administrator: by mail, and with `notify` on their computers, too."""

    company_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    kind = models.TextField()  # notify | contact
    subject = models.TextField()
    words = models.TextField()
    by_id = models.BigIntegerField(null=True)
    by_name = models.TextField()
    made_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)
    problem = models.TextField(default="", blank=True)  # why the last attempt to mail it failed

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["company_id", "user_id", "-made_at"], name="alerts_message_by_person"),
            models.Index(fields=["company_id", "-made_at"], name="alerts_message_by_time"),
        ]
