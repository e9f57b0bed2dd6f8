"""What agents tell: work sessions, marks, spans, and the sums of quarters of an hour."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class WorkSession(models.Model):
    """From "start work" to "stop work" on one device; `uuid` is the device's own name for it.

    Of one person's sessions the one that was started latest owns a moment: `counts_until` is where a later one took
    over, and what comes after it stands in the spans but in no sum.
    """

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+", db_index=False)
    uuid = models.UUIDField()
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey("devices.Device", on_delete=models.PROTECT, related_name="+", db_index=False)
    note = models.TextField(default="", db_default="", blank=True)
    task_id = models.BigIntegerField(null=True)  # what they work on now, as they last said
    started_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(default="", db_default="", blank=True)  # types.EndedBy
    ended_by_name = models.TextField(default="", db_default="", blank=True)
    reason = models.TextField(default="", db_default="", blank=True)
    counts_until = models.DateTimeField(null=True)
    last_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        """One open session a person."""

        db_table = "activity_worksession"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "uuid"], name="activity_worksession_once"),
            models.UniqueConstraint(
                fields=["company", "user"],
                condition=models.Q(ended_at__isnull=True),
                name="activity_worksession_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | ~models.Q(ended_by=""),
                name="activity_worksession_ended_by",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "user", "started_at"], name="activity_worksession_by_person"),
            models.Index(
                fields=["company", "started_at", "id"],
                include=["user", "ended_by"],
                name="activity_worksession_in_turn",
            ),
            models.Index(
                fields=["company", "ended_by", "started_at"],
                condition=~models.Q(ended_by__in=("", "person")),
                name="activity_worksession_unusual",
            ),
            models.Index(
                fields=["company", "user", "ended_at"],
                include=["id", "ended_by"],
                name="activity_worksession_by_end",
            ),
            models.Index(fields=["company", "device"], name="activity_worksession_by_device"),
            models.Index(
                fields=["company", "started_at"], condition=models.Q(note__gt=""), name="activity_worksession_noted"
            ),
        ]


class Mark(models.Model):
    """A moment told in the stream of facts: a session's state, or an acknowledgement; kept as it came."""

    pk = models.CompositePrimaryKey("company_id", "eid")
    company_id = models.BigIntegerField()
    eid = models.UUIDField()
    user_id = models.BigIntegerField()
    device_id = models.BigIntegerField()
    session = models.UUIDField()
    kind = models.TextField()  # session | ack
    state = models.TextField(default="", db_default="")
    at = models.DateTimeField()
    reason = models.TextField(default="", db_default="")
    emptied = models.BooleanField(default=False, db_default=False)  # an empty reason was told, not none
    etag = models.TextField(default="", db_default="")
    payload = models.UUIDField()  # hash of the event as it came
    received_at = models.DateTimeField(db_default=Now())
    task_id = models.BigIntegerField(null=True)  # of a start or of going on: what one works on from then on

    class Meta:
        """Found by session."""

        db_table = "activity_mark"
        indexes: ClassVar = [models.Index(fields=["company_id", "session"], name="activity_mark_by_session")]


class Span(models.Model):
    """One stretch of sameness as it came from a device; partitioned by `eid`, which begins with the time.

    `name` is the application, the domain or the cause of being away; `detail` the program's file or the address.
    """

    pk = models.CompositePrimaryKey("company_id", "eid")
    company_id = models.BigIntegerField()
    eid = models.UUIDField()
    user_id = models.BigIntegerField()
    device_id = models.BigIntegerField()
    session = models.UUIDField()
    kind = models.SmallIntegerField()
    name = models.TextField()
    title = models.TextField()
    detail = models.TextField()
    browser = models.TextField()
    answer = models.TextField()
    started = models.DateTimeField()
    ended = models.DateTimeField()
    keys = models.IntegerField()
    clicks = models.IntegerField()
    scrolls = models.IntegerField()
    moved_s = models.IntegerField()
    tz_offset_min = models.SmallIntegerField()
    mono_ms = models.BigIntegerField()
    boot_id = models.TextField()
    payload = models.UUIDField()
    received_at = models.DateTimeField()

    class Meta:
        """Made in SQL: Django knows no partitions."""

        db_table = "activity_span"
        managed = False


class Usage(models.Model):
    """The sums of one person's spans in fifteen minutes, by kind and name; pages read these and never the spans."""

    pk = models.CompositePrimaryKey("company_id", "user_id", "bucket", "kind", "name")
    company_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    bucket = models.DateTimeField()
    kind = models.SmallIntegerField()
    name = models.TextField()
    ms = models.BigIntegerField()
    keys = models.BigIntegerField()
    clicks = models.BigIntegerField()
    scrolls = models.BigIntegerField()
    moved_s = models.BigIntegerField()
    spans = models.IntegerField()

    class Meta:
        """Its key is its only index: company, person, time."""

        db_table = "activity_usage"
