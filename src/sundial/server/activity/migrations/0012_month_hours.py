"""Sums of months that are over by weekday and hour: a year's heatmap of a team reads these."""

from django.db import migrations, models

from sundial.server.lib.rls import TenantTable

OF_DAYS = """
INSERT INTO activity_monthhour (company_id, user_id, month, weekday, hour, seconds)
SELECT h.company_id, h.user_id, date_trunc('month', h.day)::date, (h.day - DATE '1900-01-01') % 7, h.hour,
    sum(h.worked_ms / 1000)
FROM activity_dayhour h JOIN activity_dayzone z ON z.company_id = h.company_id AND h.day < z.months_until
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""


class Migration(migrations.Migration):
    dependencies = (("activity", "0011_session_words"),)

    operations = (
        migrations.CreateModel(
            name="MonthHour",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "company_id",
                        "user_id",
                        "month",
                        "weekday",
                        "hour",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("company_id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField()),
                ("month", models.DateField()),
                ("weekday", models.SmallIntegerField()),
                ("hour", models.SmallIntegerField()),
                ("seconds", models.IntegerField()),
            ],
            options={"db_table": "activity_monthhour"},
        ),
        TenantTable("activity_monthhour"),
        migrations.RunSQL(OF_DAYS, migrations.RunSQL.noop),
    )
