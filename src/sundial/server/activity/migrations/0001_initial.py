"""Work sessions, spans in monthly partitions, their sums, and screenshots."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from sundial.server.lib.rls import TenantTable

# Partitioned by `eid`, a UUIDv7 whose first 48 bits are milliseconds: by time, and (company, eid) stays unique.
SPAN = migrations.RunSQL(
    """
    CREATE TABLE activity_span (
        company_id bigint NOT NULL, eid uuid NOT NULL, user_id bigint NOT NULL, device_id bigint NOT NULL,
        session uuid NOT NULL, kind smallint NOT NULL, name text NOT NULL DEFAULT '', title text NOT NULL DEFAULT '',
        detail text NOT NULL DEFAULT '', browser text NOT NULL DEFAULT '', answer text NOT NULL DEFAULT '',
        started timestamptz NOT NULL, ended timestamptz NOT NULL,
        keys integer NOT NULL DEFAULT 0, clicks integer NOT NULL DEFAULT 0, scrolls integer NOT NULL DEFAULT 0,
        moved_s integer NOT NULL DEFAULT 0, tz_offset_min smallint NOT NULL, mono_ms bigint NOT NULL,
        boot_id text NOT NULL, payload uuid NOT NULL, received_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (company_id, eid)
    ) PARTITION BY RANGE (eid);
    CREATE INDEX activity_span_by_person ON activity_span (company_id, user_id, started);
    CREATE TABLE activity_span_other PARTITION OF activity_span DEFAULT;
    ALTER TABLE activity_span_other ENABLE ROW LEVEL SECURITY;
    """,
    "DROP TABLE activity_span",
)
# The application owns no table, so it asks for next month's partition by this function; one whose rows already lie
# in the default partition is not made, and nothing is lost by that. A partition is closed to all but its parent.
PARTITIONS = migrations.RunSQL(
    """
    CREATE FUNCTION sundial_span_partition(month date) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        first date := date_trunc('month', month)::date;
        made text := 'activity_span_' || to_char(first, 'YYYY_MM');
        next timestamp := first + interval '1 month';
        low text := lpad(to_hex((extract(epoch FROM first::timestamp) * 1000)::bigint), 12, '0');
        high text := lpad(to_hex((extract(epoch FROM next) * 1000)::bigint), 12, '0');
    BEGIN
        IF to_regclass(made) IS NOT NULL THEN
            RETURN false;
        END IF;
        EXECUTE format(
            'CREATE TABLE %I PARTITION OF activity_span FOR VALUES FROM (%L) TO (%L)', made,
            substr(low, 1, 8) || '-' || substr(low, 9, 4) || '-0000-0000-000000000000',
            substr(high, 1, 8) || '-' || substr(high, 9, 4) || '-0000-0000-000000000000');
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', made);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', made);
        RETURN true;
    EXCEPTION WHEN check_violation THEN
        RETURN false;
    END $$;
    REVOKE ALL ON FUNCTION sundial_span_partition(date) FROM PUBLIC;
    SELECT sundial_span_partition((date_trunc('month', now()) + months * interval '1 month')::date)
    FROM generate_series(-2, 3) AS months;
    """,
    "DROP FUNCTION sundial_span_partition(date)",
)
OF_THE_SAME_COMPANY = [
    migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_same_company FOREIGN KEY (company_id, device_id) "
        "REFERENCES devices_device (company_id, id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {table}_same_company",
    )
    for table in ("activity_worksession", "activity_screenshot")
]
# Sums and open sessions are updated in place: room on the page keeps that from touching an index.
ROOM_FOR_UPDATES = [
    migrations.RunSQL(f"ALTER TABLE {table} SET (fillfactor = 70)", f"ALTER TABLE {table} RESET (fillfactor)")
    for table in ("activity_usage", "activity_worksession")
]
SCOPED = [
    TenantTable("activity_span", ingest="select, insert"),
    TenantTable(
        "activity_usage",
        across=("company_id", "bucket", "kind", "ms", "spans"),
        ingest="select, insert, update, delete",
    ),
    TenantTable("activity_worksession", across=("company_id", "ended_at"), ingest="select, insert, update"),
    TenantTable("activity_mark", ingest="select, insert"),
    TenantTable("activity_screenshot", across=("company_id", "bytes", "state", "taken_at")),
    TenantTable("activity_personkey"),
    migrations.RunSQL("GRANT USAGE ON SEQUENCE activity_worksession_id_seq TO sundial_ingest", migrations.RunSQL.noop),
]


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("lib", "0002_ingest"),
        ("companies", "0001_initial"),
        ("devices", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Span",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "company_id", "eid", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("company_id", models.BigIntegerField()),
                ("eid", models.UUIDField()),
                ("user_id", models.BigIntegerField()),
                ("device_id", models.BigIntegerField()),
                ("session", models.UUIDField()),
                ("kind", models.SmallIntegerField()),
                ("name", models.TextField()),
                ("title", models.TextField()),
                ("detail", models.TextField()),
                ("browser", models.TextField()),
                ("answer", models.TextField()),
                ("started", models.DateTimeField()),
                ("ended", models.DateTimeField()),
                ("keys", models.IntegerField()),
                ("clicks", models.IntegerField()),
                ("scrolls", models.IntegerField()),
                ("moved_s", models.IntegerField()),
                ("tz_offset_min", models.SmallIntegerField()),
                ("mono_ms", models.BigIntegerField()),
                ("boot_id", models.TextField()),
                ("payload", models.UUIDField()),
                ("received_at", models.DateTimeField()),
            ],
            options={
                "db_table": "activity_span",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Usage",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "company_id",
                        "user_id",
                        "bucket",
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
                ("bucket", models.DateTimeField()),
                ("kind", models.SmallIntegerField()),
                ("name", models.TextField()),
                ("ms", models.BigIntegerField()),
                ("keys", models.BigIntegerField()),
                ("clicks", models.BigIntegerField()),
                ("scrolls", models.BigIntegerField()),
                ("moved_s", models.BigIntegerField()),
                ("spans", models.IntegerField()),
            ],
            options={
                "db_table": "activity_usage",
            },
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "company_id", "eid", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("company_id", models.BigIntegerField()),
                ("eid", models.UUIDField()),
                ("user_id", models.BigIntegerField()),
                ("device_id", models.BigIntegerField()),
                ("session", models.UUIDField()),
                ("kind", models.TextField()),
                ("state", models.TextField(db_default="", default="")),
                ("at", models.DateTimeField()),
                ("reason", models.TextField(db_default="", default="")),
                ("etag", models.TextField(db_default="", default="")),
                ("payload", models.UUIDField()),
                ("received_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "activity_mark",
                "indexes": [models.Index(fields=["company_id", "session"], name="activity_mark_by_session")],
            },
        ),
        migrations.CreateModel(
            name="PersonKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("wrapped", models.BinaryField(null=True)),
                ("made_at", models.DateTimeField()),
                ("destroyed_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "activity_personkey",
            },
        ),
        migrations.CreateModel(
            name="Screenshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("eid", models.UUIDField()),
                ("session", models.UUIDField()),
                ("taken_at", models.DateTimeField()),
                ("told_at", models.TextField(blank=True, default="")),
                ("received_at", models.DateTimeField()),
                ("screen", models.SmallIntegerField(default=0)),
                ("blurred", models.BooleanField(default=False)),
                ("state", models.TextField(default="received")),
                ("width", models.IntegerField(default=0)),
                ("height", models.IntegerField(default=0)),
                ("bytes", models.IntegerField(default=0)),
                ("thumb_bytes", models.IntegerField(default=0)),
                ("digest", models.BinaryField(max_length=32)),
                ("problem", models.TextField(blank=True, default="")),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="devices.device"
                    ),
                ),
                (
                    "key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="activity.personkey"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "activity_screenshot",
            },
        ),
        migrations.CreateModel(
            name="WorkSession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField()),
                ("note", models.TextField(blank=True, db_default="", default="")),
                ("started_at", models.DateTimeField()),
                ("paused_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.TextField(blank=True, db_default="", default="")),
                ("ended_by_name", models.TextField(blank=True, db_default="", default="")),
                ("reason", models.TextField(blank=True, db_default="", default="")),
                ("counts_until", models.DateTimeField(null=True)),
                ("last_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="devices.device"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "activity_worksession",
            },
        ),
        migrations.AddConstraint(
            model_name="personkey",
            constraint=models.UniqueConstraint(
                condition=models.Q(("destroyed_at__isnull", True)),
                fields=("company", "user"),
                name="activity_personkey_one_living",
            ),
        ),
        migrations.AddIndex(
            model_name="screenshot",
            index=models.Index(fields=["company", "user", "taken_at"], name="activity_screenshot_by_person"),
        ),
        migrations.AddIndex(
            model_name="screenshot",
            index=models.Index(fields=["company", "taken_at"], name="activity_screenshot_by_time"),
        ),
        migrations.AddConstraint(
            model_name="screenshot",
            constraint=models.UniqueConstraint(fields=("company", "eid"), name="activity_screenshot_once"),
        ),
        migrations.AddIndex(
            model_name="worksession",
            index=models.Index(fields=["company", "user", "started_at"], name="activity_worksession_by_person"),
        ),
        migrations.AddIndex(
            model_name="worksession",
            index=models.Index(fields=["company", "started_at"], name="activity_worksession_by_time"),
        ),
        migrations.AddConstraint(
            model_name="worksession",
            constraint=models.UniqueConstraint(fields=("company", "uuid"), name="activity_worksession_once"),
        ),
        migrations.AddConstraint(
            model_name="worksession",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("company", "user"),
                name="activity_worksession_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="worksession",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at__isnull", True), models.Q(("ended_by", ""), _negated=True), _connector="OR"
                ),
                name="activity_worksession_ended_by",
            ),
        ),
        SPAN,
        PARTITIONS,
        *OF_THE_SAME_COMPANY,
        *ROOM_FOR_UPDATES,
        *SCOPED,
    ]
