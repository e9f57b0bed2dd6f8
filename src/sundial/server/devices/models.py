"""Tables of devices. `devices_report` is the hot one: the gateway writes it in bulk, the pages only read it."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Device(models.Model):
    """One installed agent of one person; `classic` stands for all older clients of a person together."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    kind = models.TextField(default="agent")  # agent | classic
    hostname = models.TextField(default="", blank=True)
    os = models.TextField(default="", blank=True)
    app_version = models.TextField(default="", blank=True)
    enrolled_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """A person has at most one classic device in a company."""

        db_table = "devices_device"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "id"], name="devices_device_in_company"),
            models.UniqueConstraint(
                fields=["company", "user"],
                condition=models.Q(kind="classic"),
                name="devices_one_classic_per_person",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["agent", "classic"]),
                name="devices_kind_known",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["company", "user"], name="devices_device_by_person")]


class DeviceToken(models.Model):
    """A device's secret, as its SHA-256; the row stays when it has ended, so that the device hears `revoked`."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="+")
    digest = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """Found by digest in every company, by the gateway's role."""

        db_table = "devices_token"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["digest", "company"], name="devices_token_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "device"], name="devices_token_by_device"),
            # The gateways look once a second for what has just ended, in case a hint was lost.
            models.Index(fields=["ended_at"], condition=models.Q(ended_at__isnull=False), name="devices_token_ended"),
        ]


class EnrolmentCode(models.Model):
    """Permission for one person to enrol one device, once, within ten minutes; only its hash is kept."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    digest = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        """Found by digest in every company, through the narrow role, before the company is known."""

        db_table = "devices_enrolment_code"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["digest", "company"], name="devices_code_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["company", "user"], name="devices_code_by_person")]


class EnrolmentAttempt(models.Model):
    """How often one address has tried wrong codes in one window; of the platform, since no company is known yet."""

    company_id = models.BigIntegerField(default=0)
    address = models.TextField()
    window_start = models.DateTimeField()
    failures = models.IntegerField(default=0)

    class Meta:
        """One row per address and window, counted by upsert."""

        db_table = "devices_enrolment_attempt"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company_id", "address", "window_start"],
                name="devices_attempt_once",
            ),
        ]


class Gateway(models.Model):
    """A gateway process and when it last lived: streams of one that was killed are over 60 s after `alive_at`.

    The gateway upserts its row every few seconds and deletes it when it stops cleanly, having closed its streams.
    """

    name = models.TextField(primary_key=True)  # what it writes in devices_report.stream_gateway
    started_at = models.DateTimeField()
    alive_at = models.DateTimeField()

    class Meta:
        """Of the platform: no company, nobody's data."""

        db_table = "devices_gateway"


class DeviceReport(models.Model):
    """What is known of a device now: its presence, and the last thing it said of itself.

    Made with the device. While agents are connected the gateway alone writes it; every column has a default in
    the database, so an upsert on `device_id` names only what it knows.
    """

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    device = models.OneToOneField(Device, on_delete=models.PROTECT, related_name="+", primary_key=True)

    # presence
    stream_open_since = models.DateTimeField(null=True)  # null: no stream is open
    stream_gateway = models.TextField(default="", db_default="", blank=True)
    had_stream = models.BooleanField(default=False, db_default=False)
    stream_closed_at = models.DateTimeField(null=True)
    clean_close = models.BooleanField(default=False, db_default=False)
    last_seen_at = models.DateTimeField(null=True)  # any sign of life
    last_agent_sync_at = models.DateTimeField(null=True)  # a report, heartbeat or upload
    last_poll_at = models.DateTimeField(null=True)  # asked for the policy without a stream

    # the last report
    boot_id = models.TextField(default="", db_default="", blank=True)
    app_version = models.TextField(default="", db_default="", blank=True)
    os = models.TextField(default="", db_default="", blank=True)
    policy_epoch = models.BigIntegerField(null=True)
    policy_version = models.BigIntegerField(null=True)
    policy_etag = models.TextField(default="", db_default="", blank=True)
    state = models.TextField(default="", db_default="", blank=True)
    effective_etag = models.TextField(default="", db_default="", blank=True)
    withheld = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    error = models.TextField(default="", db_default="", blank=True)
    session = models.JSONField(null=True)
    queue_waiting = models.BigIntegerField(default=0, db_default=0)
    lost = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    capabilities = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    reported_at = models.DateTimeField(null=True)

    class Meta:
        """Only the company is indexed: an index on what changes would make every update dearer."""

        db_table = "devices_report"


class Notice(models.Model):
    """Something a device is to be told; without a device, every device of the company."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="+", null=True)
    kind = models.TextField()
    body = models.JSONField(default=dict)
    made_at = models.DateTimeField()

    class Meta:
        """Read by those who poll: what came after an id."""

        db_table = "devices_notice"
        indexes: ClassVar = [models.Index(fields=["company", "device", "id"], name="devices_notice_after")]


class Acknowledgement(models.Model):
    """A person's word, given on a device, that they have seen what a policy records; kept and never changed."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="+")
    user_id = models.BigIntegerField()
    etag = models.TextField()
    kinds = models.JSONField()
    text_sha256 = models.TextField()
    at = models.DateTimeField()  # by the agent's clock
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        """The same word said twice, after a lost answer, is one row; for other kinds it is another word."""

        db_table = "devices_acknowledgement"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "device", "etag", "text_sha256", "at", "kinds"],
                name="devices_acknowledged_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["company", "user_id"], name="devices_ack_by_person")]
