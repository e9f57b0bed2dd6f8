"""Tables of the tracking policy: all versions ever, and one ready-made head per company and scope."""

from typing import ClassVar

from django.db import models


class PolicyVersion(models.Model):
    """One saved policy, complete and never changed again; who saved it is an id, so that a person can be forgotten."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    scope = models.TextField(default="company")
    epoch = models.BigIntegerField()
    version = models.BigIntegerField()
    etag = models.TextField()  # as first issued; a later signing key gives the same version another one
    settings = models.JSONField()  # the 15, config_version among them
    sections = models.JSONField(default=dict)
    saved_at = models.DateTimeField()
    saved_by_kind = models.TextField()  # person | device | system
    saved_by_id = models.BigIntegerField(null=True)
    saved_by_role = models.TextField()
    restored_from = models.BigIntegerField(null=True)  # the version whose values were brought back

    class Meta:
        """Versions are dense in each epoch: the head row is locked while one is added."""

        db_table = "tracking_policy_version"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "scope", "epoch", "version"],
                name="tracking_version_once",
            ),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="tracking_version_from_one"),
        ]


class PolicyHead(models.Model):
    """The version in force, with the bytes that agents are given, made once at each save and not at each request."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    scope = models.TextField(default="company")
    epoch = models.BigIntegerField()
    version = models.BigIntegerField()
    etag = models.TextField()  # bare, without quotation marks; also changes when the signing key does
    document = models.TextField()  # the signed policy of contract §5, JSON on one line
    config_json = models.TextField()  # the body of /api/employee-config, JSON on one line
    saved_at = models.DateTimeField()

    class Meta:
        """One head per company and scope."""

        db_table = "tracking_policy_head"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "scope"], name="tracking_head_once"),
        ]


class KeyEndorsement(models.Model):
    """What a signing key said of its successor: how a device that was away follows. Of the platform."""

    company_id = models.BigIntegerField(default=0)
    key_id = models.TextField()
    public_key = models.TextField()
    by = models.TextField()  # the id of the key that vouches
    signature = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        """Kept for good; forging one needs the private key that signed it."""

        db_table = "tracking_key_endorsement"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "key_id", "by"], name="tracking_endorsed_once"),
        ]
