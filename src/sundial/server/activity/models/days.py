"""What local days came to; written by `actions.days` alone, and read by every page of more than a day."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class Stale(models.Model):
    """Somebody's facts of this time changed: the sums of its days are to be made anew. `user_id` 0 is the company's."""

    company_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        """A queue: the gateway and every action add, the worker takes."""

        db_table = "activity_stale"
        indexes: ClassVar = [models.Index(fields=["company_id", "user_id"], name="activity_stale_by_person")]


class DayZone(models.Model):
    """How a company's sums were made: in which zone, up to which month there are sums of months, who was late.

    Where the zone is no longer the company's, all are made anew. `late_after` is what `rules.late_after` said.
    """

    company_id = models.BigIntegerField(primary_key=True)
    zone = models.TextField()
    months_until = models.DateField(null=True)
    late_after = ArrayField(models.IntegerField(), default=list)

    class Meta:
        """One row a company."""

        db_table = "activity_dayzone"


class DayParts(models.Model):
    """What a local day came to, in milliseconds and counts; the words are those of `rules.parts`."""

    company_id = models.BigIntegerField()
    day = models.DateField()
    worked_ms = models.BigIntegerField()
    active_ms = models.BigIntegerField()
    away_ms = models.BigIntegerField()
    private_ms = models.BigIntegerField()
    paused_ms = models.BigIntegerField()
    break_ms = models.BigIntegerField()
    manual_ms = models.BigIntegerField()
    sessions = models.IntegerField()
    keys = models.BigIntegerField()
    clicks = models.BigIntegerField()
    scrolls = models.BigIntegerField()
    moved_s = models.BigIntegerField()
    screenshots = models.IntegerField()

    class Meta:
        """The columns that a person's and a company's day share."""

        abstract = True


class Day(DayParts):
    """One person's day in the company's zone; every page of more than a day reads these and never the spans.

    `came_ms` and `went_ms` are the same as `first_at` and `last_at`, as the wall said them: after its midnight.
    """

    pk = models.CompositePrimaryKey("company_id", "user_id", "day")
    user_id = models.BigIntegerField()
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    came_ms = models.IntegerField(null=True)
    went_ms = models.IntegerField(null=True)

    class Meta:
        """Found by person, and by day."""

        db_table = "activity_day"
        indexes: ClassVar = [models.Index(fields=["company_id", "day"], name="activity_day_by_day")]


class WholeParts(models.Model):
    """What days of people came to in whole seconds, each day cut as its own page shows it, and of how many days."""

    days = models.IntegerField(default=0)
    worked_s = models.IntegerField(default=0)
    active_s = models.IntegerField(default=0)
    away_s = models.IntegerField(default=0)
    private_s = models.IntegerField(default=0)
    break_s = models.IntegerField(default=0)
    manual_s = models.IntegerField(default=0)

    class Meta:
        """The columns that a company's day and a person's month share."""

        abstract = True


class CompanyDay(DayParts, WholeParts):
    """The same of a whole company: numbers, no people."""

    pk = models.CompositePrimaryKey("company_id", "day")
    people = models.IntegerField()

    class Meta:
        """One row a company and day."""

        db_table = "activity_companyday"


class DayUsage(models.Model):
    """How long one person used one application or website, or was away for one cause, on a local day."""

    pk = models.CompositePrimaryKey("company_id", "user_id", "day", "kind", "name")
    company_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    day = models.DateField()
    kind = models.SmallIntegerField()
    name = models.TextField()
    ms = models.BigIntegerField()

    class Meta:
        """Found by person and day, and by name and day."""

        db_table = "activity_dayusage"
        indexes: ClassVar = [
            models.Index(
                fields=["company_id", "kind", "name", "day"],
                include=["user_id", "ms"],
                name="activity_dayusage_by_name",
            )
        ]


class DayTop(models.Model):
    """The same of a whole company, and of how many people: a year's chart reads these."""

    pk = models.CompositePrimaryKey("company_id", "day", "kind", "name")
    company_id = models.BigIntegerField()
    day = models.DateField()
    kind = models.SmallIntegerField()
    name = models.TextField()
    ms = models.BigIntegerField()
    people = models.IntegerField()

    class Meta:
        """Found by day, and by name."""

        db_table = "activity_daytop"
        indexes: ClassVar = [
            models.Index(
                fields=["company_id", "kind", "name", "day"], include=["ms", "people"], name="activity_daytop_by_name"
            )
        ]


class DayHour(models.Model):
    """What one person worked in one hour of a local day; the hour that a changed clock repeats is one."""

    pk = models.CompositePrimaryKey("company_id", "user_id", "day", "hour")
    company_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    day = models.DateField()
    hour = models.SmallIntegerField()
    worked_ms = models.BigIntegerField()
    active_ms = models.BigIntegerField()

    class Meta:
        """Its key is its only index."""

        db_table = "activity_dayhour"


class CompanyHour(models.Model):
    """The same of a whole company, and of how many people."""

    pk = models.CompositePrimaryKey("company_id", "day", "hour")
    company_id = models.BigIntegerField()
    day = models.DateField()
    hour = models.SmallIntegerField()
    worked_ms = models.BigIntegerField()
    active_ms = models.BigIntegerField()
    people = models.IntegerField()

    class Meta:
        """Its key is its only index."""

        db_table = "activity_companyhour"


class DayTask(models.Model):
    """How long one person worked on one task on a local day."""

    pk = models.CompositePrimaryKey("company_id", "user_id", "day", "task_id")
    company_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    day = models.DateField()
    task_id = models.BigIntegerField()
    ms = models.BigIntegerField()

    class Meta:
        """Found by person and day, and by task."""

        db_table = "activity_daytask"
        indexes: ClassVar = [
            models.Index(
                fields=["company_id", "task_id"], include=["user_id", "day", "ms"], name="activity_daytask_by_task"
            )
        ]
