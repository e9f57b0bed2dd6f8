"""What the months of people came to, as far as they are over; written by `actions.months` alone.

Of a month that goes on there is no row: who reads takes its days.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from sundial.server.activity.models.days import WholeParts


class Month(WholeParts):
    """One person's month: its days added up. `month` is its first day, `first_day` the first with anything recorded.

    `timed` is on how many days they came and went, `came_s` and `went_s` are the seconds after midnight added up,
    `on_weekdays` how many days fell on Monday to Sunday, `late` on how many they came too late.
    """

    pk = models.CompositePrimaryKey("company_id", "user_id", "month")
    company_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    month = models.DateField()
    first_day = models.DateField()
    sessions = models.IntegerField()
    timed = models.IntegerField()
    came_s = models.IntegerField()
    went_s = models.IntegerField()
    on_weekdays = ArrayField(models.SmallIntegerField(), size=7)
    late = models.IntegerField()

    class Meta:
        """Found by person, and by month."""

        db_table = "activity_month"
        indexes: ClassVar = [models.Index(fields=["company_id", "month"], name="activity_month_by_month")]


class MonthUsage(models.Model):
    """How long one person used one application or website, or was away for one cause, in a month, on how many days.

    `seconds` are those of its days, each cut to whole ones.
    """

    pk = models.CompositePrimaryKey("company_id", "user_id", "month", "kind", "name")
    company_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    month = models.DateField()
    kind = models.SmallIntegerField()
    name = models.TextField()
    ms = models.BigIntegerField()
    seconds = models.IntegerField()
    days = models.SmallIntegerField()

    class Meta:
        """Found by person and month, and by name."""

        db_table = "activity_monthusage"
        indexes: ClassVar = [
            models.Index(fields=["company_id", "kind", "name", "month"], name="activity_monthusage_by_name")
        ]


class MonthHour(models.Model):
    """How long one person worked in one hour of one weekday of a month; Monday is 0.

    `seconds` are those of its days, each cut to whole ones.
    """

    pk = models.CompositePrimaryKey("company_id", "user_id", "month", "weekday", "hour")
    company_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    month = models.DateField()
    weekday = models.SmallIntegerField()
    hour = models.SmallIntegerField()
    seconds = models.IntegerField()

    class Meta:
        """Its key is its only index."""

        db_table = "activity_monthhour"
