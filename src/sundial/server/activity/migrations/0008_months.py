"""Sums of months that are over, days in whole seconds, and when people came on the wall: a year's report reads these.

The sums of months are made by the worker, month by month; until then pages read days.
"""

import django.contrib.postgres.fields
from django.db import migrations, models

from sundial.server.lib.rls import TenantTable

SECONDS = ("worked_s", "active_s", "away_s", "private_s", "break_s", "manual_s")
CAME = """
UPDATE activity_day d SET
    came_ms = (extract(epoch FROM (first_at AT TIME ZONE zone) - day::timestamp) * 1000)::int,
    went_ms = (extract(epoch FROM (last_at AT TIME ZONE zone) - day::timestamp) * 1000)::int
FROM activity_dayzone z WHERE z.company_id = d.company_id
"""
WHOLE = """
UPDATE activity_companyday c
SET days = d.days, worked_s = w, active_s = w - a - p, away_s = a, private_s = p, break_s = b, manual_s = m
FROM (
    SELECT company_id, day, count(*) AS days, sum(worked_ms / 1000) AS w, sum(away_ms / 1000) AS a,
        sum(private_ms / 1000) AS p, sum(break_ms / 1000) AS b, sum(manual_ms / 1000) AS m
    FROM activity_day GROUP BY 1, 2
) d WHERE d.company_id = c.company_id AND d.day = c.day
"""


def seconds() -> list[tuple[str, "models.IntegerField[int, int]"]]:
    """Columns of whole seconds, and of how many days they are."""
    return [(name, models.IntegerField(default=0)) for name in ("days", *SECONDS)]


class Migration(migrations.Migration):
    dependencies = (("activity", "0007_emptied_line"),)

    operations = (
        migrations.AddField("dayzone", "months_until", models.DateField(null=True)),
        migrations.AddField(
            "dayzone",
            "late_after",
            django.contrib.postgres.fields.ArrayField(models.IntegerField(), default=list),
        ),
        migrations.AddField("day", "came_ms", models.IntegerField(null=True)),
        migrations.AddField("day", "went_ms", models.IntegerField(null=True)),
        *(migrations.AddField("companyday", name, field) for name, field in seconds()),
        migrations.CreateModel(
            name="Month",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "company_id", "user_id", "month", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                *seconds(),
                ("company_id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField()),
                ("month", models.DateField()),
                ("first_day", models.DateField()),
                ("sessions", models.IntegerField()),
                ("timed", models.IntegerField()),
                ("came_s", models.IntegerField()),
                ("went_s", models.IntegerField()),
                (
                    "on_weekdays",
                    django.contrib.postgres.fields.ArrayField(models.SmallIntegerField(), size=7),
                ),
                ("late", models.IntegerField()),
            ],
            options={
                "db_table": "activity_month",
                "indexes": [models.Index(fields=["company_id", "month"], name="activity_month_by_month")],
            },
        ),
        migrations.CreateModel(
            name="MonthUsage",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "company_id",
                        "user_id",
                        "month",
                        "kind",
                        "name",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("company_id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField()),
                ("month", models.DateField()),
                ("kind", models.SmallIntegerField()),
                ("name", models.TextField()),
                ("ms", models.BigIntegerField()),
                ("seconds", models.IntegerField()),
                ("days", models.SmallIntegerField()),
            ],
            options={
                "db_table": "activity_monthusage",
                "indexes": [
                    models.Index(fields=["company_id", "kind", "name", "month"], name="activity_monthusage_by_name")
                ],
            },
        ),
        TenantTable("activity_month"),
        TenantTable("activity_monthusage"),
        migrations.RunSQL(CAME, migrations.RunSQL.noop),
        migrations.RunSQL(WHOLE, migrations.RunSQL.noop),
    )
