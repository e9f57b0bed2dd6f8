"""What local days came to, in tables of their own; manual time; the task that a session is for.

Whoever changes facts of a person adds a row to `activity_stale`; the worker makes the sums of those days anew. Settling
sessions does so itself here, keeps the first of two pauses in a row, and says which task is being worked on.
"""

from importlib import import_module

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from sundial.server.lib.rls import TenantTable

NUMBERS = (
    "worked_ms", "active_ms", "away_ms", "private_ms", "paused_ms", "break_ms", "manual_ms",
    "sessions", "keys", "clicks", "scrolls", "moved_s", "screenshots", "people",
)  # fmt: skip
SCOPED = [
    TenantTable("activity_stale", across=("company_id", "made_at"), ingest="insert"),
    TenantTable("activity_dayzone", across=("company_id", "zone")),
    TenantTable("activity_day"),
    TenantTable("activity_companyday", across=("company_id", "day", *NUMBERS)),
    TenantTable("activity_dayusage"),
    TenantTable("activity_daytop"),
    TenantTable("activity_dayhour"),
    TenantTable("activity_companyhour"),
    TenantTable("activity_daytask"),
    TenantTable("activity_manualtime"),
]
# Sums and open sessions are updated in place: room on the page keeps that from touching an index.
ROOM_FOR_UPDATES = [
    migrations.RunSQL(f"ALTER TABLE {table} SET (fillfactor = 80)", f"ALTER TABLE {table} RESET (fillfactor)")
    for table in ("activity_day", "activity_companyday", "activity_dayhour", "activity_companyhour")
]
# Of the spans, days need those of being away and private, which are few among all.
ABSENCES = migrations.RunSQL(
    "CREATE INDEX activity_span_absences ON activity_span (company_id, user_id, started) WHERE kind IN (3, 4)",
    "DROP INDEX activity_span_absences",
)

before = import_module("sundial.server.activity.migrations.0002_facts")
CHANGES = (
    ("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"),
    # Somebody who says twice that they pause has paused since the first time.
    (
        """(array_agg(CASE state WHEN 'paused' THEN at END ORDER BY at DESC, eid DESC)
                   FILTER (WHERE state IN ('paused', 'resumed')))[1] AS told_pause,""",
        """min(at) FILTER (WHERE state = 'paused' AND at > coalesce(going, '-infinity')) AS told_pause,
               (array_agg(task_id ORDER BY at DESC, eid DESC)
                   FILTER (WHERE state IN ('started', 'resumed')))[1] AS told_task,
               bool_or(state IN ('started', 'resumed')) AS told_of_task,""",
    ),
    (
        """FROM activity_mark
        WHERE company_id = of_company AND kind = 'session' AND session IN (SELECT uuid FROM near)""",
        """FROM (
            SELECT *, max(at) FILTER (WHERE state IN ('started', 'resumed')) OVER (PARTITION BY session) AS going
            FROM activity_mark
            WHERE company_id = of_company AND kind = 'session' AND session IN (SELECT uuid FROM near)
        ) marks""",
    ),
    (
        "CASE WHEN coalesce(told_note, '') = '' THEN note ELSE told_note END AS notes",
        """CASE WHEN coalesce(told_note, '') = '' THEN note ELSE told_note END AS notes,
            CASE WHEN told_of_task THEN told_task ELSE task_id END AS task""",
    ),
    ("reason = s.says, note = s.notes\n", "reason = s.says, note = s.notes, task_id = s.task\n"),
    ("paused_at, reason, note)", "paused_at, reason, note, task_id)"),
    (
        "s.pauses, s.says, s.notes);\n",
        """s.pauses, s.says, s.notes, s.task);
        IF FOUND THEN
            INSERT INTO activity_stale (company_id, user_id, since, until) VALUES (
                of_company, of_person, least(s.begins, s.started_at),
                greatest(s.begins, s.started_at, coalesce(s.ends, s.last_at), coalesce(s.ended_at, s.last_at)));
        END IF;
""",
    ),
)


def settling() -> str:
    """The function as it was, with these changes."""
    text: str = before.SETTLE
    for old, new in CHANGES:
        if text.count(old) != 1:
            raise ValueError(f"{old!r} should stand once in what is changed")
        text = text.replace(old, new)
    return text


SETTLE = migrations.RunSQL(settling(), before.SETTLE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))


class Migration(migrations.Migration):
    dependencies = [
        ("activity", "0002_facts"),
        ("companies", "0002_plan_and_ways"),
        ("devices", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CompanyDay",
            fields=[
                ("company_id", models.BigIntegerField()),
                ("day", models.DateField()),
                ("worked_ms", models.BigIntegerField()),
                ("active_ms", models.BigIntegerField()),
                ("away_ms", models.BigIntegerField()),
                ("private_ms", models.BigIntegerField()),
                ("paused_ms", models.BigIntegerField()),
                ("break_ms", models.BigIntegerField()),
                ("manual_ms", models.BigIntegerField()),
                ("sessions", models.IntegerField()),
                ("keys", models.BigIntegerField()),
                ("clicks", models.BigIntegerField()),
                ("scrolls", models.BigIntegerField()),
                ("moved_s", models.BigIntegerField()),
                ("screenshots", models.IntegerField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "company_id", "day", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("people", models.IntegerField()),
            ],
            options={
                "db_table": "activity_companyday",
            },
        ),
        migrations.CreateModel(
            name="CompanyHour",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "company_id", "day", "hour", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("company_id", models.BigIntegerField()),
                ("day", models.DateField()),
                ("hour", models.SmallIntegerField()),
                ("worked_ms", models.BigIntegerField()),
                ("active_ms", models.BigIntegerField()),
                ("people", models.IntegerField()),
            ],
            options={
                "db_table": "activity_companyhour",
            },
        ),
        migrations.CreateModel(
            name="DayHour",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "company_id",
                        "user_id",
                        "day",
                        "hour",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("company_id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField()),
                ("day", models.DateField()),
                ("hour", models.SmallIntegerField()),
                ("worked_ms", models.BigIntegerField()),
                ("active_ms", models.BigIntegerField()),
            ],
            options={
                "db_table": "activity_dayhour",
            },
        ),
        migrations.CreateModel(
            name="DayZone",
            fields=[
                ("company_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("zone", models.TextField()),
            ],
            options={
                "db_table": "activity_dayzone",
            },
        ),
        migrations.AddField(
            model_name="mark",
            name="task_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="worksession",
            name="task_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="worksession",
            name="company",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
            ),
        ),
        migrations.AlterField(
            model_name="worksession",
            name="device",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="devices.device"
            ),
        ),
        migrations.CreateModel(
            name="Day",
            fields=[
                ("company_id", models.BigIntegerField()),
                ("day", models.DateField()),
                ("worked_ms", models.BigIntegerField()),
                ("active_ms", models.BigIntegerField()),
                ("away_ms", models.BigIntegerField()),
                ("private_ms", models.BigIntegerField()),
                ("paused_ms", models.BigIntegerField()),
                ("break_ms", models.BigIntegerField()),
                ("manual_ms", models.BigIntegerField()),
                ("sessions", models.IntegerField()),
                ("keys", models.BigIntegerField()),
                ("clicks", models.BigIntegerField()),
                ("scrolls", models.BigIntegerField()),
                ("moved_s", models.BigIntegerField()),
                ("screenshots", models.IntegerField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "company_id", "user_id", "day", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("user_id", models.BigIntegerField()),
                ("first_at", models.DateTimeField(null=True)),
                ("last_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "activity_day",
                "indexes": [models.Index(fields=["company_id", "day"], name="activity_day_by_day")],
            },
        ),
        migrations.CreateModel(
            name="DayTask",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "company_id",
                        "user_id",
                        "day",
                        "task_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("company_id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField()),
                ("day", models.DateField()),
                ("task_id", models.BigIntegerField()),
                ("ms", models.BigIntegerField()),
            ],
            options={
                "db_table": "activity_daytask",
                "indexes": [
                    models.Index(
                        fields=["company_id", "task_id"],
                        include=("user_id", "day", "ms"),
                        name="activity_daytask_by_task",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DayTop",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "company_id",
                        "day",
                        "kind",
                        "name",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("company_id", models.BigIntegerField()),
                ("day", models.DateField()),
                ("kind", models.SmallIntegerField()),
                ("name", models.TextField()),
                ("ms", models.BigIntegerField()),
                ("people", models.IntegerField()),
            ],
            options={
                "db_table": "activity_daytop",
                "indexes": [
                    models.Index(
                        fields=["company_id", "kind", "name", "day"],
                        include=("ms", "people"),
                        name="activity_daytop_by_name",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DayUsage",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "company_id",
                        "user_id",
                        "day",
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
                ("day", models.DateField()),
                ("kind", models.SmallIntegerField()),
                ("name", models.TextField()),
                ("ms", models.BigIntegerField()),
            ],
            options={
                "db_table": "activity_dayusage",
                "indexes": [
                    models.Index(
                        fields=["company_id", "kind", "name", "day"],
                        include=("user_id", "ms"),
                        name="activity_dayusage_by_name",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Stale",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("company_id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField()),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "activity_stale",
                "indexes": [models.Index(fields=["company_id", "user_id"], name="activity_stale_by_person")],
            },
        ),
        migrations.CreateModel(
            name="ManualTime",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField()),
                ("reason", models.TextField()),
                ("kind", models.TextField()),
                ("task_id", models.BigIntegerField(null=True)),
                ("state", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("decided_by_name", models.TextField(blank=True, default="")),
                ("decided_at", models.DateTimeField(null=True)),
                ("answer", models.TextField(blank=True, default="")),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.company",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "activity_manualtime",
                "indexes": [
                    models.Index(fields=["company", "user", "started_at"], name="activity_manualtime_by_person"),
                    models.Index(fields=["company", "state", "asked_at"], name="activity_manualtime_by_state"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("started_at__lt", models.F("ended_at"))),
                        name="activity_manualtime_forwards",
                    )
                ],
            },
        ),
        *SCOPED,
        *ROOM_FOR_UPDATES,
        ABSENCES,
        SETTLE,
    ]
