"""The outbox: one head row for each room, one row for each event."""

from django.db import models


class Room(models.Model):
    """A room's head: locked by whoever adds an event, so that offsets are committed in order."""

    pk = models.CompositePrimaryKey("company_id", "name")
    company_id = models.BigIntegerField()
    name = models.CharField(max_length=20)
    epoch = models.BigIntegerField()
    offset = models.BigIntegerField(default=0)

    class Meta:
        app_label = "realtime"


class Event(models.Model):
    """A numbered fact of a room, kept for replay."""

    pk = models.CompositePrimaryKey("company_id", "room", "offset")
    company_id = models.BigIntegerField()
    room = models.CharField(max_length=20)
    offset = models.BigIntegerField()
    kind = models.CharField(max_length=60)
    data = models.JSONField()
    actor = models.CharField(max_length=320)
    at = models.DateTimeField()

    class Meta:
        app_label = "realtime"


class Watcher(models.Model):
    """An admin whose console is open in one server process; believed for a minute after `seen_at`."""

    pk = models.CompositePrimaryKey("company_id", "process", "user_id")
    company_id = models.BigIntegerField()
    process = models.UUIDField()
    user_id = models.BigIntegerField()
    email = models.CharField(max_length=320)
    seen_at = models.DateTimeField()
    editing = models.JSONField(default=list)  # which rows they have open to change, as `user:5`

    class Meta:
        app_label = "realtime"
