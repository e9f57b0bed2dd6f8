"""Screenshots, and the keys under which they are kept."""

from typing import ClassVar

from django.db import models


class PersonKey(models.Model):
    """The key under which the pictures of one person are kept; destroying its halves erases them, in backups, too."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    wrapped = models.BinaryField(null=True)  # one half; empty once destroyed
    outside = models.UUIDField(null=True)  # the name of the other; empty: of an older release, whole until it is parted
    made_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        """One living key a person."""

        db_table = "activity_personkey"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "user"],
                condition=models.Q(destroyed_at__isnull=True),
                name="activity_personkey_one_living",
            ),
        ]


class Screenshot(models.Model):
    """One picture of one monitor; its bytes lie in the storage, encrypted, under names made from `id`."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    eid = models.UUIDField()
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey("devices.Device", on_delete=models.PROTECT, related_name="+")
    key = models.ForeignKey(PersonKey, on_delete=models.PROTECT, related_name="+")
    session = models.UUIDField()
    taken_at = models.DateTimeField()
    told_at = models.TextField(default="", blank=True)  # the time that was claimed, where it was absurd and replaced
    received_at = models.DateTimeField()
    screen = models.SmallIntegerField(default=0)
    blurred = models.BooleanField(default=False)
    state = models.TextField(default="received")  # types.PictureState
    width = models.IntegerField(default=0)
    height = models.IntegerField(default=0)
    bytes = models.IntegerField(default=0)
    thumb_bytes = models.IntegerField(default=0)
    digest = models.BinaryField(max_length=32)  # SHA-256 of what came, to know the same again
    problem = models.TextField(default="", blank=True)

    class Meta:
        """Idempotent by the device's own name for it."""

        db_table = "activity_screenshot"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "eid"], name="activity_screenshot_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "user", "taken_at"], name="activity_screenshot_by_person"),
            models.Index(
                fields=["company", "taken_at", "id"], include=["user", "state"], name="activity_screenshot_in_turn"
            ),
        ]


class Stored(models.Model):
    """How many pictures of a person are kept, and how much room they take; the database adds up itself."""

    pk = models.CompositePrimaryKey("company_id", "user_id")
    company_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    pictures = models.BigIntegerField()
    bytes = models.BigIntegerField()

    class Meta:
        """One row a person."""

        db_table = "activity_stored"
